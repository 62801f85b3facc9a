from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import UsageError
from promoter.forge.forge import BOT_LOGIN
from promoter.forge.github import GitHubForge
from promoter.forge.local import LocalForge
from promoter.forge.remote import forge_of
from promoter.git import Git
from tests.forge.github_server import NAME, InstalledApp, Server, key_pair


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL", "GH_APP_ID", "GH_APP_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "address",
    [
        "git@github.com:GaloyMoney/lana-bank.git",
        "https://github.com/GaloyMoney/lana-bank",
        "ssh://git@github.com/GaloyMoney/lana-bank.git",
    ],
)
def test_a_github_address_is_used_with_the_token(
    bare: Git, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(UsageError, match="GitHub: no token"):
        forge_of(bare, address)
    monkeypatch.setenv("GITHUB_TOKEN", "from-the-environment")
    found = forge_of(bare, address)
    assert isinstance(found, GitHubForge)
    assert (found.name, found.token) == ("GaloyMoney/lana-bank", "from-the-environment")


def test_a_github_address_is_used_with_a_token_of_the_app(
    bare: Git, server: tuple[Server, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, api = server
    private, public = key_pair()
    state.app = InstalledApp(4242, "bot", public, {"contents": "read"})
    (tmp_path / "app.pem").write_text(private)
    variables = {
        "GITHUB_API_URL": api,
        "GH_APP_ID": "4242",
        "GH_APP_KEY": str(tmp_path / "app.pem"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = forge_of(bare, f"git@github.com:{NAME}.git")
    assert isinstance(found, GitHubForge)
    assert state.tokens[found.token].login == "bot[bot]"


def test_a_folder_has_a_local_forge_also_through_instead_of(bare: Git) -> None:
    address = "git@github.com:GaloyMoney/lana-bank.git"
    bare.text("config", f"url.{bare.dir}.insteadOf", address)
    bare.text("remote", "add", "origin", address)
    assert forge_of(bare) == LocalForge(Git(bare.dir), BOT_LOGIN)


def test_a_folder_may_be_named_without_its_git(bare: Git, tmp_path: Path) -> None:
    folder = tmp_path / "lana-bank.git"
    bare.text("clone", "--quiet", "--bare", ".", str(folder))
    found = forge_of(bare, f"file://{tmp_path}/lana-bank")
    assert found == LocalForge(Git(folder), BOT_LOGIN)


def test_another_host_is_rejected(bare: Git) -> None:
    with pytest.raises(UsageError, match="neither an absolute path nor on github"):
        forge_of(bare, "https://example.org/x.git")


@pytest.mark.parametrize("address", ["git@github.com:GaloyMoney/lana-bank.git", "lana-bank"])
def test_a_folder_that_is_named_like_the_address_is_not_its_forge(
    bare: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    named = tmp_path / "clone" / address
    named.parent.mkdir(parents=True)
    bare.text("clone", "--quiet", "--bare", ".", str(named))
    monkeypatch.chdir(tmp_path / "clone")
    with pytest.raises(UsageError, match=r"no token|neither an absolute path"):
        forge_of(bare, address)
