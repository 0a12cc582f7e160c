"""webhook-monitor: signed synthetic events for every webhook listener, and an honest word about each."""

__version__ = "0.1.0"
