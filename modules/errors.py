"""Errors of constructs; every message can be shown as it is."""


class ModuleError(Exception):
    """A construct cannot be built; the message says why and what to change."""


class TierError(ModuleError):
    """A machine type does not support the requested availability or replicas."""
