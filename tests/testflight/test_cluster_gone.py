"""A cluster that goes away in the middle of a testflight: an error, no hanging, a sweep later."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.platform import Platform
from tests.platform_fixture import kubectl, toolchain
from tests.testflight.conftest import Application
from tests.testflight.test_testflight import Runner, finished, unschedulable, until

pytestmark = pytest.mark.slow


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform of the test's own, whose API server it may kill."""
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


def test_a_cluster_that_goes_away(
    platform: Platform, application: Application, chart: Path, tmp_path: Path
) -> None:
    application.released(chart)
    unschedulable(chart)
    runner = Runner(platform, chart, tmp_path / "evidence")
    process = runner.fly("--timeout=600")
    pods = ("-n", runner.namespace, "get", "pods", "-o=name")
    until(lambda: bool(kubectl(platform, *pods)), process)
    kill_the_api_server(platform)
    # Well before Helm would give up by itself.
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "the cluster does not answer any more" in err
    assert "promoter testflight sweep" in err
    seen = runner.seen()
    assert (seen["outcome"], seen["destroyed"]) == ("failed", False)
    code, _, err = finished(runner.start("sweep"))
    assert code == 1
    assert "kubectl get namespaces" in err

    platform.up(Silent())
    assert runner.namespace in runner.namespaces()
    code, out, err = finished(runner.start("sweep"))
    assert code == 0, err
    assert runner.namespace in out
    assert runner.namespace not in runner.namespaces()
