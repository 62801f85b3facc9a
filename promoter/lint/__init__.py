"""Find holes in the gate, and changes that weaken it.

A rule is one function, one entry of `rules.RULES` or `rules.CHANGE_RULES`, and one heading in
docs/linting.md. `inputs` finds out which files shape a stack, `fix` adds missing patterns.
"""

from promoter.lint.run import LintReport, lint

__all__ = ["LintReport", "lint"]
