"""Real programs that some tests start. Where one is missing, its tests are skipped and say so."""

import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Mark a test that starts this program; ``scripts/test`` installs it, and in CI insists on it."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")
