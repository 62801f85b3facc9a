"""A cluster that goes down during a testflight: an error in bounded time, and a sweep later."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.platform import Platform
from tests.platform_fixture import kubectl, toolchain
from tests.smoketest.conftest import Application
from tests.testflight.test_run import Runner, unschedulable, wait_for, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A separate platform, whose API server the test may kill."""
    found = Platform(tmp_path / "platform", toolchain())
    try:
        found.up(Silent())
        yield found
    finally:
        found.down()


def kill_the_api_server(platform: Platform) -> None:
    (pid,) = (part.pid for part in platform.status() if part.name == "kube-apiserver")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_cluster_that_goes_down(
    platform: Platform, application: Application, chart: Path, tmp_path: Path
) -> None:
    application.release(chart)
    unschedulable(chart)
    runner = Runner(platform, chart, tmp_path / "evidence")
    process = runner.run("--timeout=600")
    pods = ("-n", runner.namespace, "get", "pods", "-o=name")
    wait_until(lambda: bool(kubectl(platform, *pods)), process)
    kill_the_api_server(platform)
    # Well before Helm would give up by itself.
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "the cluster does not respond any more" in err
    assert "promoter testflight sweep" in err
    result = runner.result()
    assert (result["outcome"], result["destroyed"]) == ("failed", False)
    code, _, err = wait_for(runner.start("sweep"))
    assert code == 1
    assert "kubectl get namespaces" in err

    # The controllers, too: those that wait for the old server look for it only every 30 seconds.
    platform.down()
    platform.up(Silent())
    assert runner.namespace in runner.namespaces()
    code, out, err = wait_for(runner.start("sweep"))
    assert code == 0, err
    assert runner.namespace in out
    assert runner.namespace not in runner.namespaces()
