"""The embedded platform's remote: what local environments are decided and recorded on."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from promoter.common.errors import UsageError
from promoter.git import Git
from promoter.site.platform_remote import PlatformRemote
from promoter.site.site import Site
from tests.command_line import promoter
from tests.site.repository import deployed

CLOUD = """\
deployment: lana-bank
environments:
  gcp-staging:
    latest: [shared/*]
"""
LOCAL = """\
deployment: local
environments:
  local-staging:
    latest: [shared/*]
  local-production:
    passed: local-staging
    propagated: [shared/*]
"""
FILES = {
    ".gitignore": "/.local/\n",
    "cepler/lana-bank.yml": CLOUD,
    "cepler/local.yml": LOCAL,
    "shared/a": "1",
    "stacks/local/staging/shared.yml": "stage: staging\n",
    "stacks/local/production/shared.yml": "stage: production\n",
}
STATE = "cepler/.cepler/local/local-staging.state"


def commit(git: Git, files: dict[str, str | None]) -> str:
    contents = {path: text and text.encode() for path, text in files.items()}
    made = git.commit_files(git.commit("HEAD"), contents, "feat: change")
    git.text("reset", "-q", "--hard", made)
    return made


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A clone, in a folder with a space, of a remote that takes no pushes."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for name, value in {"user.name": "Ann", "user.email": "ann@bank.example"}.items():
        Git(tmp_path).text("config", "--file", "gitconfig", name, value)
    bare = Git(tmp_path / "origin.git")
    Git(tmp_path).text("init", "-q", "--bare", "--initial-branch=main", str(bare.dir))
    made = bare.commit_files(None, {p: t.encode() for p, t in FILES.items()}, "feat: begin")
    bare.text("update-ref", "refs/heads/main", made)
    gates = bare.commit_files(None, {"lana-bank.yml": b"gcp-staging: HEAD\n"}, "chore: gates")
    bare.text("update-ref", "refs/heads/cepler-gates", gates)
    hook = bare.dir / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho read only; exit 1\n")
    hook.chmod(0o755)
    return cloned(bare, tmp_path / "a clone")


def cloned(bare: Git, folder: Path, *options: str) -> Git:
    bare.text("clone", "-q", *options, f"file://{bare.dir}", str(folder))
    return Git(folder)


def local(git: Git) -> Site:
    return Site.of(git.dir, "local")


def test_a_fresh_clone_deploys_and_records_without_any_push_to_origin(clone: Git) -> None:
    site = local(clone)
    assert (site.remote, site.tip) == ("platform", clone.commit("HEAD"))
    done = deployed(site, "local-staging")
    assert done.deployment("local-staging").recorded("local-staging") is not None
    assert clone.tip("origin", "main") == clone.commit("HEAD")
    assert clone.changed() == []


def test_production_of_a_new_platform_is_held_and_the_other_gates_are_open(clone: Git) -> None:
    site = deployed(local(clone), "local-staging")
    entries = site.approvals.gates("local").entries
    assert entries == {"local-staging": "HEAD", "local-production": clone.commit("HEAD")}
    assert str(site.decide("local-production").status) == "blocked"


def test_a_commit_that_was_not_pushed_is_due_and_the_records_stay(clone: Git) -> None:
    recorded = deployed(local(clone), "local-staging").tip
    head = commit(clone, {"shared/a": "2"})
    site = local(clone)
    assert clone.text("log", "-1", "--format=%P", site.tip).split() == [recorded, head]
    (change,) = site.decide("local-staging").require_due().changes
    assert change.current is not None
    assert (change.path, change.current.from_commit) == ("shared/a", head)
    after = deployed(site, "local-staging")
    assert after.last_record("local-staging") is not None
    assert str(after.decide("local-staging").status) == "up to date"
    assert local(clone).tip == after.tip


@pytest.mark.parametrize("move", ["reset -q --hard HEAD^", "commit -q --amend -m other"])
def test_a_head_that_was_moved_back_or_rewritten_is_followed(clone: Git, move: str) -> None:
    commit(clone, {"shared/a": "2", "shared/b": "1"})
    deployed(local(clone), "local-staging")
    clone.text(*move.split())
    site = local(clone)
    assert site.git.listing(site.tip, "shared") == clone.listing("HEAD", "shared")
    assert site.git.file(site.tip, STATE) is not None


def test_records_that_were_committed_on_main_are_not_the_platform_s(clone: Git) -> None:
    site = deployed(local(clone), "local-staging")
    commit(clone, {STATE: (site.git.file(site.tip, STATE) or b"").decode()})
    other = cloned(clone, clone.dir.with_name("another"))
    fresh = local(other)
    assert fresh.deployment("local-staging").recorded("local-staging") is None
    assert str(fresh.decide("local-staging").status) == "due"


def test_a_shallow_clone_has_a_platform_too(clone: Git, tmp_path: Path) -> None:
    commit(clone, {"shared/a": "2"})
    shallow = cloned(clone, tmp_path / "shallow", "--depth=1")
    assert str(deployed(local(shallow), "local-staging").decide("local-staging").status) == (
        "up to date"
    )
    commit(shallow, {"shared/a": "3"})
    assert str(local(shallow).decide("local-staging").status) == "due"


def test_an_environment_that_is_added_later_gets_a_gate(clone: Git) -> None:
    local(clone)
    commit(clone, {"cepler/local.yml": f"{LOCAL}  local-qa:\n    latest: [shared/*]\n"})
    assert local(clone).approvals.gates("local").entries["local-qa"] == "HEAD"


def test_another_remote_of_that_name_is_left_alone(clone: Git) -> None:
    clone.text("remote", "add", "platform", "/elsewhere.git")
    with pytest.raises(UsageError, match=r"it is /elsewhere\.git, not the embedded platform's"):
        local(clone)


def test_plan_reads_every_deployment_from_its_own_remote(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    deployed(local(clone), "local-staging")
    rows = json.loads(promoter("plan", "--json").stdout)["environments"]
    assert [(row["environment"], row["status"]) for row in rows] == [
        ("gcp-staging", "due"),
        ("local-staging", "up to date"),
        ("local-production", "blocked"),
    ]
    clone.text("remote", "set-url", "origin", "/nowhere.git")
    assert promoter("why", "local-production").code == 0
    assert promoter("plan", "local").code == 0
    assert promoter("plan", "lana-bank").code == 1


def test_approve_opens_the_platform_s_gate(clone: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone.dir)
    deployed(local(clone), "local-staging")
    done = promoter("approve", "local-production", "--yes", "--reason", "fine")
    assert done.code == 0, done.stderr
    assert str(local(clone).decide("local-production").status) == "due"
    assert clone.tip("origin", "cepler-gates") is not None


def test_a_remote_that_is_named_has_every_deployment(clone: Git) -> None:
    named = Site.of(clone.dir, "local-staging", remote="origin")
    assert (named.remote, list(named.deployments)) == ("origin", ["lana-bank", "local"])
    assert list(Site.of(clone.dir).deployments) == ["lana-bank"]


def test_one_command_records_on_one_remote(clone: Git) -> None:
    with pytest.raises(UsageError, match="local environments and others have two remotes"):
        Site.of(clone.dir, "local-staging", "gcp-staging")


def test_a_remote_that_cannot_be_read_does_not_hide_the_platforms(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    clone.text("remote", "set-url", "origin", str(clone.dir.parent / "nowhere"))
    done = promoter("plan", "--json")
    rows = json.loads(done.stdout)["environments"]
    assert done.code == 1
    assert {row["environment"]: row["status"] for row in rows} == {
        "local-staging": "due",
        "local-production": "blocked",
        "": "unreadable",
    }
    assert "nowhere" in rows[-1]["holds"][0]
    assert promoter("plan", "local").code == 0
    assert promoter("plan", "gcp-staging").code == 1


def test_a_clone_without_an_identity_can_be_read(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    (tmp_path / "gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    done = promoter("plan", "local")
    assert done.code == 0, done.stderr


def test_commands_that_come_at_once_share_one_remote(clone: Git) -> None:
    def follow(_: int) -> None:
        PlatformRemote(clone, "main").follow_checkout()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(follow, range(8)))
    folder = clone.dir / ".local/platform"
    assert [each.name for each in folder.glob("remote-*")] == []
    assert Git(folder / "remote.git").commit("main")
    assert clone.config("remote.platform.url") == ".local/platform/remote.git"
