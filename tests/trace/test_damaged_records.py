"""Edited records and missing repositories are broken links, not errors."""

from __future__ import annotations

import hashlib
import itertools
import shutil
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError, UsageError
from promoter.git import Git
from promoter.trace.location import find_running
from tests.trace.records import ENVIRONMENT, STATE, VALUES, Records, unreachable_registry
from tests.vendoring.sources import CONFIG, git


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records.new(tmp_path)


def test_undamaged(records: Records) -> None:
    assert records.broken() == []
    steps = [link.step for link in records.trace().all_links]
    assert steps == ["environment", "state", "chart", "pin", "image", "source"]


UNKNOWN = "1a" * 20
COMMITS = [UNKNOWN, "--all", "-n1", "HEAD:cepler", "", "main..main"]


@pytest.mark.parametrize("commit", COMMITS)
def test_a_state_that_names_other_commits(records: Records, commit: str) -> None:
    records.rewrite(head_commit=commit)
    assert [each for each in records.broken() if "is not on main" in each]
    records.rewrite_files(from_commit=commit)
    found = records.broken()
    assert [each for each in found if f"is not what commit {commit[:12]} has" in each]
    assert [each for each in found if "no vendir.lock.yml says which ref" in each]


@pytest.mark.parametrize("blob", [UNKNOWN, "HEAD", "--batch"])
def test_a_state_that_names_other_blobs(records: Records, blob: str) -> None:
    records.rewrite_files(file_hash=blob)
    found = records.broken()
    assert [each for each in found if "values.yaml is not what the charts repository" in each]
    assert [each for each in found if each.startswith("pin values.yaml: run git cat-file")]


def test_a_state_without_files(records: Records) -> None:
    records.rewrite(files={})
    found = records.broken()
    assert [each for each in found if each.startswith("chart : no vendir.lock.yml")]
    assert "pin values.yaml: it pins nothing, or is not recorded" in found


def test_an_invalid_state_is_an_error_with_its_name(records: Records) -> None:
    records.push({STATE: "version: ["})
    with pytest.raises(PromoterError, match=ENVIRONMENT):
        records.trace()


def revendored(records: Records, lock: bytes) -> list[str]:
    """Replace the lock in the commit that vendored the chart."""
    chart = records.target.folder / "charts/lana-bank/Chart.yaml"
    chart.write_text(chart.read_text() + "# changed\n")
    commit = records.push({"vendir.lock.yml": lock})
    records.rewrite_files(from_commit=commit)
    return records.broken()


def test_a_lock_that_disagrees(records: Records) -> None:
    lock = (records.target.folder / "vendir.lock.yml").read_bytes()
    was = records.charts.head.encode()
    other = records.charts.commit("feat: other", {VALUES: "replicas: 3\n"})
    found = revendored(records, lock.replace(was, other.encode()))
    assert [each for each in found if f"but vendir.yml has {was.decode()}" in each]
    assert [each for each in found if "values.yaml is not what the charts repository" in each]
    named = revendored(records, lock.replace(was, b"main"))
    assert [each for each in named if "the charts repository does not have it" in each]


@pytest.mark.parametrize("lock", [b"", b"[]", b"\xff", b"kind: [", b"kind: LockConfig\n"])
def test_an_invalid_lock(records: Records, lock: bytes) -> None:
    assert [each for each in revendored(records, lock) if "vendir.lock.yml" in each]


def test_a_charts_branch_that_was_reset(records: Records) -> None:
    """The server still has the commit, as GitHub does for a long time."""
    charts = records.charts.folder
    other = git(charts, "commit-tree", "HEAD^{tree}", "-m", "another history")
    git(charts, "update-ref", "refs/heads/main", other)
    assert [each for each in records.broken() if "no branch or tag" in each]


def test_a_missing_charts_repository(records: Records) -> None:
    shutil.rmtree(records.charts.folder)
    assert [each for each in records.broken() if each.startswith("chart ") and "git clone" in each]


def test_files_that_vendir_yml_excludes_are_not_expected(records: Records) -> None:
    text = CONFIG.format(url=records.charts.url, ref=records.charts.head)
    (records.target.folder / "vendir.yml").write_text(
        f"{text}        excludePaths: ['**/templates/**']\n"
    )
    shutil.rmtree(records.target.chart / "templates")
    commit = records.push({})
    files = {
        name: file._replace(from_commit=commit)
        for name, file in records.state().current.files.items()
        if "templates" not in name
    }
    records.rewrite(files=files)
    found = [each for each in records.broken() if each.startswith("chart ")]
    assert found == []


@pytest.mark.parametrize(
    "metadata",
    [
        "repository=;commit_ref=;app=;",
        "repository=/nowhere;commit_ref=zz;app=x y;",
        "repository=https://me:hunter22@127.0.0.1:1/x;commit_ref=abcdef0;app=x;",
        "repository=--upload-pack=x;commit_ref=--all;app=-x;",
    ],
)
def test_metadata_without_a_reachable_repository(tmp_path: Path, metadata: str) -> None:
    traced = Records.new(tmp_path, metadata).trace()
    assert [each for each in traced.broken if each.startswith("source ")]
    assert "hunter22" not in "\n".join(traced.lines())


def test_invalid_metadata(tmp_path: Path) -> None:
    found = Records.new(tmp_path, "repository=x").broken()
    assert found == ["pin values.yaml: it pins nothing, or is not recorded"]


def test_a_shallow_clone(records: Records, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/remote.git"
    git(tmp_path, "clone", "-q", "--depth=1", url, "shallow")
    shallow = Records(
        records.target.__class__(tmp_path / "shallow"), records.charts, records.source
    )
    assert [each for each in shallow.broken() if "is not on main" in each]


def test_terminal_escapes_are_removed(records: Records) -> None:
    records.push({STATE: (records.target.folder / STATE).read_bytes() + b"\n"})
    git(records.target.folder, "commit", "-q", "--amend", "--author=E\x1b[2Jve <e@x>", "-m", "x")
    git(records.target.folder, "push", "-q", "-f", "origin", "HEAD:main")
    lines = "\n".join(records.trace().lines())
    assert "E?[2Jve" in lines
    assert "\x1b" not in lines


def test_short_ids(records: Records) -> None:
    for commit in (records.source.head, records.charts.head):
        for text in (commit, commit[:9], commit[:9].upper()):
            (found,) = find_running([records.site()], text, unreachable_registry())
            assert found.commit == commit


@pytest.mark.parametrize("commit", ["main", "HEAD", "abc", ":/feat", "--all", "g" * 40, "a" * 41])
def test_invalid_ids(records: Records, commit: str) -> None:
    with pytest.raises(UsageError, match="4 to 40 hex digits"):
        find_running([records.site()], commit, unreachable_registry())


def commit_id(body: bytes) -> str:
    return hashlib.sha1(b"commit %d\0%s" % (len(body), body)).hexdigest()


def test_an_ambiguous_id(records: Records) -> None:
    """Two commits in two repositories begin with the same digits."""
    short, folder = records.charts.head[:4], records.source.folder
    head = git(folder, "cat-file", "commit", "HEAD").partition("\n\n")[0]
    bodies = (f"{head}\n\n{number}".encode() for number in itertools.count())
    body = next(b for b in bodies if commit_id(b).startswith(short))
    write = ("hash-object", "-w", "-t", "commit", "--literally", "--stdin")
    found = git(folder, *write, stdin=body)
    git(folder, "update-ref", "refs/heads/main", found)
    with pytest.raises(UsageError, match=f"2 commits begin with it: .*{found}") as caught:
        find_running([records.site()], short, unreachable_registry())
    assert "use more digits" in caught.value.next_step


def test_an_incomplete_result_is_an_error(records: Records) -> None:
    head = Git(records.charts.folder).commit("HEAD") or ""
    shutil.rmtree(records.source.folder)
    with pytest.raises(PromoterError, match="find where a commit runs"):
        find_running([records.site()], head, unreachable_registry())
