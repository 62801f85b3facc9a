"""`vendor check` reports a byte, a mode, an extra and a missing file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from promoter.vendoring import check, sync
from promoter.vendoring.errors import RefNotFound
from tests.vendoring.sources import CONFIG, Source, Target, contents, git


def test_clean(target: Target) -> None:
    before = contents(target.folder)
    assert check(target.folder) == []
    assert contents(target.folder) == before


def _append(file: Path) -> None:
    with file.open("ab") as handle:
        handle.write(b"\n")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "byte": (
        lambda chart: _append(chart / "values.yaml"),
        "values.yaml: its content differs from the source",
    ),
    "mode": (
        lambda chart: (chart / "values.yaml").chmod(0o755),
        "values.yaml: is an executable file, and a plain file in the source",
    ),
    "missing": (lambda chart: (chart / "values.yaml").unlink(), "values.yaml: is missing"),
    "extra": (
        lambda chart: (chart / "templates/extra").write_text(""),
        "templates/extra: is not in the source",
    ),
    "link": (
        lambda chart: (chart / "extra").symlink_to("values.yaml"),
        "extra: is not in the source",
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_reports_the_file_and_the_problem(target: Target, kind: str) -> None:
    change, expected = CHANGES[kind]
    change(target.chart)
    assert [str(one) for one in check(target.folder)] == [f"charts/lana-bank/{expected}"]


def test_a_changed_link(source: Source, target: Target) -> None:
    (source.folder / "charts/lana-bank/link").symlink_to("values.yaml")
    source.commit("feat: link")
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="main"))
    sync(target.folder)
    (target.chart / "link").unlink()
    (target.chart / "link").symlink_to("Chart.yaml")
    assert [one.path for one in check(target.folder)] == ["charts/lana-bank/link"]


def test_a_missing_folder(target: Target) -> None:
    (target.folder / "charts").rename(target.folder / "elsewhere")
    assert {one.problem for one in check(target.folder)} == {"is missing"}


def test_a_missing_lock(target: Target) -> None:
    (target.folder / "vendir.lock.yml").unlink()
    assert [str(one) for one in check(target.folder)] == ["vendir.lock.yml: is missing"]


def test_a_lock_of_another_ref(source: Source, target: Target) -> None:
    old, new = source.head, source.commit("feat: more")
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref=new))
    assert [str(one) for one in check(target.folder)] == [
        f"vendir.lock.yml: charts/lana-bank is locked at {old}, but vendir.yml says {new}"
    ]


def test_a_lock_of_other_contents(source: Source, target: Target) -> None:
    text = (target.folder / "vendir.yml").read_text().replace("path: lana-bank", "path: lana")
    (target.folder / "vendir.yml").write_text(text)
    assert "not those of vendir.yml" in str(check(target.folder)[0])


def test_ignored_files_do_not_count(source: Source, target: Target) -> None:
    with (target.folder / "vendir.yml").open("a") as file:
        file.write("        ignorePaths: [values.yaml, mine]\n")
    (target.chart / "values.yaml").write_text("mine\n")
    (target.chart / "mine").write_text("mine\n")
    assert check(target.folder) == []


def test_a_moved_branch_does_not_invalidate_the_lock(source: Source, tmp_path: Path) -> None:
    target = Target.new(tmp_path / "deployments", CONFIG.format(url=source.url, ref="main"))
    sync(target.folder)
    source.commit("feat: more", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    assert check(target.folder) == []


def test_a_locked_commit_that_no_longer_exists(source: Source, target: Target) -> None:
    git(source.folder, "checkout", "-q", "--orphan", "fresh")
    source.commit("feat: all anew")
    git(source.folder, "branch", "-D", "main")
    with pytest.raises(RefNotFound):
        check(target.folder)
