"""docs/web.md: its commands are typed, and its table has every kind of page."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from dev.web import main
from promoter.common.errors import PromoterError
from promoter.common.ports import choose
from promoter.site.site import Site
from tests.command_line import promoter
from tests.site.repository import deployed, site
from tests.web.document import Document

__all__ = ["site"]

DOCS = Path(__file__).parents[2] / "docs" / "web.md"
COMMANDS = re.findall(r"(?m)^\$ promoter (.+)$", DOCS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", [each for each in COMMANDS if "serve" not in each])
def test_a_command_is_typed(site: Site, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.git.dir)
    done = promoter(*shlex.split(command))
    assert done.code == 0, done.stderr


def test_make_web_needs_a_playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.web.ROOT", tmp_path)
    with pytest.raises(PromoterError, match="neither a playground nor a demo"):
        main()


def test_the_server_shows_what_was_fetched_until_it_is_interrupted(site: Site) -> None:
    deployed(site, "qa")
    (command,) = (each for each in COMMANDS if "serve" in each)
    port = choose(["web"], {})["web"]
    arguments = shlex.split(command.replace("8080", str(port)))
    with subprocess.Popen(
        [sys.executable, "-m", "promoter", *arguments],
        cwd=site.git.dir,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert "qa up to date" in Document(fetched(address)).text
        process.send_signal(signal.SIGINT)
    assert process.returncode in (0, 130)


def fetched(address: str) -> str:
    """Return the page at ``address`` once the server listens."""
    for _ in range(300):
        try:
            return httpx.get(address, trust_env=False, timeout=60).text
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(f"{address} never answered")
