"""docs/web.md: its commands are typed, and its table has every kind of page."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from dev.web import main
from promoter.common.errors import PromoterError
from promoter.common.signals import _WORDS
from promoter.site.site import Site
from promoter.web.settings import CLIENT_SECRET, read_settings
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


def test_the_settings_are_valid(tmp_path: Path) -> None:
    (text,) = re.findall(r"(?ms)^```yaml\n# web.yml\n(.+?)^```", DOCS.read_text(encoding="utf-8"))
    file = tmp_path / "web.yml"
    file.write_text(text)
    found = read_settings(file)
    assert found.reading == "roles"
    assert CLIENT_SECRET in DOCS.read_text(encoding="utf-8")


def test_make_web_needs_a_playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.web.ROOT", tmp_path)
    with pytest.raises(PromoterError, match="neither a playground nor a demo"):
        main()


def test_the_server_shows_what_was_fetched_until_it_is_interrupted(site: Site) -> None:
    deployed(site, "qa")
    (command,) = (each for each in COMMANDS if "serve" in each)
    arguments = shlex.split(command.replace("8080", "0"))
    with subprocess.Popen(
        [sys.executable, "-m", "promoter", *arguments],
        cwd=site.git.dir,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = process.stdout.readline().strip()
        shown = httpx.get(address, trust_env=False, timeout=60).text
        assert "qa up to date" in Document(shown).text
        with httpx.stream("GET", f"{address}events", trust_env=False, timeout=60) as stream:
            assert "event: ready" in next(stream.iter_text())
            process.send_signal(signal.SIGINT)
        # The watcher may be about to query the remote.
        assert process.stderr.read() in ("", f"{_WORDS}\n")
    assert process.returncode in (0, 130)


def test_a_port_that_is_taken_is_an_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.git.dir)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = promoter("web", "serve", "--port", str(port))
    assert done.code == 1
    assert done.stdout == ""
    assert f"error: listen on port {port} of 127.0.0.1: Address already in use" in done.stderr
    assert "--port" in done.stderr


def test_the_readme_has_a_small_picture_of_the_page() -> None:
    """`make screenshot` takes it anew."""
    root = DOCS.parents[1]
    assert "](docs/page.png)" in (root / "README.md").read_text(encoding="utf-8")
    content = (root / "docs" / "page.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 200_000
