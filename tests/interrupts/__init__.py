"""Interrupts at every process boundary and at random instants; the next run ends as documented."""
