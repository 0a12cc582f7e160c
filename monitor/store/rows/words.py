"""Text that any database takes."""


def clean(text: str) -> str:
    """Return the text without what PostgreSQL or UTF-8 refuses: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
