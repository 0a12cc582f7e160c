"""The known answers of ``tests/data/vectors.json`` as listeners: each with its own secret, clock and URL."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(DATA.read_text())["vectors"]


def listener(vector: dict[str, Any], url: str) -> str:
    """Return the name of the listener that knows this vector and takes itself to be at ``url``."""
    return f"vector-{vector['name']}" + ("" if url == vector["url"] else "-elsewhere")


def settings() -> dict[str, dict[str, Any]]:
    """Return what ``listener.py`` wants to know, for every vector and every other URL it was tampered to."""
    return {
        listener(vector, url): {
            "scheme": vector["scheme"],
            "secret": vector["secret"],
            "now": vector["timestamp"],
            "url": url,
        }
        for vector in VECTORS
        for url in {vector["url"], *(case["url"] for case in vector["negatives"])}
    }
