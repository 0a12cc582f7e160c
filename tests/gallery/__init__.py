"""Pictures of every alert as people see it: `python -m tests.gallery` draws docs/images/alerts."""
