"""Recovery of a platform after its parts or commands were killed, or its ports reused."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from promoter.common import ports
from promoter.common.errors import InvalidFile, PlatformError
from promoter.common.progress import Silent
from promoter.platform import PARTS, Platform
from promoter.platform.cluster import NODE_ANNOTATION
from promoter.toolchain import BuildFailed, Toolchain
from tests.command_line import promoter
from tests.platform.running_parts import kill, parts, pids, processes_of, until
from tests.platform_fixture import ROOT, kubectl, toolchain
from tests.progress import Notes

pytestmark = pytest.mark.slow

CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kwok")
UP = [sys.executable, "-m", "promoter", "platform", "up", "--folder"]


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Platform]:
    """A platform for one test, which may break it; not up yet."""
    own = Platform(tmp_path / "platform", toolchain())
    yield own
    own.down()
    assert processes_of(own.folder) == []


def test_a_part_that_died_is_reported_and_started_again(
    lone: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = lone.up(Silent())
    before = pids(lone)
    kill(lone, "kube-scheduler")

    assert lone.running() is None
    died = parts(lone)["kube-scheduler"]
    assert died.state == "died"
    assert "Serving securely" in died.log
    with pytest.raises(PlatformError, match=r"kube-scheduler died, its log:\n  \| "):
        lone.require()
    monkeypatch.chdir(ROOT)
    result = promoter("platform", "status", "--folder", str(lone.folder))
    assert result.code == 1
    assert "died" in result.stdout
    assert "kube-scheduler died, its log:" in result.stderr

    notes = Notes()
    assert lone.up(notes) == running
    assert [line.partition(",")[0] for line in notes.lines] == ["kube-scheduler had died"]
    after = pids(lone)
    assert {name for name in PARTS if before[name] != after[name]} == {"kube-scheduler"}


def test_the_registry_serves_while_the_cluster_s_programs_are_built(lone: Platform) -> None:
    """And it is ended again where one of them cannot be built."""
    running: list[str] = []

    class ClusterUnbuilt(Toolchain):
        def programs(self, names: Iterable[str]) -> dict[str, Path]:
            if tuple(names) == ("registry",):
                return super().programs(names)
            running.extend(name for name, part in parts(lone).items() if part.state == "running")
            raise BuildFailed("build 5 programs: the disk is full")

    with pytest.raises(BuildFailed, match="the disk is full"):
        Platform(lone.folder, ClusterUnbuilt(ROOT)).up(Silent())
    assert running == ["registry"]
    assert {part.state for part in lone.status()} == {"stopped"}


def test_data_survives_when_everything_is_killed_and_its_ports_are_in_use(
    lone: Platform,
) -> None:
    running = lone.up(Silent())
    kubectl(lone, "create", "namespace", "kept")
    image = f"{running.registry}/kept:1"
    crane = lone.toolchain.program("crane")
    empty = lone.folder.parent / "empty.tar"
    empty.write_bytes(bytes(10240))
    append = [crane, "append", "--oci-empty-base", "-f", empty, "-t", image]
    subprocess.run(append, check=True, capture_output=True)
    kill(lone, *PARTS)

    in_use = [parts(lone)[name].port for name in ("etcd", "kube-apiserver")]
    with socket.socket() as one, socket.socket() as two:
        for listener, port in zip((one, two), in_use, strict=True):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((ports.HOST, port))
            listener.listen()
        notes = Notes()
        again = lone.up(notes)
    assert sum("is in use; choosing another" in line for line in notes.lines) == 2
    assert again.registry == running.registry
    assert kubectl(lone, "get", "namespace", "kept", "-o=name") == "namespace/kept\n"
    subprocess.run([crane, "validate", "--remote", image], check=True, capture_output=True)


def test_another_port_is_chosen_if_one_is_in_use_at_the_start(
    lone: Platform, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On another cluster than its own, only the registry has to be started.
    with socket.socket() as stranger:
        stranger.bind((ports.HOST, 0))
        stranger.listen()
        in_use = stranger.getsockname()[1]
        lone.folder.mkdir()
        (lone.folder / "platform.json").write_text(json.dumps({"ports": {"registry": in_use}}))
        monkeypatch.setattr(ports, "is_free", lambda port: True)
        notes = Notes()
        lone.up(notes, kubeconfig=platform.require().kubeconfig)
    assert notes.lines == [
        "start registry: its port is in use by another program; choosing another"
    ]
    assert parts(lone)["registry"].port != in_use


def test_a_part_that_cannot_start_is_reported_and_nothing_stays(lone: Platform) -> None:
    lone.folder.mkdir()
    (lone.folder / "etcd").write_text("a file in place of the folder of etcd")
    with pytest.raises(
        PlatformError, match=r"start etcd: it died 3 times, its log:\n  \| "
    ) as error:
        lone.up(Silent())
    assert "not a directory" in str(error.value)
    assert str(lone.folder / "logs" / "etcd.log") in error.value.next_step
    assert processes_of(lone.folder) == []
    (lone.folder / "etcd").unlink()


CRASH = """\
fatal error: concurrent map writes

goroutine 67 [running]:
internal/runtime/maps.fatal({0x2c1f0a4?, 0x0?})
"""


class Wrapped(Toolchain):
    """The programs ``preludes``, each of which runs a piece of shell script first."""

    def __init__(self, folder: Path, preludes: Mapping[str, str]) -> None:
        super().__init__(ROOT)
        self.folder, self.preludes = folder, preludes

    def programs(self, names: Iterable[str]) -> dict[str, Path]:
        found = super().programs(names)
        for name in found.keys() & self.preludes.keys():
            wrapper = self.folder / name
            wrapper.write_text(f'#!/bin/sh\n{self.preludes[name]}\nexec {found[name]} "$@"\n')
            wrapper.chmod(0o755)
            found[name] = wrapper
        return found


def crash(file: Path, times: int) -> str:
    """Return a script that crashes ``times``, with a line in ``file`` for each."""
    stack = "".join(f"goroutine {number} [chan receive]:\n" for number in range(100))
    return (
        f"echo crashed >>{file}\n"
        f"[ $(wc -l <{file}) -le {times} ] && {{ cat <<'END'\n{CRASH}{stack}END\nexit 2; }}"
    )


def test_each_part_that_crashes_while_it_starts_is_started_again(
    lone: Platform, tmp_path: Path
) -> None:
    notes = Notes()
    once = {name: crash(tmp_path / f"{name}.crashes", times=1) for name in PARTS}
    Platform(lone.folder, Wrapped(tmp_path, once)).up(notes)
    restarts = [line for line in notes.lines if "died while starting" in line]
    assert sorted(line.partition(" ")[0] for line in restarts) == sorted(PARTS)
    assert all("starting it again (1 of 2); its log is " in line for line in restarts)
    assert {part.state for part in lone.status()} == {"running"}


@pytest.mark.parametrize("name", [name for name in PARTS if name not in CONTROLLERS])
def test_a_part_that_always_crashes_is_named_with_the_first_lines_of_the_crash(
    lone: Platform, tmp_path: Path, name: str
) -> None:
    require_crashes_named(lone, tmp_path, name)
    assert processes_of(lone.folder) == []


def test_a_controller_that_always_crashes_is_named_and_what_ran_before_is_left(
    lone: Platform, tmp_path: Path
) -> None:
    lone.up(Silent())
    for name in CONTROLLERS:
        kill(lone, name)
        require_crashes_named(lone, tmp_path, name)
        states = {part.state for part in lone.status() if part.name != name}
        assert states == {"running"}
        lone.up(Silent())


def require_crashes_named(lone: Platform, tmp_path: Path, name: str) -> None:
    crashes = tmp_path / f"{name}.crashes"
    with pytest.raises(PlatformError) as error:
        Platform(lone.folder, Wrapped(tmp_path, {name: crash(crashes, times=9)})).up(Silent())
    heading, *lines = str(error.value).splitlines()
    assert heading == f"start {name}: it died 3 times, its log:"
    assert lines[0] == "  | fatal error: concurrent map writes"
    assert len(lines) == 12
    assert crashes.read_text() == "crashed\n" * 3


def test_kwok_manages_no_node_before_its_server_is_ready(lone: Platform, tmp_path: Path) -> None:
    """Both would write one map without a lock: docs/traps.md, "concurrent map writes"."""
    seen, annotation = tmp_path / "nodes.json", f'"{NODE_ANNOTATION}"'
    look = f'{lone.toolchain.program("kubectl")} "$1" get nodes --output=json >{seen}'
    observed = Platform(lone.folder, Wrapped(tmp_path, {"kwok": look}))
    observed.up(Silent())
    kill(lone, "kwok")
    for _ in ("a new platform's first start", "with nodes that an earlier kwok managed"):
        assert seen.read_text().count('"kind": "Node"') == 2
        assert annotation not in seen.read_text()
        observed.up(Silent())
        assert kubectl(lone, "get", "nodes", "--output=json").count(f"{annotation}: ") == 2


def test_two_concurrent_commands_complete_a_killed_up(lone: Platform) -> None:
    first = subprocess.Popen([*UP, str(lone.folder)], cwd=ROOT, stderr=subprocess.DEVNULL)
    program = str(lone.toolchain.program("etcd"))
    until(lambda: any(line.startswith(program) for line in processes_of(lone.folder)))
    first.send_signal(signal.SIGKILL)
    first.wait()
    etcd = pids(lone)["etcd"]

    command = [*UP, str(lone.folder), "--json"]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=180)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert json.loads(outputs[0]) == json.loads(outputs[1])
    assert pids(lone)["etcd"] == etcd
    assert len(processes_of(lone.folder)) == len(PARTS)


def test_down_leaves_a_stranger_with_a_recycled_pid_alone(lone: Platform) -> None:
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            part = {
                "pid": stranger.pid,
                "mark": "another boot:1",
                "fingerprint": "",
                "log_offset": 0,
            }
            record = {"parts": {"registry": {**part, "since": "2026-01-01T00:00:00+00:00"}}}
            lone.folder.mkdir()
            (lone.folder / "platform.json").write_text(json.dumps(record))
            assert parts(lone)["registry"].state == "died"
            lone.down()
            assert {part.state for part in lone.status()} == {"stopped"}
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_down_without_a_platform_does_nothing(lone: Platform) -> None:
    lone.down()
    assert not lone.folder.exists()
    with pytest.raises(PlatformError, match="it is not up") as error:
        lone.require()
    assert error.value.next_step == "promoter platform up"


def test_a_record_that_does_not_validate_is_named(lone: Platform) -> None:
    lone.folder.mkdir()
    file = lone.folder / "platform.json"
    file.write_text('{"ports": {"etcd": "many"}}')
    with pytest.raises(InvalidFile, match=r"platform\.json: ports\.etcd: Input should be a valid"):
        lone.status()
    file.unlink()


def test_a_record_of_an_earlier_version_is_read(lone: Platform) -> None:
    lone.folder.mkdir()
    record = {"ports": {"etcd": 1}, "parts": {}, "own_kubeconfig": None, "forwards": []}
    (lone.folder / "platform.json").write_text(json.dumps(record))
    assert parts(lone)["etcd"].port == 1
