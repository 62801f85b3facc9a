"""The only place that touches git."""

from promoter.git.commands import environment
from promoter.git.repository import NO_OBJECT, Git, Identity
from promoter.git.retry import retry_when_moved

__all__ = ["NO_OBJECT", "Git", "Identity", "environment", "retry_when_moved"]
