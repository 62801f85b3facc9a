"""Every disagreement that was found with cepler, by name: same as it, or better on purpose.

docs/decisions/0030-where-the-gate-is-not-cepler.md says why where ours is another answer.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..reference import PANIC, Outcome, run_cepler, run_ours
from .twin import Twin

ONE = {"environments": {"s": {"latest": ["m/*"]}}}
Files = dict[str, tuple[str, bytes] | None]


def _plain(content: str) -> tuple[str, bytes]:
    return ("100644", content.encode())


@pytest.fixture
def twin(cepler: Path, tmp_path: Path) -> Twin:
    return Twin(cepler, tmp_path / "twin")


def _commit(twin: Twin, config: object, files: Files, message: str = "start") -> None:
    text = config if isinstance(config, str) else json.dumps(config)
    twin.commit({"cepler.yml": _plain(text), **files}, message)
    twin.checkout()


def _next(twin: Twin, files: Files, message: str = "next") -> None:
    twin.commit(files, message, parents=["refs/heads/main^0"])
    twin.checkout()


def _both(twin: Twin, *arguments: str) -> tuple[Outcome, Outcome]:
    return run_cepler(twin.program, twin.top, *arguments), run_ours(twin.top, *arguments)


# --- where both are the same ----------------------------------------------------------------


def test_an_environment_that_passes_itself(twin: Twin) -> None:
    config = {"environments": {"s": {"passed": "s", "propagated": ["m/*"], "latest": ["m/b"]}}}
    _commit(twin, config, {"m/b": _plain("1\n")})
    for _ in range(3):
        twin.same_effect("record", "-e", "s", "--reset-head")
        twin.same_answer("check", "-e", "s")


def test_a_link_stays_whose_target_was_removed_before_it(twin: Twin) -> None:
    _commit(twin, ONE, {"o/a": _plain("1\n"), "o/z": ("120000", b"a"), "m/a": _plain("1\n")})
    twin.same_effect("prepare", "-e", "s", "--force-clean")
    assert (twin.top / "o/z").is_symlink()


def test_what_a_removed_gitignore_named_is_removed_too(twin: Twin) -> None:
    _commit(twin, ONE, {"o/.gitignore": _plain("log\n"), "o/log": _plain("1\n")})
    twin.same_effect("prepare", "-e", "s", "--force-clean")
    assert not (twin.top / "o/log").exists()


def test_the_warning_comes_after_the_gates_are_read(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n")})
    gates = ["--gates", "x.yml", "--gates-branch", "nowhere"]
    assert twin.same_effect(*gates, "prepare", "-e", "s", "--force-clean").out == ""


def test_an_uncommitted_config_is_not_that_of_earlier_commits(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n"), "n/a": _plain("1\n")})
    _next(twin, {"o": _plain("1\n")})
    _next(twin, {"o": _plain("2\n")})
    (twin.top / "cepler.yml").write_text(json.dumps({"environments": {"s": {"latest": ["n/*"]}}}))
    twin.same_answer("check", "-e", "s")


def test_a_broken_config_in_history_is_an_error(twin: Twin) -> None:
    _commit(twin, "nonsense: [", {"m/a": _plain("1\n")})
    _next(twin, {"cepler.yml": _plain(json.dumps(ONE))})
    assert twin.same_answer("check", "-e", "s").code == 1


def test_a_broken_state_file_of_another_environment_is_an_error(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n"), ".cepler/default/z.state": _plain("nope\n")})
    assert twin.same_answer("check", "-e", "s").code == 1


def test_origins_are_right_where_a_branch_from_before_the_record_is_merged(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n"), "m/b": _plain("1\n")})
    base = twin.git("rev-parse", "HEAD").strip()
    _next(twin, {"m/a": _plain("2\n")})
    twin.same_effect("record", "-e", "s", "--reset-head")
    head = twin.git("rev-parse", "HEAD").strip()
    side = twin.commit({"m/b": _plain("2\n")}, "side", parents=[base], ref="refs/heads/side")
    twin.commit({"m/b": _plain("2\n")}, "merge", parents=[head, side])
    twin.checkout()
    twin.same_effect("record", "-e", "s", "--reset-head")


def test_what_is_recorded_of_origins_is_not_believed_where_commits_say_otherwise(
    twin: Twin,
) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n")})
    first = twin.git("rev-parse", "HEAD").strip()
    _next(twin, {"o": _plain("1\n")})
    twin.same_effect("record", "-e", "s", "--reset-head")
    state = twin.top / ".cepler/default/s.state"
    other = twin.git("rev-parse", "HEAD~1").strip()
    content = state.read_text().replace(f"from_commit: {first}", f"from_commit: {other}")
    _next(twin, {".cepler/default/s.state": _plain(content)})
    twin.same_effect("record", "-e", "s", "--reset-head")
    assert f"from_commit: {first}" in state.read_text()


# --- where cepler panics or is wrong ----------------------------------------------------------


@pytest.mark.parametrize("name", ["m/back\\slash", "m/[ab]", "m/st*r", "m/wh?t"])
def test_a_name_that_reads_as_a_pattern_is_prepared_as_it_is(twin: Twin, name: str) -> None:
    _commit(twin, ONE, {name: _plain("1\n"), "m/a": _plain("1\n")})
    twin.same_answer("check", "-e", "s")
    twin.same_answer("ls", "-e", "s")
    twin.same_effect("record", "-e", "s", "--reset-head")
    twin.same_effect("prepare", "-e", "s", "--force-clean", keep_ours=True)
    assert (twin.top / name).read_text() == "1\n"


def test_a_file_that_once_was_a_link_is_prepared(twin: Twin) -> None:
    config = {
        "environments": {
            "s": {"latest": ["m/*"]},
            "q": {"passed": "s", "propagated": ["m/*"]},
        }
    }
    _commit(twin, config, {"m/a": _plain("1\n"), "m/b": _plain("1\n")})
    assert run_ours(twin.top, "record", "-e", "s", "--reset-head").code == 0
    _next(twin, {"m/a": ("120000", b"b")})
    assert run_ours(twin.top, "prepare", "-e", "q", "--force-clean").code == 0
    assert (twin.top / "m/a").read_text() == "1\n"
    assert not (twin.top / "m/a").is_symlink()


def test_a_name_that_is_no_utf8_elsewhere_does_not_matter(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n"), "o/\udcff": _plain("1\n")})
    theirs, ours = _both(twin, "check", "-e", "s")
    assert (theirs.code, ours.code) == (PANIC, 0)


def test_a_covered_name_that_is_no_utf8_is_an_error(twin: Twin) -> None:
    _commit(twin, ONE, {"m/\udcff": _plain("1\n")})
    for command in ("check", "record"):
        theirs, ours = _both(twin, command, "-e", "s")
        assert (theirs.code, ours.code) == (PANIC, 1)
        assert "not UTF-8" in ours.err


def test_a_repository_without_a_commit_is_an_error(twin: Twin) -> None:
    (twin.top / "cepler.yml").write_text(json.dumps(ONE))
    theirs, ours = _both(twin, "check", "-e", "s")
    assert (theirs.code, ours.code) == (PANIC, 1)


@pytest.mark.parametrize("pattern", ["m**", "***", "m/[", "a/**b", "[!]"])
def test_a_broken_pattern_is_an_error(twin: Twin, pattern: str) -> None:
    _commit(twin, {"environments": {"s": {"latest": [pattern]}}}, {"m/a": _plain("1\n")})
    theirs, ours = _both(twin, "check", "-e", "s")
    assert (theirs.code, ours.code) == (PANIC, 1)
    assert "pattern" in ours.err


def test_a_config_named_with_a_dot_in_front_is_recorded(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n")})
    theirs, ours = _both(twin, "-c", "./cepler.yml", "record", "-e", "s")
    assert (theirs.code, ours.code) == (1, 0)


def test_writing_from_below_the_top_folder_is_refused(twin: Twin) -> None:
    _commit(twin, ONE, {"sub/cepler.yml": _plain(json.dumps(ONE)), "m/a": _plain("1\n")})
    for command in ("record", "prepare", "reproduce"):
        done = run_ours(twin.top / "sub", command, "-e", "s")
        assert done.code == 1
        assert "top folder" in done.err


def test_nothing_new_needs_no_history(twin: Twin) -> None:
    _commit(twin, ONE, {"m/a": _plain("1\n")})
    assert run_ours(twin.top, "record", "-e", "s", "--reset-head").code == 0
    _next(twin, {"cepler.yml": _plain("nonsense: [")})
    _next(twin, {"cepler.yml": _plain(json.dumps(ONE))})
    theirs, ours = _both(twin, "check", "-e", "s")
    assert (theirs.code, ours.code) == (1, 2)
