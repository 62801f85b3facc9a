"""The number of examples that a property is tried with: few in `make test`, many in `make fuzz`."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """Return ``usual``, times the variable EXAMPLES, which `make fuzz` sets."""
    return usual * int(os.environ.get("EXAMPLES", "1"))
