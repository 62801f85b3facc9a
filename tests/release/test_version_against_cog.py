"""Our versions against those of the real `cog`, over random histories."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest
import semver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dev.reference_programs import COG
from promoter.common.errors import NothingNewer, ProgramMissing
from promoter.git import Git, environment
from promoter.release.cog import CogSettings, read_cog
from promoter.release.commits import (
    Commit,
    commits,
    commits_to_check,
    parse_commit,
    versioning_message,
)
from promoter.release.conventional import NotConventional
from promoter.release.version import next_version, version_tags
from tests.examples import examples

from .conftest import new_repository
from .histories import HistoryCommit, create_history

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cog() -> Path:
    """`cog`, as `make test` has built it."""
    try:
        return COG.built()
    except ProgramMissing as error:
        pytest.skip(str(error))


TYPES = st.sampled_from(["feat", "fix", "docs", "chore", "perf", "FEAT", "wip", "hotfix", "style"])
SCOPES = st.sampled_from(["", "(api)", "(web)", "()", "(a b)"])
SUMMARIES = st.builds(
    "{}{}{}{}{}".format,
    TYPES,
    SCOPES,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from([": ", ": ", ": ", ":", " : "]),
    st.sampled_from(["x", "a: b", "x!", " y"]),
)
LINES = st.sampled_from(
    [
        "",
        "Body text.",
        "  indented",
        "Refs: 1",
        "Refs #1",
        "Token:",
        "BREAKING CHANGE: y",
        "  BREAKING CHANGE: y",
        "BREAKING-CHANGE: y",
        "BREAKING CHANGE #2",
        "BREAKING CHANGE:",
        "BREAKING CHANGES: y",
        "no BREAKING CHANGE: y",
    ]
)
MESSAGES = st.one_of(
    SUMMARIES,
    st.builds(
        lambda summary, lines, end: end.join([summary, *lines]),
        SUMMARIES,
        st.lists(LINES, min_size=1, max_size=6),
        st.sampled_from(["\n", "\n", "\r\n"]),
    ),
    st.sampled_from(["Merge branch 'x'", "fixup! feat: x", "update"]),
)
TAGS = st.sampled_from(
    [
        "0.1.0",
        "0.1.1",
        "0.2.0-rc.1",
        "0.2.0",
        "1.0.0-rc.1",
        "1.0.0",
        "1.1.0-rc.2",
        "2.0.0-alpha.1",
        "nightly",
        "1.0",
    ]
)
COG_FILES = st.sampled_from(
    [
        "skip_ci = '[ci skip]'\nignore_merge_commits = true\n",
        "ignore_merge_commits = true\n[commit_types]\nchore = { bump_patch = true }\n"
        "wip = { bump_minor = true }\nstyle = {}\n",
        "ignore_fixup_commits = true\nscopes = ['api']\n",
    ]
)


@st.composite
def histories(draw: st.DrawFn) -> list[HistoryCommit]:
    """Up to twelve commits; each tag once, none on the first: cog passes a tagged one over."""
    left = draw(st.lists(TAGS, unique=True, max_size=4))
    made = []
    for message in draw(st.lists(MESSAGES, min_size=1, max_size=12)):
        tags = tuple(left.pop() for _ in range(draw(st.integers(0, min(1, len(left))))))
        side = draw(st.one_of(st.none(), st.none(), MESSAGES)) if made else None
        tags = tags if made else ()
        made.append(HistoryCommit(message, tags, side))
    return made


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(), file=COG_FILES)
def test_the_next_version_equals_cogs(cog: Path, history: list[HistoryCommit], file: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        git = new_repository(Path(folder))
        create_history(git, history, {"cog.toml": file})
        assert highest(git) == asked(cog, git, "get-version", "--include-prereleases")
        theirs = asked(cog, git, "bump", "--auto", "--dry-run")
        compare(git, theirs)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(), file=COG_FILES)
def test_messages_rejected_by_cog_are_rejected(
    cog: Path, history: list[HistoryCommit], file: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        git = new_repository(Path(folder))
        create_history(git, history, {"cog.toml": file})
        done = subprocess.run(
            [cog, "check"], cwd=folder, env=environment(), capture_output=True, text=True
        )
        theirs = set(re.findall(r"Errored commit: ([0-9a-f]{40})", done.stderr))
        read = read_cog(git, "HEAD")
        counting = commits_to_check(commits(git, "HEAD"), read)
        ours = {one.id for one in counting if not conventional(one, read)}
        assert (ours, bool(ours)) == (theirs, done.returncode != 0)


def conventional(commit: Commit, read: CogSettings) -> bool:
    try:
        parse_commit(commit, read)
    except NotConventional:
        return False
    return True


def compare(git: Git, theirs: str) -> None:
    """Ours against theirs, and the three differences that docs/decisions explains."""
    read = read_cog(git, "HEAD")
    tags = version_tags(git, reachable_from="HEAD")
    last = next((tag for tag in reversed(tags) if not tag.version.prerelease), None)
    if last and last.commit == git.commit("HEAD"):
        # cog counts the released commit once more.
        with pytest.raises(NothingNewer):
            next_version(git, "HEAD", read)
        return
    try:
        ours = next_version(git, "HEAD", read, "minor")
    except NothingNewer:
        # With nothing to release cog repeats a candidate that is out already.
        core = str(tags[-1].version.finalize_version()) if tags else ""
        assert theirs in ("", core)
        assert not theirs or tags[-1].version.prerelease
        return
    below_one = last is None or last.version.major == 0
    since = commits(git, "HEAD", *([f"^{last.commit}"] if last else []))
    messages = [one for commit in since if (one := versioning_message(commit, read))]
    plain = {read.types[one.type] for one in messages}
    if below_one and any(one.breaking for one in messages) and "minor" not in plain:
        # Below 1.0.0 cog takes a breaking change for what its type is.
        assert ours.increment == "minor"
        assert not theirs or semver.Version.parse(theirs) <= ours.final
        return
    assert str(ours.final) == theirs


def highest(git: Git) -> str:
    tags = version_tags(git, reachable_from="HEAD")
    return str(tags[-1].version) if tags else ""


def asked(cog: Path, git: Git, *arguments: str) -> str:
    """Return cog's output, empty where it has none."""
    done = subprocess.run(
        [cog, *arguments], cwd=git.dir, env=environment(), capture_output=True, timeout=60
    )
    answer = done.stdout.decode().strip()
    return "" if done.returncode != 0 or answer.startswith("No conventional commits") else answer
