"""One adapter for each outside program."""
