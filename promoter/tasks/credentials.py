"""Give a task's command access: secrets from variables, in files that only it can read.

Concourse passes secrets as variables, while git, crane and kubectl need files. The command
gets files of mode 0600, which are removed when it ends, and does not inherit the variables.
"""

import base64
import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from promoter.common.child import child
from promoter.common.errors import UsageError

# The committer of a task: its image configures none.
_COMMITTER = {"user.name": "promoter", "user.email": "promoter@localhost"}
_KEPT = frozenset({"REGISTRY", "COSIGN_PASSWORD", "GH_APP_ID"})


def run(command: Sequence[str], given: Mapping[str, str]) -> int:
    """Run ``command`` with the access that ``given`` variables describe; return its exit code."""
    if not command:
        raise UsageError("run: no command", next_step="promoter pipeline exec -- COMMAND")
    program = shutil.which(command[0])
    if program is None:
        raise UsageError(f"run {command[0]}: not on PATH", next_step="see the task's image")
    with (
        environment(given) as variables,
        child([program, *command[1:]], env=variables) as process,
    ):
        return process.wait()


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the command's environment and create its files; raises `UsageError` if incomplete."""
    names = {name for variables, _ in _KINDS.values() for name in variables} - _KEPT
    variables = {name: value for name, value in given.items() if name not in names}
    writers = [write for kind, (needed, write) in _KINDS.items() if _described(kind, needed, given)]
    with tempfile.TemporaryDirectory(prefix="task-access-") as folder:
        for write in writers:
            variables |= write(Path(folder), {**given, **variables})
        yield variables


def _described(kind: str, names: tuple[str, ...], given: Mapping[str, str]) -> bool:
    present = [name for name in names if given.get(name)]
    # A registry may need no password.
    if not present or present == ["REGISTRY"]:
        return False
    if missing := ", ".join(name for name in names if name not in present):
        reason = f"give the task access ({kind}): {missing} is missing or empty"
        remedy = "declare it in the task's params; variables.yml says what it is"
        raise UsageError(reason, next_step=remedy)
    return True


def _git(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    key = _private(folder / "key", given["GIT_PRIVATE_KEY"])
    known = _private(folder / "known_hosts", given["GIT_KNOWN_HOSTS"])
    command = ["ssh", "-F", "none", "-i", str(key), "-o", "IdentitiesOnly=yes"]
    command += ["-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={known}"]
    return {"GIT_SSH_COMMAND": shlex.join(command), **_configured(_COMMITTER, given)}


def _registry(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    login = f"{given['REGISTRY_USER']}:{given['REGISTRY_PASSWORD']}"
    auth = base64.b64encode(login.encode()).decode()
    addresses = [address.strip() for address in given["REGISTRY"].split(",")]
    if not all(addresses):
        reason = f"give the task access (registry): REGISTRY is {given['REGISTRY']!r}"
        raise UsageError(reason, next_step="name one address, or several with commas between them")
    auths = {address.partition("/")[0]: {"auth": auth} for address in addresses}
    _private(folder / "config.json", json.dumps({"auths": auths}))
    return {"DOCKER_CONFIG": str(folder)}


def _app(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    return {"GH_APP_KEY": str(_private(folder / "app.pem", given["GH_APP_KEY_DOCUMENT"]))}


def _cluster(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    kubeconfig = _private(folder / "kubeconfig", given["KUBECONFIG_DOCUMENT"])
    return {"PROMOTER_KUBECONFIG": str(kubeconfig)}


def _google(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    # The provider and the backend read it as well as the kubeconfig's plugin, which reads no other.
    key = _private(folder / "google.json", given["GOOGLE_CREDENTIALS"])
    return {"GOOGLE_APPLICATION_CREDENTIALS": str(key)}


def _signing(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    return {"COSIGN_KEY": str(_private(folder / "cosign.key", given["COSIGN_KEY_DOCUMENT"]))}


def _testing(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    key = _private(folder / "tester", given["TESTER_KEY_DOCUMENT"])
    return _configured({"gpg.format": "ssh", "user.signingkey": str(key)}, given)


def _configured(settings: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that configure git, after those that ``given`` has."""
    before = int(given.get("GIT_CONFIG_COUNT") or 0)
    added = {"GIT_CONFIG_COUNT": str(before + len(settings))}
    for number, (key, value) in enumerate(settings.items(), before):
        added |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return added


# The variables of each kind of access (a part of them alone is an error), and their function.
_KINDS = {
    "git": (("GIT_PRIVATE_KEY", "GIT_KNOWN_HOSTS"), _git),
    "GitHub App": (("GH_APP_ID", "GH_APP_KEY_DOCUMENT"), _app),
    "registry": (("REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD"), _registry),
    "cluster": (("KUBECONFIG_DOCUMENT",), _cluster),
    "Google Cloud": (("GOOGLE_CREDENTIALS",), _google),
    "signing": (("COSIGN_KEY_DOCUMENT", "COSIGN_PASSWORD"), _signing),
    "testing": (("TESTER_KEY_DOCUMENT",), _testing),
}


def _private(path: Path, content: str) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        # ssh rejects a key without a final line end.
        file.write(content if content.endswith("\n") else content + "\n")
    return path
