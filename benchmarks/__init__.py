"""How much the monitor costs: real processes, a loopback listener, figures as seen."""
