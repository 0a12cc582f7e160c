"""A message as plain text: for every service that has no dress of its own, and as the last resort."""

from monitor.core.model import Message


def body(message: Message) -> str:
    """Return everything but the headline, which travels as the title."""
    parts = [message.explanation, _facts(message), _evidence(message), _links(message)]
    return "\n\n".join(part for part in parts if part) or message.headline


def _facts(message: Message) -> str:
    return "\n".join(f"{label}:{_indented(value)}" for label, value in message.facts)


def _indented(value: str) -> str:
    """A value of several lines goes below its label."""
    return "\n  " + value.replace("\n", "\n  ") if "\n" in value else f" {value}"


def _evidence(message: Message) -> str:
    if message.evidence is None:
        return ""
    lines = [message.evidence.summary, *message.evidence.excerpt.splitlines()]
    return "\n".join(f"| {line}" for line in lines if line)


def _links(message: Message) -> str:
    return "\n".join(f"{link.label}: {link.url}" for link in message.links)
