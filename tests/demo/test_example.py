"""The shipped monitors.yaml names the ports, paths and secrets that the demo really has."""

from pathlib import Path

import pytest

from monitor.demo.places import HOST, PORT, Listener, url_of

EXAMPLE = (Path(__file__).parents[2] / "monitors.yaml").read_text()


@pytest.mark.parametrize("listener", Listener)
def test_the_example_watches_every_demo_listener_with_its_own_secret(listener: Listener) -> None:
    assert f"url: {url_of(listener)}\n" in EXAMPLE
    assert f"secret: {{file: .demo/secrets/{listener}}}" in EXAMPLE


def test_the_example_tells_the_demo_inbox() -> None:
    assert f'"json://{HOST}:{PORT}/inbox"' in EXAMPLE
