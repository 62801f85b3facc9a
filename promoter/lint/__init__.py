"""Whether the gate decides over all that it should, and nothing weakens it unseen.

One rule is one id, one file and one heading in docs/linting.md: `rules` look at one commit,
`weakened` at what became of the gate since another. `inputs` finds out what shapes a stack.
"""

from promoter.lint.finding import Finding
from promoter.lint.linting import lint

__all__ = ["Finding", "lint"]
