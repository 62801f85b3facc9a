"""Declarations of the files that a stack depends on where reading them is not observable.

``promoter lint`` synthesizes each stack, observes every file that is opened, and fails if one of
them is outside the environment's patterns in cepler/: it could change production without passing
the gate. Files that are read later (the chart, by Helm), by another program (Node, OpenTofu) or
before Python runs (locks) are declared by the code that uses them. The declarations are audit
events of Python, which cost nothing without a listener.
"""

import sys
from pathlib import Path


def declare_input(path: Path) -> None:
    """Declare that the stack depends on the file ``path``, or on every file below it."""
    sys.audit("stacks.input", str(path))


def declare_names(folder: Path) -> None:
    """Declare that the caller lists ``folder`` and its subfolders only to find names.

    The stack does not depend on that list, but on the files that are opened afterwards.
    """
    sys.audit("stacks.names", str(folder))
