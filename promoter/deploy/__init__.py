"""Deploy one environment: decide, prepare, plan, apply, verify, record."""
