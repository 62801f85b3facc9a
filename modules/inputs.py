"""How code says which files shape a stack, where nobody can see it read them.

``promoter lint`` synthesizes each stack, sees every file that is opened, and fails where one
of them is outside the environment's patterns in cepler/: it could change production without
passing the gate. What is read only later (the chart, by Helm), by another program (Node,
OpenTofu) or before Python runs (locks) is declared here by the code that uses it. Python's
own audit events carry it: where nobody listens, nothing happens.
"""

from __future__ import annotations

import sys
from pathlib import Path


def declare_input(path: Path) -> None:
    """Say that the file ``path``, or every file below it, shapes the stack that is built."""
    sys.audit("stacks.input", str(path))


def declare_names(folder: Path) -> None:
    """Say that the caller's file lists ``folder`` and what is below only to find names.

    No stack is shaped by what is there, but by the files that are then opened.
    """
    sys.audit("stacks.names", str(folder))
