"""The changes of a plan, a state that is cut off, and interrupts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.programs.terraform import Plan, Terraform, changes, plan_digest, restore_state
from promoter.toolchain import Toolchain

ROOT = Path(__file__).parents[2]


def change(address: str, type_: str, *actions: str, after: Any = None) -> dict[str, Any]:
    return {
        "address": address,
        "type": type_,
        "change": {"actions": list(actions), "before": None, "after": after},
    }


def plan(*resource_changes: dict[str, Any]) -> Plan:
    shown = {"resource_changes": list(resource_changes)}
    return Plan(Path("plan"), plan_digest(shown), changes(shown))


DATABASE = "google_sql_database_instance"


def test_replacing_a_database_destroys_state() -> None:
    replaced = plan(change("db", DATABASE, "delete", "create"))
    assert [each.address for each in replaced.destroys] == ["db"]


def test_forgetting_a_database_destroys_state() -> None:
    forgotten = plan(change("db", DATABASE, "forget"), change("app", "helm_release", "forget"))
    assert [str(each) for each in forgotten.destroys] == ["forget db"]


def test_updating_it_or_deleting_a_release_does_not() -> None:
    harmless = plan(change("db", DATABASE, "update"), change("app", "helm_release", "delete"))
    assert harmless.destroys == ()
    assert harmless.summary() == "0 to create, 1 to update, 1 to delete"


def test_what_does_nothing_is_no_change() -> None:
    assert plan(change("a", DATABASE, "no-op"), change("b", DATABASE, "read")).changes == ()


def test_the_digest_follows_the_values_and_nothing_else() -> None:
    first = plan(change("a", DATABASE, "update", after={"tier": "small"}))
    again = plan(change("a", DATABASE, "update", after={"tier": "small"}))
    other = plan(change("a", DATABASE, "update", after={"tier": "large"}))
    unrelated = plan(
        change("a", DATABASE, "update", after={"tier": "small"}),
        change("z", DATABASE, "no-op", after={"tier": "large"}),
    )
    assert first.digest == again.digest == unrelated.digest != other.digest


STATE = b'{"version": 4, "serial": 2}'


@pytest.mark.parametrize("cut", [b"", STATE[:9], b"[]", b"\0" * 20])
@pytest.mark.parametrize("backup", [STATE, b"", None])
def test_a_state_that_is_cut_off_is_restored(
    tmp_path: Path, cut: bytes, backup: bytes | None
) -> None:
    file = tmp_path / "qa.tfstate"
    file.write_bytes(cut)
    if backup is not None:
        (tmp_path / "qa.tfstate.backup").write_bytes(backup)
    assert restore_state(file)
    assert (file.read_bytes() if file.exists() else None) == (backup or None)


def test_a_whole_state_and_none_stay(tmp_path: Path) -> None:
    file = tmp_path / "qa.tfstate"
    assert not restore_state(file)
    file.write_bytes(STATE)
    (tmp_path / "qa.tfstate.backup").write_bytes(b"{}")
    assert not restore_state(file)
    assert file.read_bytes() == STATE


# A Terraform that ends with its work at the first interrupt, and at once at a second one.
STUBBORN = """#!/bin/sh
trap 'n=$((n + 1)); echo $n >> signals; [ $n = 1 ] || exit 1' INT
echo $$ > begun
i=0
while [ $i -lt 15 ]; do sleep 0.1; i=$((i + 1)); done
echo whole > state
"""
RUNNER = """
import sys
from pathlib import Path
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.programs.terraform import Terraform
folder = Path(sys.argv[1])
terraform = Terraform(folder / "tofu", folder, {"PATH": "/usr/bin:/bin"}, shown())
raise SystemExit(guarded(lambda: terraform.init() or 0))
"""


def interrupted(folder: Path, *signals: tuple[signal.Signals, bool]) -> tuple[int, str]:
    """Return exit code and standard error; each signal goes to the process or to its group."""
    (folder / "tofu").write_text(STUBBORN)
    (folder / "tofu").chmod(0o755)
    command = [sys.executable, "-c", RUNNER, str(folder)]
    # As on a terminal: where tests run in the background, the shell has set SIGINT to be ignored.
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while not (folder / "begun").exists():
            time.sleep(0.02)
        for number, whole_group in signals:
            (os.killpg if whole_group else os.kill)(process.pid, number)
            time.sleep(0.3)
        _, said = process.communicate(timeout=30)
    return process.returncode, said


@pytest.mark.parametrize("whole_group", [True, False])
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGTERM], 143),
        ([signal.SIGINT] * 2, 130),
        ([signal.SIGTERM, signal.SIGINT], 143),
    ],
)
def test_an_interrupt_is_passed_on_and_waited_for_and_a_second_one_ends_it(
    tmp_path: Path, signals: list[signal.Signals], code: int, whole_group: bool
) -> None:
    ended, said = interrupted(tmp_path, *((number, whole_group) for number in signals))
    assert ended == code, said
    assert "interrupted: waiting until what has begun has ended" in said
    assert (tmp_path / "signals").read_text() == "1\n"
    assert (tmp_path / "state").exists() == (len(signals) == 1)


def test_killed_it_leaves_a_terraform_that_still_saves_its_state(tmp_path: Path) -> None:
    code, _ = interrupted(tmp_path, (signal.SIGKILL, True))
    assert code == -signal.SIGKILL
    until = time.monotonic() + 30
    while not (tmp_path / "state").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert not (tmp_path / "signals").exists()


def real_terraform(folder: Path) -> Terraform:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    program = Toolchain(ROOT, progress=Silent()).program("tofu")
    return Terraform(program, folder, environment, Silent())


def test_an_error_is_one_line_with_its_resource_and_its_whole_cause(tmp_path: Path) -> None:
    cause = "the first of two databases has no backups, so that nothing could be restored from it"
    detail = "none since Monday, on disk line 3"
    rule = {"condition": "${var.ready}", "error_message": f"{cause}:\n  * {detail}"}
    app = {"triggers_replace": 1, "lifecycle": {"precondition": [rule]}}
    stack = {
        "variable": {"ready": {"default": False}},
        "resource": {"terraform_data": {"app": app}},
    }
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack))
    terraform = real_terraform(tmp_path)
    terraform.init()
    with pytest.raises(PromoterError) as caught:
        terraform.plan()
    first = "Error: Resource precondition failed"
    assert str(caught.value) == f"plan stack {tmp_path.name}: {first}; {cause}: * {detail}"


def test_a_provider_that_this_machine_replaces_is_refused(tmp_path: Path) -> None:
    toolchain = Toolchain(ROOT, progress=Silent())
    mirror = toolchain.provider_mirror()
    required = {"required_providers": {"helm": {"source": "hashicorp/helm"}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"terraform": required}))
    mirrored = f'filesystem_mirror {{ path = "{mirror}" }}'
    replaced = f'dev_overrides {{ "hashicorp/helm" = "{tmp_path}" }}'
    terraform = real_terraform(tmp_path)
    settings = tmp_path / ".tofurc"
    settings.write_text(f"provider_installation {{\n{replaced}\n{mirrored}\n}}\n")
    with pytest.raises(PromoterError, match="dev_overrides of this machine replace a provider"):
        terraform.init()
    settings.write_text(f"provider_installation {{\n{mirrored}\n}}\n")
    terraform.init()
