"""Start-up of ``promoter cepler check``, which every worker runs once a minute."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .repositories import recorded

SCRIPT = """\
import sys
from promoter.cli.cepler import run
assert run(["check", "-e", "staging"]) == 0
print(*sorted(name for name in sys.modules if "." not in name))
print(*sorted(name for name in sys.modules if name.startswith("promoter.gate")))
"""
UNUSED = ("holds.gate", "holds.hold", "origins", "records", "workspace")


def test_a_check_imports_the_standard_library_and_what_it_uses(tmp_path: Path) -> None:
    twin = recorded(tmp_path / "seed")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=twin.top, capture_output=True, text=True, check=True
    )
    *_, top, gate = done.stdout.splitlines()
    assert {"promoter"} == {name for name in top.split() if _is_installed(name)}
    assert not {f"promoter.gate.{name}" for name in UNUSED} & set(gate.split())


def _is_installed(name: str) -> bool:
    return name in ("promoter", "yaml", "pydantic", "ruamel", "typer", "rich", "click", "httpx")
