"""The decision whether an environment may take a change: cepler's semantics, to the letter.

`Deployment` has a cepler file with its state files, at a commit or in a folder. `rules` has
cepler's rules without I/O, `evaluator` applies them to what `history` reads of commits, and
`decision` asks the kinds of hold in `holds`. `records` makes state files, `workspace` fills work
trees, `gates` reads and rewrites approvals. Nothing here imports more than the standard library
(and PyYAML if a file needs it): ``promoter cepler check`` starts once a minute in every worker.
"""

from promoter.gate.deployment import Deployment

__all__ = ["Deployment"]
