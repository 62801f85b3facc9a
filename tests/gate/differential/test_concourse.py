"""The Concourse resource of both programs, against one bare remote each."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..reference import Outcome, clean_environment, run_cepler, run_ours
from .twin import Twin
from .worlds import CHAIN, written

Run = Callable[..., Outcome]
OWN = ("environment", "commits", "compare")
_COMMIT = re.compile(r"[0-9a-f]{40}|\[[0-9a-f]{7}\]")


@dataclass
class Pipeline:
    """A remote, a worker's folder, and one of the two programs."""

    run: Run
    folder: Path

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.remote,
            input=stdin,
            capture_output=True,
            check=True,
            env=clean_environment(),
        )
        return done.stdout.decode()

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def source(self, environment: str | None, **more: object) -> dict[str, object]:
        named = {"environment": environment} if environment else {}
        return {"uri": str(self.remote), "branch": "main", "private_key": "", **named, **more}

    def ask(self, step: str, document: dict[str, object], *folder: str) -> Outcome:
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return self.run(
            self.folder,
            "concourse",
            step,
            *folder,
            stdin=json.dumps(document),
            variables={"TMPDIR": str(temporary)},
        )

    def named(self, text: str) -> str:
        """``text`` with each commit of the remote by its place in history."""
        order = self.git("log", "--reverse", "--topo-order", "--format=%H", "main").split()
        places = {commit: f"commit-{index}" for index, commit in enumerate(order)}
        places.update({f"[{commit[:7]}]": f"[{place}]" for commit, place in places.items()})
        return _COMMIT.sub(lambda found: places.get(found[0], found[0]), text)

    def files(self, folder: str) -> dict[str, bytes]:
        top = self.folder / folder
        return {
            str(file.relative_to(top)): file.read_bytes()
            for file in sorted(top.rglob("*"))
            if file.is_file() and not str(file.relative_to(top)).startswith(".git/")
        }


@pytest.fixture
def both(cepler: Path, tmp_path: Path) -> tuple[Pipeline, Pipeline]:
    """Two equal remotes with a chain of environments."""
    twin = Twin(cepler, tmp_path / "seed")
    plain = "100644"
    files = {
        "cepler.yml": (plain, written(CHAIN)),
        "m/a.yml": (plain, b"1\n"),
        "m/b.yml": ("100755", b"1\n"),
        "e/staging.yml": (plain, b"s\n"),
        "e/qa.yml": (plain, b"q\n"),
        "e/production.yml": (plain, b"p\n"),
        "gates.yml": (plain, b"staging: HEAD\nqa: HEAD\nproduction: HEAD\n"),
        "other": (plain, b"o\n"),
    }
    twin.commit(files, "feat: start")
    twin.commit({"lana.yml": (plain, files["gates.yml"][1])}, "gates", ref="refs/heads/gates")
    found = []
    for name in ("cepler", "ours"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copytree(twin.top / ".git", folder / "remote.git")
        subprocess.run(
            ["git", "config", "core.bare", "true"], cwd=folder / "remote.git", check=True
        )
        run: Run = run_ours
        if name == "cepler":

            def run(place: Path, *arguments: str, **more: Any) -> Outcome:
                return run_cepler(cepler, place, *arguments, **more)

        found.append(Pipeline(run, folder))
    return found[0], found[1]


def _same(both: tuple[Pipeline, Pipeline], act: Callable[[Pipeline], Outcome]) -> str:
    outcomes = [(pipeline, act(pipeline)) for pipeline in both]
    (one, theirs), (two, ours) = outcomes
    assert ours.code == theirs.code, (theirs, ours)
    assert two.named(_as_cepler(ours.out)) == one.named(theirs.out), (theirs, ours)
    return ours.out


def _as_cepler(answer: str) -> str:
    """Our answer without the metadata that is ours, which comes after cepler's."""
    document = json.loads(answer or "null")
    if not isinstance(document, dict):
        return answer
    names = [entry["name"] for entry in document["metadata"]]
    own = [name for name in names if name in OWN]
    assert not own or names[-len(own) :] == own == list(OWN[: len(own)])
    document["metadata"] = document["metadata"][: len(names) - len(own)]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _commit(pipeline: Pipeline, path: str, content: bytes) -> None:
    stream = b"commit refs/heads/main\ncommitter S <s@s> 1800000000 +0000\ndata 6\nfix: x\n"
    stream += b"from refs/heads/main^0\nM 100644 inline %s\ndata %d\n%s\n" % (
        path.encode(),
        len(content),
        content,
    )
    pipeline.git("fast-import", "--quiet", "--force", stdin=stream)


def _deploy(both: tuple[Pipeline, Pipeline], name: str, turn: int, **more: object) -> None:
    """check, in, out as a pipeline does; all answers and both remotes must agree."""
    latest: dict[str, Any] = {}
    for pipeline in both:
        found = pipeline.ask("check", {"source": pipeline.source(name, **more)})
        latest[pipeline.folder.name] = json.loads(found.out)[-1]
    place = f"work-{name}-{turn}"
    _same(both, lambda each: each.ask("check", {"source": each.source(name, **more)}))
    _same(
        both,
        lambda each: each.ask(
            "ci_in",
            {"source": each.source(name, **more), "version": latest[each.folder.name]},
            place,
        ),
    )
    assert both[0].files(place).keys() == both[1].files(place).keys()
    params = {"repository": place}
    _same(
        both,
        lambda each: each.ask(
            "ci_out", {"source": each.source(name, **more), "params": params}, "."
        ),
    )
    trees = [each.named(each.git("ls-tree", "-r", "main", "--", "m", "e")) for each in both]
    assert trees[0] == trees[1]
    states = [each.named(each.git("show", f"main:.cepler/lana/{name}.state")) for each in both]
    assert states[0] == states[1]
    logs = [each.git("log", "--format=%an %ae %B%x00", "main") for each in both]
    assert logs[0] == logs[1]


@pytest.mark.slow
def test_a_chain_travels_the_same_way(both: tuple[Pipeline, Pipeline]) -> None:
    for turn, path in enumerate(["", "m/a.yml", "e/qa.yml"]):
        for pipeline in both:
            if path:
                _commit(pipeline, path, b"turn %d\n" % turn)
        names = ["staging", "qa", "production"] if path != "e/qa.yml" else ["qa"]
        for name in names:
            _deploy(both, name, turn, gates_branch="gates", gates_file="lana.yml")


def test_check_answers_the_same(both: tuple[Pipeline, Pipeline]) -> None:
    def ask(**source: object) -> Callable[[Pipeline], Outcome]:
        version = source.pop("version", None)
        name = source.pop("environment", None)
        return lambda each: each.ask(
            "check", {"source": each.source(str(name) if name else None, **source),
                      **({"version": version} if version else {})}
        )  # fmt: skip

    assert _same(both, ask()) == "[]\n"
    _same(both, ask(environment="staging"))
    _same(both, ask(environment="staging", ignore_queue=True))
    _same(both, ask(environment="staging", version={"trigger": "x"}))
    _same(both, ask(environment="qa"))
    _same(both, ask(environment="nowhere"))
    _same(both, ask(environment="staging", config="nowhere.yml"))
    _same(both, ask(environment="staging", gates_file="gates.yml"))
    _same(both, ask(environment="staging", gates_branch="gates"))
    _same(both, ask(environment="staging", gates_branch="gates", gates_file="nowhere.yml"))
    _same(both, ask(environment="staging", gates_branch="nowhere", gates_file="lana.yml"))


def test_in_gives_an_empty_folder_where_the_trigger_is_not_recorded(
    both: tuple[Pipeline, Pipeline],
) -> None:
    _deploy(both, "staging", 0)
    version = {"trigger": "0" * 40, "version": "7"}
    for number, params in enumerate([None, {"prepare": False}]):
        place = f"again-{number}"
        _same(
            both,
            lambda each, place=place, params=params: each.ask(
                "ci_in",
                {"source": each.source("staging"), "version": version, "params": params},
                place,
            ),
        )
        assert [each.files(place) for each in both] == [{}, {}]


def test_in_without_an_environment(both: tuple[Pipeline, Pipeline]) -> None:
    version = {"trigger": "abc", "version": None}
    out = _same(
        both,
        lambda each: each.ask("ci_in", {"source": each.source(None), "version": version}, "empty"),
    )
    assert json.loads(out)["metadata"] == []


def test_in_refuses_another_trigger(both: tuple[Pipeline, Pipeline]) -> None:
    version = {"trigger": "0" * 40, "version": "1"}
    _same(
        both,
        lambda each: each.ask(
            "ci_in", {"source": each.source("staging"), "version": version}, "place"
        ),
    )


def test_a_key_that_the_resource_has_not_is_named(both: tuple[Pipeline, Pipeline]) -> None:
    ours = both[1]
    answer = ours.ask("check", {"source": ours.source("staging", gates_brunch="x")})
    assert answer.code == 1
    assert "source.gates_brunch is no key of this resource" in answer.err


def test_what_is_no_request_is_an_error(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"source": {"uri": 1}}', '{"source": {"uri": "x"}}'):
        assert run_ours(tmp_path, "concourse", "check", stdin=text).code == 1


def test_the_private_key_is_left_nowhere(both: tuple[Pipeline, Pipeline]) -> None:
    ours = both[1]
    secret = "not a key, but kept like one"
    source = {**ours.source("staging"), "private_key": secret}
    assert ours.ask("check", {"source": source}).code == 0
    left = [file for file in ours.folder.rglob("*") if file.is_file()]
    assert left
    assert not [file for file in left if secret.encode() in file.read_bytes()]
