"""Check the declared endpoints of one installation, and report the results."""
