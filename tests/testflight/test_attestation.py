"""Attestations: signed, pushed, believed only when a tester of the remote's signed them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from promoter.common.errors import NothingNewer, UsageError
from promoter.git import Git
from promoter.smoketest.report import Report, Result
from promoter.testflight.attestation import ALLOWED_TESTERS, BRANCH, attest, proof
from promoter.testflight.errors import NotTested, TestflightError
from promoter.testflight.run import TestflightResult

REF = "1a" * 20
PASSED = Report("lana-bank", "somewhere", (Result("one", "passed", "", 1, 0.1),))
FLOWN = TestflightResult(
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


def flown(**more: object) -> TestflightResult:
    return replace(FLOWN, report=PASSED, **more)


def asked(repositories: Repositories, ref: str = REF, untested: str = "") -> tuple[str, ...]:
    return proof(repositories.clone, "origin", "main", ref, untested)


def test_what_a_tester_signed_is_believed(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    commit = attest(repositories.clone.dir, flown())
    assert asked(repositories) == (f"Testflight: {commit} by tester@localhost",)
    remote = Git(repositories.folder / "remote.git")
    assert remote.commit(BRANCH) == commit


def test_what_was_not_tested_is_refused_unless_a_reason_is_given(
    repositories: Repositories,
) -> None:
    repositories.allow(repositories.key("tester"))
    with pytest.raises(NotTested, match="has not passed a testflight") as refused:
        asked(repositories)
    assert f"--chart {REF} --sign" in refused.value.next_step
    assert asked(repositories, untested="a\n fire") == ("Untested: a fire",)


def test_somebody_else_s_signature_is_not_believed(repositories: Repositories) -> None:
    repositories.allow(repositories.key("tester"))
    stranger = repositories.key("stranger")
    repositories.sign_with(stranger)
    attest(repositories.clone.dir, flown())
    with pytest.raises(NotTested, match="not signed by anyone in cepler/allowed_testers"):
        asked(repositories)
    # To name oneself in a commit that is only here does not help either.
    repositories.allow(stranger, push=False)
    with pytest.raises(NotTested, match="not signed by anyone"):
        asked(repositories)


def test_an_attestation_copied_to_another_ref_is_not_believed(
    repositories: Repositories,
) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    attest(repositories.clone.dir, flown())
    git, other = repositories.clone, "2b" * 20
    tip = git.remote_ref("origin", f"refs/heads/{BRANCH}")
    assert tip is not None
    content = git.file(tip, f"lana-bank/{REF}.json")
    made = git.commit_files(tip, {f"lana-bank/{other}.json": content}, "copied", sign=True)
    git.push("origin", made, f"refs/heads/{BRANCH}", expect=tip)
    with pytest.raises(NotTested, match=f"it names {REF[:12]}"):
        asked(repositories, other)


def test_what_was_left_out_is_said(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    attest(repositories.clone.dir, flown(without=("dagster", "keycloak")))
    (trailer,) = asked(repositories)
    assert trailer.endswith(" by tester@localhost, without dagster, keycloak")


def test_an_attestation_that_says_failed_is_none(repositories: Repositories) -> None:
    key = repositories.key("tester")
    repositories.sign_with(key)
    repositories.allow(key)
    content = json.dumps({**flown().evidence(), "outcome": "failed"}).encode()
    git = repositories.clone
    made = git.commit_files(None, {f"lana-bank/{REF}.json": content}, "by hand", sign=True)
    git.push("origin", made, f"refs/heads/{BRANCH}", expect=None)
    with pytest.raises(NotTested, match="outcome is 'failed'"):
        asked(repositories)


def test_only_a_commit_that_passed_is_attested(repositories: Repositories) -> None:
    folder = repositories.clone.dir
    with pytest.raises(UsageError, match="no SSH key"):
        attest(folder, flown())
    repositories.sign_with(repositories.key("tester"))
    with pytest.raises(TestflightError, match="did not pass"):
        attest(folder, flown(outcome="failed"))
    with pytest.raises(TestflightError, match="did not pass"):
        attest(folder, replace(FLOWN, report=None))
    with pytest.raises(UsageError, match="a folder was tested"):
        attest(folder, flown(ref="c0" * 32))
    attest(folder, flown())
    with pytest.raises(NothingNewer):
        attest(folder, flown())


def test_where_nobody_tests_nothing_is_asked(repositories: Repositories) -> None:
    assert asked(repositories) == ()
