"""The stack of a testflight: no environment, so no settings and no deployment of its own."""
