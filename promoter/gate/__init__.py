"""Whether an environment may take a change: cepler's semantics, to the letter.

`Deployment` decides and records; `gates` reads and rewrites approvals. `decision` holds the
rules and does no I/O; `history` is how commits are read. Nothing here imports more than the
standard library (and PyYAML where a file needs it): ``promoter cepler check`` starts once a
minute in every worker.
"""

from promoter.gate.deployment import AlreadyRecorded, Deployment, Recorded, RecordMoved

__all__ = ["AlreadyRecorded", "Deployment", "RecordMoved", "Recorded"]
