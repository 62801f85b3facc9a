"""A real PostgreSQL that runs the chart's roles: the job's, from its rendered environment."""

from __future__ import annotations

import base64
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
OLDEST = 14
CA_FOLDER = "/etc/ssl/databases"
HAS_PGAUDIT = bool(SERVERS) and (SERVERS[-1].parent / "lib/pgaudit.so").exists()

Environment = dict[str, str]


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL at ``localhost``, with a certificate for that name."""

    folder: Path
    port: int
    user: str | None
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)

    def psql(
        self, sql: str, target: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``sql`` as superuser on the server's database, or as ``target`` (a URL)."""
        inside = {"PGHOST": str(self.folder), "PGDATABASE": "server", "PGUSER": "postgres"}
        command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At", "-c", sql]
        if target:
            return self.run([*command, "-d", target], **variables)
        return self.run(command, **{**inside, **variables})

    def ask(self, sql: str, target: str = "", **variables: str) -> str:
        done = self.psql(sql, target, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refusal(self, sql: str, target: str = "", **variables: str) -> str:
        done = self.psql(sql, target, **variables)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def run(self, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={"PATH": f"{SERVERS[-1]}:{os.environ['PATH']}", "LC_ALL": "C"}
            | {"PGPORT": str(self.port), **variables},
            cwd=self.folder,
            user=self.user,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def environment(self, container: Mapping[str, Any]) -> Environment:
        """Return a container's environment as the kubelet expands it, from these Secrets alone."""
        found: Environment = {}
        for entry in container["env"]:
            if reference := entry.get("valueFrom", {}).get("secretKeyRef"):
                if (secret := self.secrets.get(reference["name"])) is not None:
                    found[entry["name"]] = secret[reference["key"]]
            else:
                text = entry["value"].replace(CA_FOLDER, str(self.folder / "authorities"))
                text = re.sub(r"\$\((\w+)\)", lambda m: found.get(m[1], m[0]), text)
                found[entry["name"]] = text.replace(":5432/", f":{self.port}/")
        return found

    def mount(self, files: Mapping[str, str]) -> None:
        """Write a ConfigMap's files, and the authorities of the Secrets."""
        places = {self.folder / name: text for name, text in files.items()}
        for name, data in self.secrets.items():
            user = name.removeprefix("lana-bank-db-")
            places[self.folder / "authorities" / f"{user}.pem"] = data.get("ca.pem", "")
        (self.folder / "authorities").mkdir(exist_ok=True)
        for path, text in places.items():
            path.write_text(text)
            path.chmod(0o644)


@contextmanager
def running(*options: str, superuser: str = "postgres") -> Iterator[Postgres]:
    # Sockets have short names, and the user must get in: not below pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Postgres(folder, _free_port(), _somebody())
    try:
        folder.chmod(0o755)
        if server.user:
            shutil.chown(folder, server.user)
        yield from _running(server, options, superuser)
    finally:
        shutil.rmtree(folder)


def _running(server: Postgres, options: tuple[str, ...], superuser: str) -> Iterator[Postgres]:
    data = server.folder / "data"
    _done(server, "initdb", "--pgdata", str(data), f"--username={superuser}", "--auth=trust")
    _certificate(server)
    local = f"local all {superuser} trust\\nlocal all all scram-sha-256\\n"
    remote = "hostssl all all 127.0.0.1/32 scram-sha-256\\n"
    _done(server, "bash", "-c", f"printf '{local}{remote}' > {data}/pg_hba.conf")
    settings = " ".join(
        f"-c {option}"
        for option in (
            "listen_addresses=127.0.0.1",
            f"port={server.port}",
            f"unix_socket_directories={server.folder}",
            f"ssl=on -c ssl_cert_file={server.folder}/server.crt",
            f"ssl_key_file={server.folder}/server.key",
            "fsync=off",
            *options,
        )
    )
    control = ["pg_ctl", "--pgdata", str(data), "--wait", "--timeout=30"]
    started = server.run(
        [*control, "--log", f"{server.folder}/log", "--options", settings, "start"]
    )
    assert started.returncode == 0, server.log
    try:
        yield server
    finally:
        server.run([*control, "--mode=immediate", "stop"])


def _certificate(server: Postgres) -> None:
    """An authority, and the server's certificate for localhost."""
    ca = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority")
    _done(server, "openssl", "req", *ca, "-keyout", "ca.key", "-out", "ca.pem")
    request = ("-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost")
    names = ("-addext", "subjectAltName=DNS:localhost", "-CA", "ca.pem", "-CAkey", "ca.key")
    # rustls, unlike OpenSSL, refuses a server whose certificate is an authority.
    files = ("-keyout", "server.key", "-out", "server.crt", "-extensions", "usr_cert")
    _done(server, "openssl", "req", "-x509", "-days", "2", *request, *names, *files)
    _done(server, "chmod", "600", "server.key")


def _done(server: Postgres, *command: str) -> None:
    done = server.run([*command])
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _somebody() -> str | None:
    """Return the user of the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def decoded(secret: Mapping[str, Any]) -> dict[str, str]:
    """Return the data of a rendered Secret."""
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
