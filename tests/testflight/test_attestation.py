"""Attestations: signed, pushed, verified against the testers that the remote lists."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from promoter.common.errors import GitError, NothingNewer, UsageError
from promoter.git import Git
from promoter.smoketest.report import Report, Result
from promoter.testflight.attestation import ALLOWED_TESTERS, BRANCH, NotTested, attest, proof
from promoter.testflight.result import TestflightError, TestflightResult

REF = "1a" * 20
PASSED = Report("lana-bank", "somewhere", (Result("one", "passed", "", 1, 0.1),))
RESULT = TestflightResult(
    REF, "c0" * 32, "ns", "passed", "2026-01-01T00:00:00+00:00", "me@here", (), "fine"
)


@dataclass
class Repositories:
    clone: Git
    folder: Path

    def key(self, name: str) -> Path:
        file = self.folder / name
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)]
        subprocess.run(command, check=True)
        return file.with_suffix(".pub")

    def sign_with(self, key: Path) -> None:
        self.clone.text("config", "gpg.format", "ssh")
        self.clone.text("config", "user.signingkey", str(key))

    def allow(self, key: Path, *, push: bool = True) -> None:
        file = self.clone.dir / ALLOWED_TESTERS
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'tester@localhost namespaces="git" {key.read_text()}')
        self.clone.text("add", ALLOWED_TESTERS)
        self.clone.text("commit", "--quiet", "-m", "testers")
        if push:
            self.clone.text("push", "--quiet", "origin", "main")


@pytest.fixture
def repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repositories:
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname = T\nemail = t@localhost\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    Git(tmp_path).text("init", "--quiet", "--bare", "remote.git")
    Git(tmp_path).text("clone", "--quiet", str(tmp_path / "remote.git"), "clone")
    clone = Git(tmp_path / "clone")
    clone.text("commit", "--quiet", "--allow-empty", "-m", "first")
    clone.text("push", "--quiet", "origin", "main")
    return Repositories(clone, tmp_path)


def passed(**more: object) -> TestflightResult:
    return replace(RESULT, report=PASSED, **more)


def trailers(repositories: Repositories, ref: str = REF, untested: str = "") -> tuple[str, ...]:
    return proof(repositories.clone, "origin", ref, untested)


def test_an_attestation_by_a_tester_is_cited(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    commit = attest(repositories.clone.dir, passed())
    assert trailers(repositories) == (f"Testflight: {commit} by tester@localhost",)
    remote = Git(repositories.folder / "remote.git")
    assert remote.commit(BRANCH) == commit


def test_an_untested_ref_is_rejected_without_a_reason(repositories: Repositories) -> None:
    repositories.allow(repositories.key("tester"))
    with pytest.raises(NotTested, match="has not passed a testflight") as refused:
        trailers(repositories)
    assert f"--chart {REF} --sign" in refused.value.next_step
    assert trailers(repositories, untested="a\n fire") == ("Untested: a fire",)


def test_an_attestation_by_anybody_else_is_rejected(repositories: Repositories) -> None:
    repositories.allow(repositories.key("tester"))
    stranger = repositories.key("stranger")
    repositories.sign_with(stranger)
    attest(repositories.clone.dir, passed())
    with pytest.raises(NotTested, match="not signed by anyone in cepler/allowed_testers"):
        trailers(repositories)
    # A local commit adds no tester.
    repositories.allow(stranger, push=False)
    with pytest.raises(NotTested, match="not signed by anyone"):
        trailers(repositories)


def test_an_attestation_copied_to_another_ref_is_rejected(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    attest(repositories.clone.dir, passed())
    git, other = repositories.clone, "2b" * 20
    tip = git.remote_ref("origin", f"refs/heads/{BRANCH}")
    assert tip is not None
    content = git.file(tip, f"lana-bank/{REF}.json")
    commit = git.commit_files(tip, {f"lana-bank/{other}.json": content}, "copied", sign=True)
    git.push("origin", commit, f"refs/heads/{BRANCH}", expect=tip)
    with pytest.raises(NotTested, match=f"it names {REF[:12]}"):
        trailers(repositories, other)


def test_the_trailer_lists_the_parts_that_were_left_out(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    attest(repositories.clone.dir, passed(without=("dagster", "keycloak")))
    (trailer,) = trailers(repositories)
    assert trailer.endswith(" by tester@localhost, without dagster, keycloak")


def test_an_attestation_of_a_failed_testflight_is_rejected(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    content = json.dumps({**passed().evidence(), "outcome": "failed"}).encode()
    git = repositories.clone
    commit = git.commit_files(None, {f"lana-bank/{REF}.json": content}, "by hand", sign=True)
    git.push("origin", commit, f"refs/heads/{BRANCH}", expect=None)
    with pytest.raises(NotTested, match="outcome is 'failed'"):
        trailers(repositories)


def test_only_a_commit_that_passed_is_attested_and_only_once(repositories: Repositories) -> None:
    folder = repositories.clone.dir
    with pytest.raises(UsageError, match="no SSH key"):
        attest(folder, passed())
    repositories.sign_with(repositories.key("tester"))
    with pytest.raises(TestflightError, match="did not pass"):
        attest(folder, passed(outcome="failed"))
    with pytest.raises(TestflightError, match="did not pass"):
        attest(folder, replace(RESULT, report=None))
    with pytest.raises(UsageError, match="a folder was tested"):
        attest(folder, passed(ref="c0" * 32))
    attest(folder, passed())
    with pytest.raises(NothingNewer):
        attest(folder, passed())


def test_a_repository_without_testers_requires_no_attestation(repositories: Repositories) -> None:
    assert trailers(repositories) == ()


@pytest.mark.parametrize(
    "before",
    [
        ["checkout -q -b aside"],
        ["checkout -q --detach"],
        ["branch -f testers-gone", "checkout -q -b main2 --track testers-gone"],
        ["remote set-url --push origin /nowhere"],
    ],
)
def test_nothing_in_the_clone_removes_the_testers(
    repositories: Repositories, before: list[str]
) -> None:
    repositories.allow(repositories.key("tester"))
    git = repositories.clone
    for command in before:
        git.text(*command.split())
    git.text("rm", "-q", ALLOWED_TESTERS)
    git.text("commit", "-q", "-m", "no testers")
    git.text("update-ref", "refs/remotes/origin/main", "HEAD")
    for remote in ("origin", str(repositories.folder / "remote.git")):
        with pytest.raises(NotTested, match="has not passed a testflight"):
            proof(git, remote, REF)


def test_a_remote_without_main_does_not_waive_the_testflight(repositories: Repositories) -> None:
    Git(repositories.folder).text("init", "--quiet", "--bare", "empty.git")
    with pytest.raises(NotTested, match="has no branch main, which lists the testers"):
        proof(repositories.clone, str(repositories.folder / "empty.git"), REF)
    with pytest.raises(GitError):
        proof(repositories.clone, "nowhere", REF)
    assert proof(repositories.clone, "nowhere", REF, "a fire") == ("Untested: a fire",)
