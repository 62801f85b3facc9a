"""GitHub's jobs run in the task image that is pinned, once it is verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.images import workflows
from dev.rulesets import CHARTS, REPOSITORIES
from promoter.forge.forge import ForgeError, ForgeMissing
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.programs.cosign import VerificationError, create_keys
from promoter.release.image_pins import read_pins
from promoter.toolchain import Toolchain
from tests.concourse.test_pipelines import ROOT
from tests.forge import github_server
from tests.forge.conftest import bare
from tests.forge.github_rules import Token
from tests.images.pinned import Pinned, published

__all__ = ["bare"]

LANA = REPOSITORIES[1]
# What docs/pipelines.md says that the token needs.
PERMISSIONS = {"environments": "write", "metadata": "read"}


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pinned]:
    with published(tmp_path_factory.mktemp("pinned")) as found:
        yield found


@pytest.fixture
def pinned(published_once: Pinned, monkeypatch: pytest.MonkeyPatch) -> Pinned:
    for name, value in published_once.variables.items():
        monkeypatch.setenv(name, value)
    return published_once


@pytest.fixture
def server(bare: Git, monkeypatch: pytest.MonkeyPatch) -> Iterator[github_server.Server]:
    """The charts repository on GitHub, with its environments and a token of `PERMISSIONS`."""
    with github_server.serving(LocalForge(bare), f"GaloyMoney/{CHARTS.name}") as (state, api):
        state.environments = {"automerge": {}, "pull-requests": {"variables": [workflows.VARIABLE]}}
        state.tokens = {"administrator": Token(permissions=PERMISSIONS)}
        monkeypatch.setenv("GITHUB_API_URL", api)
        monkeypatch.setenv("GH_TOKEN", "administrator")
        yield state


def run() -> int:
    return workflows.main(["--only", CHARTS.name])


def test_every_repository_whose_jobs_run_in_our_image_has_environments() -> None:
    assert workflows.environments(LANA) == ["pull-requests"]
    assert workflows.environments(CHARTS) == ["automerge", "pull-requests"]
    assert workflows.environments(ROOT) == []


def test_each_environment_has_the_pinned_image_once_it_is_verified(
    pinned: Pinned, server: github_server.Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    wanted = read_pins(pinned.git, ".")["promoter"]
    assert server.values == {
        (name, workflows.VARIABLE): wanted for name in ("automerge", "pull-requests")
    }
    assert f"environment automerge: {workflows.VARIABLE} set to {wanted}" in capsys.readouterr().out
    written = [each for each in server.requests if not each.startswith("GET")]
    assert len(written) == 2
    assert run() == 0
    assert [each for each in server.requests if not each.startswith("GET")] == written
    assert capsys.readouterr().out.count("already up to date") == 2


def test_an_image_of_another_key_is_used_nowhere(
    pinned: Pinned, server: github_server.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, other = create_keys(Toolchain(ROOT).program("cosign"), tmp_path / "other")
    monkeypatch.setenv("COSIGN_PUBLIC_KEY", str(other))
    with pytest.raises(VerificationError, match=r"verify .*/cepler-resource@sha256") as raised:
        run()
    assert "find out who moved image-pins" in raised.value.next_step
    assert server.requests == []


@pytest.mark.parametrize("permission", sorted(set(PERMISSIONS) - {"metadata"}))
def test_a_token_without_a_permission_is_one_error_and_sets_nothing(
    pinned: Pinned, server: github_server.Server, permission: str
) -> None:
    weaker = Token(permissions={**PERMISSIONS, permission: "read"})
    server.tokens = {"administrator": weaker}
    with pytest.raises(ForgeError, match="not accessible by integration") as raised:
        run()
    assert f"give the token {permission}=write" in raised.value.next_step
    assert server.values == {}


def test_an_environment_that_github_does_not_have_is_named(
    pinned: Pinned, server: github_server.Server
) -> None:
    del server.environments["automerge"]
    with pytest.raises(ForgeMissing, match="in environment automerge of GaloyMoney/galoy-private"):
        run()
    assert server.values == {}
