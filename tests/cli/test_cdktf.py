"""The console script ``cdktf``, where it passes a command on to the CLI."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.cli import cdktf
from promoter.toolchain import Toolchain

ROOT = Path(__file__).parents[2]


def test_the_cli_is_installed_before_opentofu_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may be building OpenTofu for minutes."""
    needed: list[str] = []

    def needing(name: str, found: object) -> object:
        return lambda _: needed.append(name) or found

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Toolchain, "cdktn", needing("cdktn-cli", ("cdktn",)))
    monkeypatch.setattr(Toolchain, "terraform", needing("tofu", Path("tofu")))
    monkeypatch.setattr(cdktf, "run_cli", lambda *_: 0)
    assert cdktf.run(["synth"]) == 0
    assert needed[0] == "cdktn-cli"
    assert "tofu" in needed
