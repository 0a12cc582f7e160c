"""The final words of every alert. Whatever is sent later needs nothing but what is written here."""

from monitor.core.alert.digest import digest
from monitor.core.alert.listener import Again, announce
from monitor.core.alert.own import blind, blinded, ours, sample
from monitor.core.alert.together import all_clear, resolved
from monitor.core.alert.unsteady import unsteady
from monitor.core.alert.waited import waited

__all__ = [
    "Again",
    "all_clear",
    "announce",
    "blind",
    "blinded",
    "digest",
    "ours",
    "resolved",
    "sample",
    "unsteady",
    "waited",
]
