"""``promoter init`` on a real repository with a real key."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.git import Git
from promoter.setup.init import plan_init
from promoter.setup.keys import SigningKey, key_in
from promoter.site.site import Site
from tests.setup.repository import FILES, STATE, public_key, push


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
    assert signers.startswith(b'ann@bank.example namespaces="git" ssh-ed25519 ')
    assert plan_init(site, [tester]).changes == ()


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
