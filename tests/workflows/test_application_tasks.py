"""The application is tested in tasks of Concourse, by the same fake nix as in its workflows."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.toolchain.cache import default_cache
from tests.concourse.worker import Worker, task_of

from .nix import cargo_target, machine, write_nix
from .pull_request import repository
from .test_jobs import FOLDERS, PLANS

NAME = "lana-bank"
pytestmark = pytest.mark.workflows


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker whose folder every user passes, as the database's has to."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o711)
        write_nix(folder / "nix")
        made = Worker(folder, network=machine())
        del made.network["PATH"]
        made.fake("cachix")
        made.programs.append(folder / "nix")
        if cargo := shutil.which("cargo"):
            made.programs.append(Path(cargo).parent)
        made.outside += [default_cache(), Path(made.network["CARGO_HOME"])]
        yield made


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("job", "task", "workflow"),
    [("test-integration", "run-nextest", "nextest"), ("test-bats", "run-bats", "bats")],
)
def test_the_application_is_tested(worker: Worker, job: str, task: str, workflow: str) -> None:
    bare = repository(NAME, FOLDERS[NAME], worker.folder / "remotes", {})
    checkout = worker.folder / "checkout"
    bare.text("clone", "--quiet", ".", str(checkout))
    with cargo_target():
        _, done = worker.run(*task_of(NAME, job, task), {"repo": checkout})
    said, stops = done.stdout + done.stderr, PLANS[NAME][f"{workflow}/{workflow}"]["stops"]
    if done.returncode and re.search(stops["says"], said):
        pytest.skip(f"{job}: {stops['because']}")
    assert done.returncode == 0, said[-6000:]
    assert worker.calls == ["cachix use galoymoney"]
    assert f"fake nix: runs .#{workflow} with the tools of PATH" in done.stdout
