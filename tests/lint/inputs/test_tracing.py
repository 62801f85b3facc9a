"""What a process of a tree tells of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.lint.inputs import Input, Tracing, trace
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
def tracing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _cache: Path) -> Tracing:
    monkeypatch.setenv("XDG_CACHE_HOME", str(_cache))
    tree, scratch = tmp_path / "tree", tmp_path / "scratch"
    (tree / "stacks").mkdir(parents=True)
    scratch.mkdir()
    (tree / "stacks" / "requirements.lock").write_text("")
    (tree / "app.py").write_text(WRITE)
    (tree / "cdktf.json").write_text(json.dumps({"app": "python app.py"}))
    toolchain = Toolchain(tree)
    return Tracing(App(tree, toolchain.stacks_python(), toolchain.program("node")), scratch)


def app(tracing: Tracing, *lines: str) -> None:
    (tracing.app.tree / "app.py").write_text("\n".join([*lines, WRITE]))


def opened(tracing: Tracing, stack: str = "one") -> set[str]:
    return {each.path for each in tracing.stack(stack).inputs if each.kind == "opened"}


def test_every_stack_is_traced_and_the_others_are_named(tracing: Tracing) -> None:
    found = trace(tracing, ["one"], Silent())
    assert [each.stack for each in found] == ["one", "two"]
    assert {each.path for each in found[0].inputs} == {"app.py"}
    assert found[1].inputs == ()


def test_an_app_in_which_no_python_tells_is_an_error(tracing: Tracing) -> None:
    (tracing.app.tree / "cdktf.json").write_text(json.dumps({"app": "python -I app.py"}))
    with pytest.raises(PromoterError, match="started no Python that tells"):
        tracing.stack("one")


def test_a_compiled_module_stands_for_its_source(tracing: Tracing) -> None:
    tree = tracing.app.tree
    (tree / "module.py").write_text("VALUE = 1\n")
    app(tracing, "import py_compile", 'py_compile.compile("module.py")', "import module")
    tracing.stack("one")
    assert list((tree / "__pycache__").glob("module.*.pyc"))
    app(tracing, "import module")
    assert opened(tracing, "two") == {"app.py", "module.py"}


def test_what_is_opened_below_python_and_by_number_and_as_bytes(tracing: Tracing) -> None:
    for name in ("a", "b", "c", "d"):
        (tracing.app.tree / name).write_text("1")
    app(
        tracing,
        "import os",
        'os.open(b"a", os.O_RDONLY)',
        'os.open("b", os.O_WRONLY)',
        'open(os.open("c", os.O_RDWR))',
        'open("d", "w").close()',
    )
    assert opened(tracing) == {"app.py", "a", "c"}


def test_a_path_counts_from_where_the_process_is_then(tracing: Tracing) -> None:
    (tracing.app.tree / "below").mkdir()
    (tracing.app.tree / "below" / "a").write_text("1")
    app(tracing, "import os", 'os.chdir("below")', 'open("a").close()')
    assert "below/a" in opened(tracing)


def test_a_module_search_is_no_listing(tracing: Tracing) -> None:
    app(tracing, "import importlib.metadata", "list(importlib.metadata.distributions())")
    assert {each.kind for each in tracing.stack("one").inputs} == {"opened"}


def test_a_listing_of_the_tree_itself(tracing: Tracing) -> None:
    app(tracing, "import os", "os.listdir()")
    listed = [each for each in tracing.stack("one").inputs if each.kind == "listed"]
    assert listed == [Input("listed", "", "app.py", "app.py:2")]
