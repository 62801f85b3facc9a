"""A plain clone is enough: README's "On your own clone", typed in order."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.release.upstream import export

ROOT = Path(__file__).parents[1]
BOTH = "cdktf deploy local-staging local-qa --auto-approve"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Clone:
    """A fresh clone in a folder with a space, whose remote takes no pushes."""

    folder: Path

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a shell with the clone's virtual environment does."""
        path = f"{self.folder / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command.split(),
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def change_chart(self) -> None:
        """Commit a change of the vendored chart, as an engineer tries one out."""
        git, chart = Git(self.folder), self.folder / "charts/lana-bank/values.yaml"
        chart.write_text(
            chart.read_text().replace("    requests: {cpu: 250m", "    requests: {cpu: 260m")
        )
        identity = ("-c", "user.name=Engineer", "-c", "user.email=engineer@example.com")
        git.text(*identity, "commit", "--quiet", "--all", "-m", "feat(chart): more processor time")


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    remote, folder = tmp_path / "remote.git", tmp_path / "my clones" / "repository"
    export(ROOT, remote)  # The tests' own checkout may have no history.
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no push rights' >&2\nexit 1\n")
    hook.chmod(0o755)
    Git(tmp_path).text("clone", "--quiet", str(remote), str(folder))
    fresh = Clone(folder)
    yield fresh
    assert fresh.type("make down").returncode == 0


def test_a_clone_without_push_rights_deploys_and_records(clone: Clone) -> None:
    up = clone.type("make up")
    assert up.returncode == 0, up.stderr
    assert "4 of the 4 that the chart pins" in up.stdout
    first = clone.type(BOTH)
    assert first.returncode == 0, first.stderr
    clone.change_chart()
    refused = clone.type("cdktf deploy local-qa --auto-approve")
    assert refused.returncode == 3, refused.stderr
    again = clone.type(BOTH)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("recorded in") == 2
    last = clone.type(BOTH)
    assert last.returncode == 2
    assert "nothing newer" in last.stderr
    assert clone.type("promoter status local").stdout.count("deployed  ") >= 2
