"""Dagster's real web server, where it is installed, with what the chart has wired for its pods."""

from __future__ import annotations

import argparse
import random
import re
import socket
from contextlib import suppress
from pathlib import Path

import yaml

from promoter.smoketest.container import Container
from promoter.smoketest.errors import SmoketestError
from promoter.smoketest.image_root import inside
from promoter.smoketest.processes import Program

_READY = re.compile(rb"Uvicorn running on http://127\.0\.0\.1:(\d+)\s")
_SECONDS = 120.0  # some seconds on a machine that does nothing else
_HOME = "/opt/dagster/home"
# Below the ports that a kernel gives away by itself (ip(7), ip_local_port_range).
_PORTS = range(20_000, 32_000)


def dagster(
    webserver: str, container: Container, location: Container, code: Path, folder: Path
) -> Program:
    """Dagster's ``webserver`` as the chart configures it; it writes into ``folder`` only.

    It loads the code location from the files of its image in the folder ``code``, as
    ``location``, the container of the code location's pod, does. What it remembers is in its
    folder, not in a database.
    """
    home = folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(_configuration(container))
    listen = ("--host", "127.0.0.1", "--port", str(_free_port()), "--uvicorn-log-level", "info")
    own = {"DAGSTER_HOME": str(home), "HOME": str(folder)}
    return Program(
        (webserver, *listen, *_load_options(location.command, code)),
        {**container.variables, **location.variables, **own},
        ready=_READY,
        seconds=_SECONDS,
        source=webserver,
    )


def _configuration(container: Container) -> str:
    """The chart's dagster.yaml but for the storage."""
    text = container.below(_HOME).get("dagster.yaml", "")
    try:
        configuration = dict(yaml.safe_load(text) or {})
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise SmoketestError(f"read the chart's dagster.yaml: {error}") from error
    return yaml.safe_dump({k: v for k, v in configuration.items() if k != "storage"})


def _load_options(command: tuple[str, ...], code: Path) -> tuple[str, ...]:
    """What is to be loaded, from ``dagster api grpc`` as the pod of the code location runs it."""
    listening = argparse.ArgumentParser(add_help=False)
    listening.add_argument("-h", "--host")
    listening.add_argument("-p", "--port")
    _, options = listening.parse_known_args(command[3:])
    return tuple(inside(word, code) for word in options)


def _free_port() -> int:
    """A port of loopback that nobody is given by chance until it is listened on."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - no secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
