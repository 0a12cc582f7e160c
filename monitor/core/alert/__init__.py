"""The final words of every alert. Whatever is sent later needs nothing but what is written here."""

from monitor.core.alert.alerting import alive, dead, instead
from monitor.core.alert.digest import digest
from monitor.core.alert.examples import Example, examples
from monitor.core.alert.late import message
from monitor.core.alert.listener import Again, announce
from monitor.core.alert.own import blind, blinded, ours, sample
from monitor.core.alert.together import all_clear, resolved
from monitor.core.alert.unsteady import unsteady

__all__ = [
    "Again",
    "Example",
    "alive",
    "all_clear",
    "announce",
    "blind",
    "blinded",
    "dead",
    "digest",
    "examples",
    "instead",
    "message",
    "ours",
    "resolved",
    "sample",
    "unsteady",
]
