"""What can be wrong with what a construct is given."""

from __future__ import annotations


class ModuleError(Exception):
    """A construct cannot be built; ``str(error)`` says what is wrong and what to do."""
