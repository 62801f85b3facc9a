"""Shared by the executables in scripts/: a task's variables and input files as arguments.

A task has its inputs in folders of the working directory and writes its outputs into others.
A variable that is not set adds no argument.
"""

import os
import sys
from pathlib import Path
from typing import Never

from promoter.cli import main


def run(*arguments: str) -> Never:
    """Run ``promoter`` with ``arguments`` and those of the script."""
    sys.argv = ["promoter", *arguments, *sys.argv[1:]]
    main()


def variable(name: str, option: str = "") -> list[str]:
    """Return the value of variable ``name`` as an argument, after ``option`` if there is one."""
    value = os.environ.get(name, "")
    return [*([option] if option else []), value] if value else []


def text_of(path: str) -> list[str]:
    """Return the content of an input file such as ``version/version``, if it exists."""
    file = Path(path)
    return [file.read_text().strip()] if file.is_file() else []
