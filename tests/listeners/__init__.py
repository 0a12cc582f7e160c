"""Small real listeners that verify as real applications do: with the providers' own libraries.

Where a provider has no library for Python, the check is written here from its documentation, and nothing of
``monitor`` is used.
"""

from tests.listeners.server import Listener, listening
from tests.listeners.verifiers import VERIFIERS, Headers, Verifier

__all__ = ["VERIFIERS", "Headers", "Listener", "Verifier", "listening"]
