"""A kill at any step of a sync leaves the old folder or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.files import exchange
from promoter.vendoring import sync
from promoter.vendoring import workspace as workspace_module
from promoter.vendoring.errors import RefNotFound, VendorError
from promoter.vendoring.workspace import HOME, recover, swap, workspace
from tests.vendoring.killing import every_kill
from tests.vendoring.sources import CONFIG, Source, Target, contents

CHANGE = {
    "charts/lana-bank/values.yaml": "replicas: 2\n",
    "charts/lana-bank/templates/new.yaml": "kind: Service\n",
    "charts/lana-bank/Chart.yaml": None,
}


def moved_on(source: Source, target: Target) -> None:
    source.commit("feat: newer", CHANGE)
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="main"))


def chart(target: Target) -> dict[str, object]:
    return contents(target.folder / "charts")


@pytest.mark.slow
def test_killed_at_every_step(source: Source, target: Target) -> None:
    old = chart(target)
    moved_on(source, target)
    kills = []
    for step in every_kill(lambda: sync(target.folder)):
        kills.append((step, chart(target)))
    new = chart(target)
    assert new != old
    assert len(kills) > 20
    assert [step for step, found in kills if found not in (old, new)] == []
    assert not (target.folder / HOME).exists()
    assert b"feat: newer" in (target.folder / "vendir.lock.yml").read_bytes()


@pytest.mark.slow
def test_killed_where_folders_cannot_be_exchanged(
    source: Source, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is missing for an instant; the next run restores it."""
    monkeypatch.setattr(workspace_module, "exchange", lambda one, other: False)
    before = chart(target)
    moved_on(source, target)
    gaps = 0
    for _ in every_kill(lambda: sync(target.folder)):
        if not (target.folder / "charts").exists():
            gaps += 1
            recover(target.folder)
            # What this run found, which a run that was killed later may have brought already.
            assert chart(target) == before
        before = chart(target)
    assert gaps
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"


def test_a_refusing_file_system_is_reported(target: Target) -> None:
    (target.folder / HOME).write_text("in the way")
    with pytest.raises(VendorError, match=rf"vendor into .*{HOME}.*") as caught:
        sync(target.folder)
    assert "run the command again" in caught.value.next_step


def test_a_sync_leaves_nothing_behind_in_a_folder_that_is_no_repository(
    source: Source, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="main"))
    sync(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "charts",
        "vendir.lock.yml",
        "vendir.yml",
    ]


def test_a_failed_sync_leaves_nothing_behind(source: Source, target: Target) -> None:
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="nope"))
    with pytest.raises(RefNotFound):
        sync(target.folder)
    assert not (target.folder / HOME).exists()


def test_a_folder_that_cannot_be_replaced_stays(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old folder is moved aside first if folders cannot be exchanged."""
    monkeypatch.setattr(workspace_module, "exchange", lambda one, other: False)
    before = chart(target)
    with (
        pytest.raises(VendorError, match="No such file"),
        workspace(target.folder) as stage,
    ):
        swap(stage / "missing", target.folder / "charts", target.folder, stage)
    assert chart(target) == before


def test_concurrent_runs_take_turns(target: Target) -> None:
    with (
        workspace(target.folder),
        pytest.raises(VendorError, match="another run has held") as caught,
        workspace(target.folder, timeout=0.1),
    ):
        pass
    assert "wait" in caught.value.next_step


def test_the_leftovers_of_a_killed_run_are_removed(target: Target) -> None:
    stale = target.folder / HOME / "stage-old/new-0"
    stale.mkdir(parents=True)
    with workspace(target.folder):
        assert not stale.exists()


def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    """On Linux; the fallback is tested above."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("x")
    assert exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one/other").exists()
    assert (tmp_path / "other/one").exists()
