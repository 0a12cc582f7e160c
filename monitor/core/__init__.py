"""The quiet rooms: pure, synchronous, standard library only; no clock, no randomness, no outside."""
