"""``promoter init`` on a real repository with a real key."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git import Git
from promoter.setup.init import plan_init
from promoter.setup.keys import SigningKey, key_in
from promoter.site.site import Site
from promoter.testflight.attestation import ALLOWED_TESTERS
from tests.command_line import promoter
from tests.setup.repository import FILES, STATE, public_key, push, served_read_only


def gates(git: Git) -> str:
    return (git.file("refs/remotes/origin/cepler-gates", "app.yml") or b"").decode()


def test_every_environment_gets_a_gate_and_both_lists_their_keys(
    clone: Git, tmp_path: Path
) -> None:
    site = Site.of(clone.dir)
    tester = key_in(public_key(tmp_path / "tester", "pipeline@bank.example"))
    plan = plan_init(site, [tester])
    shown = "\n".join(plan.lines())
    assert "+local-staging: HEAD" in shown
    assert f"+{tester.line}" in shown
    plan.push()
    site = site.fetched()
    assert gates(clone) == f"local-staging: HEAD\nlocal-production: {plan.site.tip}\n"
    signers = clone.file(site.tip, "cepler/allowed_signers") or b""
    assert signers.startswith(b'ann@bank.example namespaces="git,promoter" ssh-ed25519 ')
    deployers = clone.file(site.tip, ALLOWED_DEPLOYERS) or b""
    assert deployers == signers
    assert plan_init(site, [tester]).changes == ()
    (added,) = plan_init(site, [tester], [tester]).changes
    assert added.files == {ALLOWED_DEPLOYERS: deployers + f"{tester.line}\n".encode()}


def test_production_is_held_before_the_first_record_of_the_one_before(clone: Git) -> None:
    before = clone.commit("HEAD")
    push(clone, {STATE: b"recorded\n"})
    push(clone, {"shared/a": b"2"})
    site = Site.of(clone.dir)
    plan = plan_init(site)
    assert f"local-production: {before}\n".encode() in plan.changes[-1].files["app.yml"]


def test_a_production_that_nothing_can_hold_is_refused(clone: Git) -> None:
    root = clone.commit_files(None, {**FILES, STATE: b"recorded\n"}, "feat: all at once")
    clone.push("origin", root, "refs/heads/main", expect=clone.commit("HEAD"))
    with pytest.raises(PromoterError, match="local-staging has a record in every commit of main"):
        plan_init(Site.of(clone.dir))


def test_a_production_without_passed_is_refused(clone: Git) -> None:
    config = b"deployment: app\nenvironments:\n  local-production:\n    latest: [shared/*]\n"
    push(clone, {"cepler/app.yml": config})
    with pytest.raises(PromoterError, match="it has no `passed` environment"):
        plan_init(Site.of(clone.dir))


def test_existing_entries_and_comments_stay(clone: Git) -> None:
    text = b"# ours\nlocal-staging: HEAD\n"
    commit = clone.commit_files(None, {"app.yml": text}, "chore: gates")
    clone.push("origin", commit, "refs/heads/cepler-gates", expect=None)
    plan_init(Site.of(clone.dir)).push()
    Site.of(clone.dir)
    assert gates(clone).startswith("# ours\nlocal-staging: HEAD\nlocal-production: ")


def test_a_gates_file_that_is_no_mapping_is_refused(clone: Git) -> None:
    commit = clone.commit_files(None, {"app.yml": b"local-staging local-production\n"}, "chore: x")
    clone.push("origin", commit, "refs/heads/cepler-gates", expect=None)
    with pytest.raises(InvalidFile, match=r"app\.yml"):
        plan_init(Site.of(clone.dir))


def test_without_a_key_nothing_is_pushed(clone: Git) -> None:
    clone.text("config", "user.signingkey", "/nowhere/key.pub")
    with pytest.raises(UsageError, match=r"read key /nowhere/key\.pub: No such file"):
        plan_init(Site.of(clone.dir))


def test_a_key_without_an_owner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no owner's mail address"):
        key_in(public_key(tmp_path / "nobody", ""))
    assert key_in(tmp_path / "nobody.pub", "me@bank.example").principal == "me@bank.example"


def test_a_key_that_is_listed_is_not_added_again(clone: Git, tmp_path: Path) -> None:
    plan_init(Site.of(clone.dir)).push()
    site = Site.of(clone.dir)
    key = SigningKey("other@bank.example", key_in(tmp_path / "key.pub").public)
    assert plan_init(site, [key]).changes[0].files.keys() == {"cepler/allowed_testers"}


def tips(git: Git) -> list[str]:
    """Return every ref of the remote."""
    return Git(git.dir.parent / "origin.git").lines("for-each-ref")


def test_without_the_right_to_push_it_says_so_before_it_writes(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    before = tips(clone)
    with served_read_only(tmp_path) as address:
        clone.text("remote", "set-url", "origin", f"{address}/origin.git")
        done = promoter("init", "--yes")
    assert done.code == 1
    assert "error: push to main of origin: remote error: access denied" in done.stderr
    assert "next:  use an account that may push there" in done.stderr
    assert done.stdout == ""
    assert tips(clone) == before


def test_it_asks_for_the_pipelines_key_and_shows_the_commits_before_it_pushes(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    tester = public_key(tmp_path / "tester", "pipeline@bank.example")
    before = tips(clone)
    declined = promoter("init", stdin=f"{tester}\nn\n")
    assert declined.code != 0
    assert "+local-staging: HEAD" in declined.stdout
    assert tips(clone) == before
    done = promoter("init", stdin=f"{tester}\ny\n")
    assert done.code == 0, done.stderr
    assert done.stdout.endswith("next: promoter doctor\n")
    assert b"pipeline@bank" in (clone.file(Site.of(clone.dir).tip, ALLOWED_TESTERS) or b"")
    after = tips(clone)
    again = promoter("init")
    assert (again.code, again.stdout.startswith("already set up")) == (0, True)
    assert tips(clone) == after


def test_a_script_that_names_no_tester_is_told_how_to_add_one(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    done = promoter("init", "--yes")
    assert (done.code, done.stdout.splitlines()[-1]) == (
        0,
        "next: promoter init --tester <key>.pub",
    )


def test_a_detached_head_is_no_obstacle(clone: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone.dir)
    clone.text("checkout", "-q", "--detach")
    assert promoter("init", "--yes").code == 0
    assert gates(clone).startswith("local-staging: HEAD")


def test_a_repository_without_commits_is_one_message(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Git(tmp_path).text("init", "-q", "--bare", "--initial-branch=main", "empty.git")
    Git(tmp_path).text("clone", "-q", "empty.git", "empty")
    monkeypatch.chdir(tmp_path / "empty")
    for command in (["init", "--yes"], ["plan"], ["doctor"]):
        done = promoter(*command)
        assert done.code == 1
        assert "fetch main of origin: it has no such branch" in " ".join(
            (done.stdout + done.stderr).split()
        ).replace("- ", "-"), command
