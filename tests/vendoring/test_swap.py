"""A kill at any step of a sync leaves the old folder or the new one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.vendoring import swap as swap_module
from promoter.vendoring import sync
from promoter.vendoring.errors import VendorError
from promoter.vendoring.swap import recover, workshop
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
    assert not list((target.folder / ".local/vendoring").glob("stage-*"))
    assert b"feat: newer" in (target.folder / "vendir.lock.yml").read_bytes()


@pytest.mark.slow
def test_killed_where_folders_cannot_be_exchanged(
    source: Source, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then there is an instant without the folder, which the next run ends."""
    monkeypatch.setattr(swap_module, "_exchange", lambda one, other: False)
    before = chart(target)
    moved_on(source, target)
    gaps = 0
    for _ in every_kill(lambda: sync(target.folder)):
        if not (target.folder / "charts").exists():
            gaps += 1
            recover(target.folder, target.folder / ".local/vendoring")
            # What this run found, which a run that was killed later may have brought already.
            assert chart(target) == before
        before = chart(target)
    assert gaps
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"


def test_a_file_system_that_refuses_is_told(target: Target) -> None:
    shutil.rmtree(target.folder / ".local")
    (target.folder / ".local").write_text("in the way")
    with pytest.raises(VendorError, match=r"vendor into .*\.local.*") as caught:
        sync(target.folder)
    assert "run the command again" in caught.value.next_step


def test_two_at_once_take_turns(target: Target) -> None:
    with (
        workshop(target.folder),
        pytest.raises(VendorError, match="another run has held") as caught,
        workshop(target.folder, patience=0.1),
    ):
        pass
    assert "wait" in caught.value.next_step


def test_what_a_killed_run_left_is_removed(target: Target) -> None:
    stale = target.folder / ".local/vendoring/stage-old/new-0"
    stale.mkdir(parents=True)
    with workshop(target.folder):
        assert not stale.exists()


def test_exchange_is_one_step_here(tmp_path: Path) -> None:
    """On Linux; where it is not to be had, the other way is tested above all the same."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("x")
    assert swap_module._exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one/other").exists()
    assert (tmp_path / "other/one").exists()
