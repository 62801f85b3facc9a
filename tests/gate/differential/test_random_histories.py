"""Random configs and histories through cepler and through us: they must agree on everything."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .twin import Twin
from .worlds import CHAIN, CONTENTS, ENVIRONMENTS, LINKS, MESSAGES, PATHS, configs, written

FUZZING = "HISTORIES" in os.environ
HISTORIES = int(os.environ.get("HISTORIES", "60"))
PHASES = [Phase.generate] if os.environ.get("FAST") else list(Phase)

entries = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["100644", "100644", "100755"]), st.sampled_from(CONTENTS).map(str.encode)
    ),
)
links = st.sampled_from([None, ("120000", b"a.yml"), ("120000", b"b.yml"), ("120000", b"nowhere")])
ignores = st.just({".gitignore": ("100644", b"*.log\n")}) | st.just(
    {"m/.gitignore": ("100644", b"ig.log\n"), "m/ig.log": ("100644", b"1\n")}
)
changes = st.lists(
    st.sampled_from(PATHS).flatmap(
        lambda path: st.tuples(st.just(path), links | entries if path in LINKS else entries)
    ),
    min_size=1,
    max_size=4,
).map(dict)
few = st.dictionaries(st.sampled_from(("m/a.yml", "m/b.yml", "e/qa.yml")), entries, min_size=1)
many = st.lists(st.one_of(changes, few, ignores), min_size=1, max_size=3)
picks = st.integers(0, 12)
often = st.sampled_from([True, True, True, False])
rarely = st.sampled_from([False, False, False, False, True])
messages = st.sampled_from(MESSAGES)
Files = dict[str, tuple[str, bytes] | None]


class Histories(RuleBasedStateMachine):
    """A repository that grows, and both programs run on it at every turn."""

    program: Path
    root: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.root))
        self.twin = Twin(self.program, self.folder)
        self.commits: list[str] = []
        self.gates: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(config=configs(), usual=often, files=changes)
    def start(self, config: dict[str, object], usual: bool, files: Files) -> None:
        present = {path: entry for path, entry in files.items() if entry}
        config = CHAIN if usual else config
        self._commit({**present, "cepler.yml": ("100644", written(config))}, "start")

    # --- history grows -------------------------------------------------------------

    @rule(many=many, message=messages, skew=st.sampled_from([0, 0, 0, -10_000, 500]), pick=picks)
    def grow(self, many: list[Files], message: str, skew: int, pick: int) -> None:
        for files in many:
            self._commit(files, message, skew=skew)
        self._check(pick)

    @rule(config=configs(), usual=st.booleans(), commit=often, pick=picks)
    def change_config(
        self, config: dict[str, object], usual: bool, commit: bool, pick: int
    ) -> None:
        content = written(CHAIN if usual else config)
        if commit:
            self._commit({"cepler.yml": ("100644", content)}, "config")
        else:
            (self.twin.top / "cepler.yml").write_bytes(content)
        self._check(pick)

    @rule(
        back=st.integers(1, 6),
        files=changes,
        more=st.one_of(st.none(), changes),
        ours_too=st.one_of(st.none(), changes),
        first=st.booleans(),
        pick=picks,
    )
    def merge(
        self,
        back: int,
        files: Files,
        more: Files | None,
        ours_too: Files | None,
        first: bool,
        pick: int,
    ) -> None:
        """A branch from some commits ago, of one commit or two, merged; either side first."""
        base = self.commits[-min(back, len(self.commits))]
        ref = "refs/heads/side"
        side = self.twin.commit(files, "on the side", parents=[base], ref=ref)
        if more:
            side = self.twin.commit(more, "more on the side", parents=[side], ref=ref)
        head = self._head()
        if first:
            self._commit(ours_too or {}, "merge", parents=[side, head])
        else:
            merged = {**files, **(more or {}), **(ours_too or {})}
            self._commit(merged, "merge", parents=[head, side])
        self._check(pick)

    @rule(back=st.integers(1, 5), pick=picks)
    def revert_to(self, back: int, pick: int) -> None:
        """A commit with the tree of an earlier one."""
        tree = f"{self.commits[-min(back, len(self.commits))]}^{{tree}}"
        commit = self.twin.git("commit-tree", tree, "-p", self._head(), stdin=b"back").strip()
        self.twin.git("update-ref", "HEAD", commit)
        self._committed(commit)
        self._check(pick)

    @precondition(lambda self: len(self.commits) > 4)
    @rule(depth=st.integers(1, 4), pick=picks, really=rarely)
    def go_shallow(self, depth: int, pick: int, really: bool) -> None:
        """Go on in a shallow clone."""
        if not really:
            return
        clone = self.folder / "clone"
        url = f"file://{self.twin.top}"
        branch = ["--template=", "--no-single-branch", "--branch", "main"]
        self.twin.git("clone", "--quiet", f"--depth={depth}", *branch, url, str(clone))
        shutil.rmtree(self.twin.top)
        clone.rename(self.twin.top)
        present = self.twin.git("rev-list", "HEAD").split()
        self.commits = [commit for commit in self.commits if commit in present] or [self._head()]
        if "--gates-branch" not in self.gates:
            self.gates = []
        self._check(pick)

    # --- the work tree -------------------------------------------------------------

    @rule(path=st.sampled_from(PATHS), content=st.one_of(st.none(), st.sampled_from(CONTENTS)))
    def touch(self, path: str, content: str | None) -> None:
        """Change a file without a commit."""
        file = self.twin.top / path
        if content is None:
            file.unlink(missing_ok=True)
        elif not file.is_symlink():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

    @rule()
    def checkout(self) -> None:
        self.twin.checkout()

    @rule(data=st.data(), pick=picks, kind=st.sampled_from(["file", "branch", "branch", "none"]))
    def gate(self, data: st.DataObject, pick: int, kind: str) -> None:
        """Write gates: to a file that is not committed, or on a branch; or drop them."""
        values = st.sampled_from(["HEAD", *self.commits, *self.commits])
        if data.draw(rarely):
            values = st.sampled_from([self.commits[0][:8], "bogus", "HEAD", "", "0" * 40])
        found = data.draw(st.dictionaries(st.sampled_from(ENVIRONMENTS), values, min_size=1))
        if data.draw(often):
            found = {**dict.fromkeys(ENVIRONMENTS, "HEAD"), **found}
        text = json.dumps(found, ensure_ascii=False)
        self.gates = []
        if kind == "file":
            (self.twin.top / "gates.yml").write_text(text)
            self.gates = ["--gates", "gates.yml"]
        elif kind == "branch":
            content = ("100644", text.encode())
            self.twin.commit({"lana.yml": content}, "gates", ref="refs/heads/cepler-gates")
            self.gates = ["--gates", "lana.yml", "--gates-branch", "cepler-gates"]
        self._check(pick)

    # --- commands that both programs run -------------------------------------------------

    @rule(pick=picks, ignore_queue=st.booleans())
    def look(self, pick: int, ignore_queue: bool) -> None:
        name, options = self._name(pick), self._options(ignore_queue)
        self.twin.same_answer(*options, "check", "-e", name)
        self.twin.same_answer(*options, "ls", "-e", name)
        self.twin.same_answer("latest", "-e", name)

    @rule(pick=picks, clean=st.booleans(), ignore_queue=rarely, ours=st.booleans())
    def prepare(self, pick: int, clean: bool, ignore_queue: bool, ours: bool) -> None:
        flags = ["--force-clean"] if clean else []
        options = self._options(ignore_queue)
        self.twin.same_effect(*options, "prepare", "-e", self._name(pick), *flags, keep_ours=ours)

    @rule(pick=picks, clean=st.booleans(), ours=st.booleans())
    def reproduce(self, pick: int, clean: bool, ours: bool) -> None:
        flags = ["--force-clean"] if clean else []
        self.twin.same_effect("reproduce", "-e", self._name(pick), *flags, keep_ours=ours)

    @rule(pick=picks, commit=often, reset=st.booleans(), ignore_queue=rarely, ours=st.booleans())
    def record(self, pick: int, commit: bool, reset: bool, ignore_queue: bool, ours: bool) -> None:
        flags = [*([] if commit else ["--no-commit"]), *(["--reset-head"] if reset else [])]
        options = self._options(ignore_queue)
        self._record(*options, "record", "-e", self._name(pick), *flags, ours=ours)

    @rule(picks=st.lists(st.integers(0, 3), min_size=1, max_size=4), ours=st.booleans())
    def deploy(self, picks: list[int], ours: bool) -> None:
        """Do the steps of a pipeline for some environments: check, prepare, record and reset."""
        for pick in picks:
            name, options = self._name(pick), self._options(False)
            if self.twin.same_answer(*options, "check", "-e", name).code != 0:
                continue
            self.twin.same_effect(*options, "prepare", "-e", name, "--force-clean", keep_ours=ours)
            self._record(*options, "record", "-e", name, "--reset-head", ours=ours)

    @rule(files=few, message=messages, picks=st.lists(st.integers(0, 2), min_size=1, max_size=3))
    def change_and_deploy(self, files: Files, message: str, picks: list[int]) -> None:
        self._commit(files, message)
        self.deploy(picks, True)

    # --- in short --------------------------------------------------------------------

    def _name(self, pick: int) -> str:
        """An environment; mostly one that the config has."""
        known = list(json.loads((self.twin.top / "cepler.yml").read_text())["environments"])
        return known[pick % len(known)] if pick < 12 and known else ENVIRONMENTS[pick % 4]

    def _check(self, pick: int) -> None:
        self.twin.same_answer(*self._options(False), "check", "-e", self._name(pick))

    def _record(self, *arguments: str, ours: bool) -> None:
        done = self.twin.same_effect(*arguments, keep_ours=ours)
        if "--no-commit" not in arguments and done.code == 0:
            self.commits.append(self._head())

    def _options(self, ignore_queue: bool) -> list[str]:
        return [*self.gates, *(["--ignore-queue"] if ignore_queue else [])]

    def _head(self) -> str:
        return self.twin.git("rev-parse", "HEAD").strip()

    def _commit(
        self,
        files: dict[str, tuple[str, bytes] | None],
        message: str,
        *,
        parents: list[str] | None = None,
        skew: int = 0,
    ) -> None:
        known = parents or ([self._head()] if self.commits else [])
        self._committed(self.twin.commit(files, message, parents=known, skew=skew))

    def _committed(self, commit: str) -> None:
        self.commits.append(commit)
        self.twin.checkout()


@pytest.fixture
def machine(cepler: Path, tmp_path: Path) -> Iterator[type[Histories]]:
    Histories.program, Histories.root = cepler, tmp_path
    yield Histories


class Part:
    """A quarter of the histories, the same ones every time; `make fuzz` looks on.

    A class each, because pytest-xdist's ``--dist loadscope`` gives classes to workers.
    """

    number: int

    @pytest.mark.slow
    @pytest.mark.timeout(0 if FUZZING else 3000)
    def test_random_histories(self, machine: type[Histories]) -> None:
        run_state_machine_as_test(
            machine if FUZZING else seed(self.number)(machine),
            settings=settings(
                max_examples=HISTORIES // 4,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
                phases=PHASES,
            ),
        )


class TestFirst(Part):
    number = 0


class TestSecond(Part):
    number = 1


class TestThird(Part):
    number = 2


class TestFourth(Part):
    number = 3
