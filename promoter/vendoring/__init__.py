"""Vendoring: vendir.yml in, charts/ and vendir.lock.yml out.

`sync` and `check` are exported here; a bump (`promoter.vendoring.bump`) imports more than a
sync takes time for.
"""

from promoter.vendoring.check import Difference, check
from promoter.vendoring.sync import sync

__all__ = ["Difference", "check", "sync"]
