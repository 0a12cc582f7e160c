"""The final words of every alert. Whatever is sent later needs nothing but what is written here."""

from monitor.core.alert.digest import digest
from monitor.core.alert.listener import announce
from monitor.core.alert.own import blind, blinded, ours, sample

__all__ = ["announce", "blind", "blinded", "digest", "ours", "sample"]
