"""Content of a small deployments repository, and commits to it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from promoter.git import Git

CONFIG = b"""\
deployment: app
environments:
  local-staging:
    latest: [shared/*]
  local-production:
    passed: local-staging
    propagated: [shared/*]
"""
FILES = {
    "cepler/app.yml": CONFIG,
    "shared/a": b"1",
    "stacks/local/staging/shared.yml": b"stage: staging\n",
    "stacks/local/production/shared.yml": b"stage: production\n",
}
STATE = "cepler/.cepler/app/local-staging.state"


def public_key(file: Path, comment: str) -> Path:
    """Create a key without a passphrase; return its public half."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(file)]
    subprocess.run(command, check=True)
    return file.with_suffix(".pub")


def push(git: Git, files: dict[str, bytes]) -> str:
    """Commit ``files`` on main and push it; return the commit."""
    commit = git.commit_files(git.commit("HEAD"), files, "feat: change")
    git.text("checkout", "-q", "-B", "main", commit)
    git.text("push", "-q", "origin", "main")
    return commit


@contextmanager
def served_read_only(folder: Path) -> Iterator[str]:
    """Serve the repositories below ``folder`` by ``git daemon``, which refuses pushes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ("--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}")
    daemon = subprocess.Popen(["git", "daemon", *options, str(folder)])
    try:
        deadline = time.monotonic() + 10
        while subprocess.run(
            ["git", "ls-remote", f"git://127.0.0.1:{port}/origin.git"],
            capture_output=True,
            check=False,
        ).returncode:
            assert daemon.poll() is None
            assert time.monotonic() < deadline
        yield f"git://127.0.0.1:{port}"
    finally:
        daemon.terminate()
        daemon.wait()
