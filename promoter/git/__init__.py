"""The only package that runs git.

`promoter.git.ledger` is imported on its own: a check of the gate has no use for it.
"""

from promoter.git.commands import environment
from promoter.git.objects import is_full_id
from promoter.git.repository import NO_OBJECT, Git, Identity

__all__ = ["NO_OBJECT", "Git", "Identity", "environment", "is_full_id"]
