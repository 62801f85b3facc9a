"""Trace the inputs of a stack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.lint.inputs import Input, StackTracer, referenced_paths
from promoter.programs.provider_lock import lock_path
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

WRITE = """
import json, os
from pathlib import Path
for name in os.environ.get("LANA_STACKS", "").split() or ["one", "two"]:
    folder = Path(os.environ["CDKTF_OUTDIR"]) / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text("{}")
"""


@pytest.fixture
def tracer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _cache: Path) -> StackTracer:
    monkeypatch.setenv("XDG_CACHE_HOME", str(_cache))
    tree, scratch = tmp_path / "tree", tmp_path / "scratch"
    (tree / "stacks").mkdir(parents=True)
    scratch.mkdir()
    (tree / "stacks" / "requirements.lock").write_text("")
    (tree / "app.py").write_text(WRITE)
    (tree / "cdktf.json").write_text(json.dumps({"app": "python app.py"}))
    return StackTracer(App.of(tree, Toolchain(tree)), scratch)


def app(tracer: StackTracer, *lines: str) -> None:
    (tracer.app.tree / "app.py").write_text("\n".join([*lines, WRITE]))


def opened(tracer: StackTracer, stack: str = "one") -> set[str]:
    return {each.path for each in tracer.stack(stack).inputs if each.kind == "opened"}


def test_all_stacks_are_listed_and_the_required_ones_traced(tracer: StackTracer) -> None:
    found = tracer.trace(["one"], Silent())
    assert [each.stack for each in found] == ["one", "two"]
    assert {each.path for each in found[0].inputs} == {"app.py"}
    assert found[1].inputs == ()


def test_an_app_that_bypasses_the_tracer_is_an_error(tracer: StackTracer) -> None:
    (tracer.app.tree / "cdktf.json").write_text(json.dumps({"app": "python -I app.py"}))
    with pytest.raises(PromoterError, match="started no Python with the tracer"):
        tracer.stack("one")


def test_a_compiled_module_counts_as_its_source(tracer: StackTracer) -> None:
    tree = tracer.app.tree
    (tree / "module.py").write_text("VALUE = 1\n")
    app(tracer, "import py_compile", 'py_compile.compile("module.py")', "import module")
    tracer.stack("one")
    assert list((tree / "__pycache__").glob("module.*.pyc"))
    app(tracer, "import module")
    assert opened(tracer, "two") == {"app.py", "module.py"}


def test_files_opened_by_os_open_by_descriptor_and_by_bytes(tracer: StackTracer) -> None:
    for name in ("a", "b", "c", "d"):
        (tracer.app.tree / name).write_text("1")
    app(
        tracer,
        "import os",
        'os.open(b"a", os.O_RDONLY)',
        'os.open("b", os.O_WRONLY)',
        'open(os.open("c", os.O_RDWR))',
        'open("d", "w").close()',
    )
    assert opened(tracer) == {"app.py", "a", "c"}


def test_a_path_is_relative_to_the_working_directory(tracer: StackTracer) -> None:
    (tracer.app.tree / "below").mkdir()
    (tracer.app.tree / "below" / "a").write_text("1")
    app(tracer, "import os", 'os.chdir("below")', 'open("a").close()')
    assert "below/a" in opened(tracer)


def test_a_module_search_is_not_a_listing(tracer: StackTracer) -> None:
    app(tracer, "import importlib.metadata", "list(importlib.metadata.distributions())")
    assert {each.kind for each in tracer.stack("one").inputs} == {"opened"}


def test_a_listing_of_the_tree_itself(tracer: StackTracer) -> None:
    app(tracer, "import os", "os.listdir()")
    listed = [each for each in tracer.stack("one").inputs if each.kind == "listed"]
    assert listed == [Input("listed", "", "app.py", "app.py:2")]


def referenced(tree: Path, value: object) -> list[tuple[str, str]]:
    stack = tree / "cdktf.out.x" / "stacks" / "x" / "cdk.tf.json"
    stack.parent.mkdir(parents=True)
    stack.write_text(json.dumps({"resource": {"kind": {"name": value}}}))
    return [
        (each.path, each.reader.removeprefix("resource.kind.name"))
        for each in referenced_paths(stack, tree)
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("../../../charts/lana-bank", "charts/lana-bank"),
        ("../../../charts/../charts/a", "charts/a"),
        ('${file("../../../files/a.json")}', "files/a.json"),
        ("${path.module}/../../../files/a", "files/a"),
        ("${templatefile('../../../t.tpl', {a = 1})}", "t.tpl"),
    ],
)
def test_a_path_in_the_tree(tmp_path: Path, text: str, path: str) -> None:
    assert referenced(tmp_path, {"source": [text]}) == [(path, ".source")]


def test_an_absolute_path_in_the_tree(tmp_path: Path) -> None:
    assert referenced(tmp_path, {"source": f"{tmp_path}/a/b"}) == [("a/b", ".source")]


@pytest.mark.parametrize(
    "text", ["/healthz", "https://example.org/a", "a/b", "../../..", "hashicorp/helm", "10.0.0.0/8"]
)
def test_a_text_that_is_not_a_path_in_the_tree(tmp_path: Path, text: str) -> None:
    assert referenced(tmp_path, text) == []


def test_comments_are_ignored(tmp_path: Path) -> None:
    assert referenced(tmp_path, {"//": {"metadata": {"path": "../../../a"}}}) == []


@pytest.mark.parametrize("locked_for", ["~> 8.0", "~> 7.0"])
def test_a_lock_of_providers_that_does_not_fit_is_a_problem(
    tracer: StackTracer, locked_for: str
) -> None:
    google = {"source": "hashicorp/google", "version": "~> 8.0"}
    document = json.dumps({"terraform": {"required_providers": {"google": google}}})
    (tracer.app.tree / "app.py").write_text(WRITE.replace('"{}"', repr(document)))
    lock = tracer.app.tree / lock_path("one")
    lock.parent.mkdir(parents=True)
    entry = 'provider "registry.opentofu.org/hashicorp/google" {\n  version = "8.1.0"\n'
    lock.write_text(f'{entry}  constraints = "{locked_for}"\n}}\n')
    found = tracer.stack("one")
    if locked_for == google["version"]:
        assert (found.problem, found.remedy) == ("", "")
    else:
        assert f"{lock_path('one')}: line 1: hashicorp/google 8.1.0" in found.problem
        assert found.remedy == "promoter providers lock one, and commit the result"
