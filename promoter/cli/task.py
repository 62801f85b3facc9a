"""What the executables in scripts/ share: a pipeline task's folders and variables as arguments.

A task has its inputs in folders of the current one and writes its outputs into others; a
variable that is not set takes no part.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Never

from promoter.cli import main


def run(*arguments: str) -> Never:
    """Run ``promoter`` with ``arguments`` and those that the script itself was given."""
    sys.argv = ["promoter", *arguments, *sys.argv[1:]]
    main()


def variable(name: str, option: str = "") -> list[str]:
    """The value of variable ``name`` as an argument, after ``option`` if there is one."""
    value = os.environ.get(name, "")
    return [*([option] if option else []), value] if value else []


def text_of(path: str) -> list[str]:
    """The one word in an input file such as ``version/version``, where it is there."""
    file = Path(path)
    return [file.read_text().strip()] if file.is_file() else []
