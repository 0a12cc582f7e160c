"""The final words of every alert. Whatever is sent later needs nothing but what is written here."""

from monitor.core.alert.alerting import alive, dead, instead
from monitor.core.alert.digest import digest
from monitor.core.alert.examples import Example, examples
from monitor.core.alert.late import words
from monitor.core.alert.listener import announce
from monitor.core.alert.own import blind, ours, sample

__all__ = [
    "Example",
    "alive",
    "announce",
    "blind",
    "dead",
    "digest",
    "examples",
    "instead",
    "ours",
    "sample",
    "words",
]
