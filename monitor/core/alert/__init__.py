"""The final words of every alert. Whatever is sent later needs nothing but what is written here."""

from monitor.core.alert.digest import digest
from monitor.core.alert.listener import announce
from monitor.core.alert.own import blind, ours, sample
from monitor.core.alert.together import all_clear, resolved

__all__ = ["all_clear", "announce", "blind", "digest", "ours", "resolved", "sample"]
