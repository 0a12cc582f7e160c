"""Pictures of alerts as people see them: `python -m tests.gallery [NAME …]` draws docs/images/alerts."""
