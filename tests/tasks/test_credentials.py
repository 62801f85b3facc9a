"""The credentials of a task: private files while its command runs, nothing afterwards."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from promoter.common.errors import UsageError
from promoter.tasks.credentials import environment, run

KEY = "the words of a key"
SHOW = "import os, pathlib; pathlib.Path('variables').write_text(repr(dict(os.environ)))"


def test_git_reads_the_key_from_a_private_file_that_is_removed() -> None:
    with environment({"GIT_PRIVATE_KEY": KEY, "GIT_KNOWN_HOSTS": "host ssh-x y"}) as variables:
        command = variables["GIT_SSH_COMMAND"].split()
        key = Path(command[command.index("-i") + 1])
        assert key.read_text() == KEY + "\n"
        assert key.stat().st_mode & 0o777 == 0o600
        assert "GIT_PRIVATE_KEY" not in variables
    assert not key.parent.exists()


def test_every_program_signs_in_to_google_with_the_account_of_the_job() -> None:
    key = json.dumps({"type": "service_account", "client_email": "deployer@example"})
    with environment({"GOOGLE_CREDENTIALS": key}) as variables:
        assert "GOOGLE_CREDENTIALS" not in variables
        file = Path(variables["GOOGLE_APPLICATION_CREDENTIALS"])
        assert json.loads(file.read_text())["client_email"] == "deployer@example"
        assert file.stat().st_mode & 0o777 == 0o600
    assert not file.exists()


def test_an_app_signs_in_with_its_id_and_its_key_in_a_private_file() -> None:
    with environment({"GH_APP_ID": "4242", "GH_APP_KEY_DOCUMENT": KEY}) as variables:
        key = Path(variables["GH_APP_KEY"])
        assert (variables["GH_APP_ID"], key.read_text()) == ("4242", f"{KEY}\n")
        assert key.stat().st_mode & 0o777 == 0o600
        assert "GH_APP_KEY_DOCUMENT" not in variables
    assert not key.exists()


def test_crane_has_the_login_of_the_registry() -> None:
    given = {
        "REGISTRY": "registry.example/org",
        "REGISTRY_USER": "me",
        "REGISTRY_PASSWORD": "pass",
    }
    with environment(given) as variables:
        config = json.loads((Path(variables["DOCKER_CONFIG"]) / "config.json").read_text())
        assert variables["REGISTRY"] == "registry.example/org"
        assert "REGISTRY_PASSWORD" not in variables
    auth = config["auths"]["registry.example"]["auth"]
    assert base64.b64decode(auth).decode() == "me:pass"


def test_one_login_serves_several_registries() -> None:
    given = {
        "REGISTRY": "gcr.io/org, us.gcr.io",
        "REGISTRY_USER": "me",
        "REGISTRY_PASSWORD": "pass",
    }
    with environment(given) as variables:
        config = json.loads((Path(variables["DOCKER_CONFIG"]) / "config.json").read_text())
    assert sorted(config["auths"]) == ["gcr.io", "us.gcr.io"]
    with (
        pytest.raises(UsageError, match=r"REGISTRY is 'gcr\.io,'"),
        environment({**given, "REGISTRY": "gcr.io,"}),
    ):
        pass


def test_a_cluster_and_a_signing_key_are_files_too() -> None:
    given = {
        "KUBECONFIG_DOCUMENT": "kind: Config\n",
        "COSIGN_KEY_DOCUMENT": "k",
        "COSIGN_PASSWORD": "p",
    }
    with environment(given) as variables:
        assert Path(variables["PROMOTER_KUBECONFIG"]).read_text() == "kind: Config\n"
        assert Path(variables["COSIGN_KEY"]).read_text() == "k\n"
        assert variables["COSIGN_PASSWORD"] == "p"


def test_a_task_commits_as_promoter_and_signs_as_a_tester(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any configuration of git, as in the image of a task."""
    key = tmp_path / "tester"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
    subprocess.run(command, check=True)
    for name, value in (("HOME", str(tmp_path)), ("GIT_CONFIG_GLOBAL", "/dev/null")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GIT_CONFIG_COUNT", raising=False)
    given = {
        **os.environ,
        "GIT_PRIVATE_KEY": KEY,
        "GIT_KNOWN_HOSTS": "host ssh-x y",
        "TESTER_KEY_DOCUMENT": key.read_text(),
    }
    allowed = tmp_path / "allowed"
    allowed.write_text(f'pipeline namespaces="git" {key.with_suffix(".pub").read_text()}')
    with environment(given) as variables:
        assert not {"GIT_PRIVATE_KEY", "TESTER_KEY_DOCUMENT"} & variables.keys()

        def git(*arguments: str) -> str:
            command = ["git", "-c", f"gpg.ssh.allowedSignersFile={allowed}", *arguments]
            return subprocess.run(
                command, cwd=tmp_path, env=variables, check=True, capture_output=True, text=True
            ).stdout.strip()

        git("init", "--quiet")
        git("commit", "--quiet", "--allow-empty", "-S", "-m", "tested")
        assert git("log", "-1", "--format=%G? %GS %an <%ae>") == (
            "G pipeline promoter <promoter@localhost>"
        )


@pytest.mark.parametrize(
    "given",
    [
        {"GIT_PRIVATE_KEY": KEY},
        {"GIT_PRIVATE_KEY": KEY, "GIT_KNOWN_HOSTS": ""},
        {"REGISTRY": "r", "REGISTRY_USER": "me"},
    ],
)
def test_incomplete_access_is_an_error_without_secrets(given: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="is missing or empty") as raised, environment(given):
        pass
    assert KEY not in str(raised.value)


def test_a_registry_without_a_password_needs_none() -> None:
    with environment({"REGISTRY": "127.0.0.1:5000"}) as variables:
        assert variables == {"REGISTRY": "127.0.0.1:5000"}


def test_the_exit_code_of_the_command_is_returned() -> None:
    assert run([sys.executable, "-c", "raise SystemExit(3)"], {}) == 3


def test_the_command_line_reads_the_variables_of_the_task(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "promoter", "pipeline", "exec", "--"]
    done = subprocess.run(
        [*command, sys.executable, "-c", SHOW],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "GIT_PRIVATE_KEY": KEY, "GIT_KNOWN_HOSTS": "host"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "variables").read_text()
    assert "GIT_SSH_COMMAND" in text
    assert KEY not in text


@pytest.mark.parametrize("command", [[], ["no-such-program"]])
def test_a_missing_command_is_wrong_usage(command: list[str]) -> None:
    with pytest.raises(UsageError):
        run(command, {})


SLOW = """
import pathlib, signal, sys, time
def end(*_):
    time.sleep(1)
    pathlib.Path("ended").touch()
    sys.exit(5)
signal.signal(signal.SIGINT, end)
pathlib.Path("begun").touch()
time.sleep(60)
"""


def test_a_task_that_is_ended_ends_its_command_and_waits_for_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "promoter", "pipeline", "exec", "--"]
    with subprocess.Popen(
        [*command, sys.executable, "-c", SLOW], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        while not (tmp_path / "begun").exists():
            time.sleep(0.02)
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert "interrupted: waiting until what has begun has ended" in said
    assert (tmp_path / "ended").exists()
