"""Runs of Dagster with the chart's configuration, when the pod of the code location is replaced."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from promoter.common.ports import choose
from promoter.common.progress import Silent
from promoter.toolchain.packages import python_environment
from tests.charts.chart_rendering import Chart, Object, whole_values
from tests.charts.keycloak_server import CACHE

LOCK = Path(__file__).parents[1] / "smoketest/dagster/requirements.lock"
SECONDS = 120.0
# A run that reports its start and waits for permission to end.
DEFINITIONS = """import time
from pathlib import Path

from dagster import Definitions, job, op

HERE = Path(__file__).parent

@op
def load():
    (HERE / "started").touch()
    end = time.monotonic() + 300
    while not (HERE / "permitted").exists():
        assert time.monotonic() < end, "never permitted to end"
        time.sleep(0.05)

@job
def warehouse():
    load()

defs = Definitions(jobs=[warehouse])
"""


def rendered(chart: Chart, **dagster: Any) -> list[Object]:
    values = whole_values()
    values["dagster"] |= dagster
    return chart.render(values)


def named(objects: list[Object], kind: str, name: str) -> Object:
    return next(o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))


def pod(objects: list[Object], name: str) -> Object:
    found: Object = named(objects, "Deployment", name)["spec"]["template"]["spec"]
    return found


def configuration(objects: list[Object]) -> dict[str, Any]:
    text = named(objects, "ConfigMap", "lana-bank-dagster")["data"]["dagster.yaml"]
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.mark.parametrize("seconds", [3600, 7200])
def test_the_code_location_may_end_as_slowly_as_its_longest_run(chart: Chart, seconds: int) -> None:
    objects = rendered(chart, maxRunSeconds=seconds)
    monitoring = configuration(objects)["run_monitoring"]
    assert monitoring["enabled"] is True
    assert monitoring["max_runtime_seconds"] == seconds
    code = pod(objects, "lana-bank-dagster-code")
    pause = code["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    left = code["terminationGracePeriodSeconds"] - seconds - pause
    assert left > monitoring["poll_interval_seconds"], "a run is ended before its pod is"
    for other in ("lana-bank-dagster", "lana-bank-dagster-daemon"):
        assert pod(objects, other)["terminationGracePeriodSeconds"] == 35


def test_a_run_has_an_hour_by_default(chart: Chart) -> None:
    assert configuration(rendered(chart))["run_monitoring"]["max_runtime_seconds"] == 3600


def test_no_pod_of_dagster_has_a_token(chart: Chart) -> None:
    """Its runs are processes of the code location, so none of them creates a pod."""
    objects = rendered(chart)
    assert configuration(objects)["run_launcher"]["class"] == "DefaultRunLauncher"
    for name in ("", "-daemon", "-code"):
        assert pod(objects, f"lana-bank-dagster{name}")["automountServiceAccountToken"] is False


@dataclass(frozen=True)
class Dagster:
    """A code location and a daemon on loopback, as the chart configures them, with SQLite."""

    folder: Path
    server: subprocess.Popen[bytes]
    command: Callable[..., list[str]]
    variables: Mapping[str, str]

    def launch(self, **tags: str) -> None:
        """Queue a run and wait until the code location executes it."""
        arguments = ("job", "launch", "-w", "workspace.yaml", "-j", "warehouse")
        subprocess.run(
            [*self.command("dagster"), *arguments, "--tags", json.dumps(tags)],
            cwd=self.folder,
            env=self.variables,
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
        self.wait((self.folder / "started").exists, "the run to start")

    def status(self) -> str:
        """Return the state of the one run."""
        with closing(sqlite3.connect(self.folder / "history/runs.db")) as database:
            ((found,),) = database.execute("SELECT status FROM runs").fetchall()
        return str(found)

    def log(self) -> str:
        return (self.folder / "dagster.log").read_text()

    def wait(self, done: Callable[[], bool], reason: str) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end, f"timeout: {reason}\n{self.log()}"
            time.sleep(0.1)


@contextmanager
def running(arguments: list[str], folder: Path, variables: Mapping[str, str]) -> Iterator[Any]:
    """A process that is stopped at the end, as are the runs that it has started."""
    with (folder / "dagster.log").open("ab") as log:
        process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=variables,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # As in a pod: Dagster takes SIGTERM for SIGINT, which shells ignore in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(SECONDS)


@pytest.fixture
def dagster(chart: Chart, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Dagster]:
    objects = rendered(chart)
    programs = python_environment("dagster", LOCK, CACHE, Silent())
    settings = configuration(objects)
    del settings["storage"]
    settings["run_monitoring"] |= getattr(request, "param", {})
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    port = str(choose(["code"], {})["code"])
    address = {"host": "127.0.0.1", "port": int(port), "location_name": "Lana DW"}
    workspace = yaml.safe_dump({"load_from": [{"grpc_server": address}]})
    (tmp_path / "workspace.yaml").write_text(workspace)
    (tmp_path / "definitions.py").write_text(DEFINITIONS)
    places = {
        "0.0.0.0": "127.0.0.1",
        "4000": port,
        "/lana-dw/src/definitions.py": str(tmp_path / "definitions.py"),
        "/lana-dw": str(tmp_path),
        "/opt/dagster/home/workspace.yaml": str(tmp_path / "workspace.yaml"),
    }

    def command(program: str) -> list[str]:
        return [str(programs / program)]

    def of_pod(name: str) -> list[str]:
        program, *arguments = pod(objects, name)["containers"][0]["command"]
        return [*command(program), *(places.get(each, each) for each in arguments)]

    variables = {"DAGSTER_HOME": str(tmp_path), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with ExitStack() as stack:
        server = stack.enter_context(running(of_pod("lana-bank-dagster-code"), tmp_path, variables))
        started = Dagster(tmp_path, server, command, variables)
        started.wait(lambda: "Started Dagster code server" in started.log(), "the code location")
        stack.enter_context(running(of_pod("lana-bank-dagster-daemon"), tmp_path, variables))
        yield started


@pytest.mark.heavy
def test_a_run_is_completed_after_sigterm_and_then_the_server_ends(dagster: Dagster) -> None:
    dagster.launch()
    # To the server alone, as the kubelet does it.
    os.kill(dagster.server.pid, signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        dagster.server.wait(5)
    assert dagster.status() == "STARTED"
    (dagster.folder / "permitted").touch()
    assert dagster.server.wait(SECONDS) == 0, dagster.log()
    assert dagster.status() == "SUCCESS", dagster.log()


@pytest.mark.heavy
def test_a_code_location_without_runs_ends_at_once(dagster: Dagster) -> None:
    os.kill(dagster.server.pid, signal.SIGTERM)
    assert dagster.server.wait(30) == 0, dagster.log()


@pytest.mark.heavy
@pytest.mark.parametrize(
    "dagster", [{"max_runtime_seconds": 5, "poll_interval_seconds": 1}], indirect=True
)
def test_a_run_whose_pod_is_lost_fails_at_its_limit(dagster: Dagster) -> None:
    dagster.launch()
    os.killpg(dagster.server.pid, signal.SIGKILL)
    dagster.wait(lambda: dagster.status() == "FAILURE", "the run to fail")
