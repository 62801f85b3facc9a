"""The stack of a testflight, which is no environment: it has no settings and no deployment."""
