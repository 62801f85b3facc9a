"""The only place that touches git."""

from promoter.git.commands import environment
from promoter.git.repository import NO_OBJECT, Git, Identity

__all__ = ["NO_OBJECT", "Git", "Identity", "environment"]
