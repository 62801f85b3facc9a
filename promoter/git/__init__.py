"""The only package that runs git."""

from promoter.git.commands import environment
from promoter.git.ledger import Entry, Ledger, retry_when_moved
from promoter.git.objects import is_full_id
from promoter.git.repository import NO_OBJECT, Git, Identity

__all__ = [
    "NO_OBJECT",
    "Entry",
    "Git",
    "Identity",
    "Ledger",
    "environment",
    "is_full_id",
    "retry_when_moved",
]
