"""Declarations of inputs are audit events."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTEN = """\
import sys
from pathlib import Path
from modules.inputs import declare_input, declare_names
declare_input(Path("nobody/listens"))
sys.addaudithook(lambda event, arguments: event.startswith("stacks.") and print(event, *arguments))
declare_input(Path("charts/lana-bank"))
declare_names(Path("stacks"))
"""


def test_declarations_are_audit_events() -> None:
    """In a process of its own: a hook stays for ever."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", LISTEN], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["stacks.input charts/lana-bank", "stacks.names stacks"]
