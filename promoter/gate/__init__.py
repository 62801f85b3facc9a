"""The decision whether an environment may take a change: cepler's semantics, to the letter.

`Deployment` is the way in. `rules` has cepler's rules and does no I/O, `evaluator` applies them
to what `history` reads of commits, `decision` asks the kinds of hold in `holds`; `records` and
`recording` say and write what was deployed, `preparing` makes a work tree what is cleared,
`gates` reads and rewrites approvals. Nothing here imports more than the standard library (and
PyYAML where a file needs it): ``promoter cepler check`` starts once a minute in every worker.
"""

from promoter.gate.deployment import Deployment

__all__ = ["Deployment"]
