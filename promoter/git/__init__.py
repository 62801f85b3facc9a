"""The only package that runs git."""

from promoter.git.commands import environment
from promoter.git.ledger import Entry, Ledger
from promoter.git.objects import is_full_id
from promoter.git.repository import NO_OBJECT, Git, Identity
from promoter.git.retry import retry_when_moved

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
