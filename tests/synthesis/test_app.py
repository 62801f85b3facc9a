"""The app of a tree, run as the CDK Terrain CLI runs it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, UsageError
from promoter.synthesis.app import App, SynthesisError
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import default_cache
from tests.stacks.stack_tree import REPOSITORY, copy_tree

STACK = {
    "resource": {
        "helm_release": {
            "a": {"name": "app", "chart": "charts/app", "namespace": "space", "values": ["{}"]},
            "b": {"name": "other", "chart": "charts/other"},
        }
    }
}
FAKE = f"""\
import json, os, sys
from pathlib import Path
stacks = os.environ.get("LANA_STACKS", "one two").split()
for name in stacks:
    if name.startswith("no"):
        sys.exit(f"find stack {{name!r}}: no settings describe it")
    folder = Path(os.environ["CDKTF_OUTDIR"]) / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text({json.dumps(json.dumps(STACK))})
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A small app that writes the stacks of LANA_STACKS, and none whose name starts with 'no'."""
    (tmp_path / "cdktf.json").write_text(json.dumps({"app": f"{sys.executable} app.py"}))
    (tmp_path / "app.py").write_text(FAKE)
    return App(tmp_path, Path(sys.executable), Path(sys.executable))


def test_the_stacks_that_are_named_are_synthesized(app: App, tmp_path: Path) -> None:
    (stack,) = app.synthesize(tmp_path / "out", ("one",))
    assert stack.name == "one"
    assert stack.document == STACK


def test_without_names_every_stack_is_synthesized_whatever_the_caller_has_set(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANA_STACKS", "two")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert [each.name for each in app.synthesize(tmp_path / "out")] == ["one", "two"]
    assert not {"LANA_STACKS", "PYTHONPATH"} & app.environment().keys()


def test_releases_are_those_of_one_chart(app: App) -> None:
    found = app.releases("charts/app", ("two",))
    assert [(each.environment, each.name, each.namespace) for each in found] == [
        ("two", "app", "space")
    ]
    (other, _) = app.releases("charts/other")
    assert (other.namespace, other.values) == ("default", ())


def test_a_stack_that_does_not_exist_is_wrong_usage(app: App) -> None:
    with pytest.raises(UsageError, match="no settings describe it"):
        app.releases("charts/app", ("nowhere",))


def test_a_failed_app_is_quoted_without_secrets(app: App, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import sys; sys.exit('first\\npassword=hunter22 is bad')")
    with pytest.raises(SynthesisError, match=r"^synthesize one: first; password=\[redacted\] is"):
        app.synthesize(tmp_path / "out", ("one",))
    (tmp_path / "app.py").write_text("import sys; sys.exit(3)")
    with pytest.raises(SynthesisError, match=r"^synthesize the stacks: exit code 3$"):
        app.synthesize(tmp_path / "out")


def test_a_tree_without_an_app_is_named(app: App, tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text("[]")
    with pytest.raises(InvalidFile, match="names no app"):
        app.synthesize(tmp_path / "out")


def test_the_real_app_runs_on_the_toolchains_node_and_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """jsii prints a banner for a Node that it does not support, such as Debian's Node 20."""
    tree = copy_tree(tmp_path / "tree").root
    (tree / "cdktf.json").write_text((REPOSITORY / "cdktf.json").read_text())
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, line in {
        "node": "echo 'this is another Node' >&2; exit 1",
        "python": f'exec {shlex.quote(sys.executable)} -B "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    node = Toolchain(REPOSITORY).program("node")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    app = App(tree, folder / "python", node)
    environment = {**app.environment(("local-staging",)), "CDKTF_OUTDIR": str(tmp_path / "out")}
    command = [app.python, "-m", "stacks"]
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out/stacks/local-staging/cdk.tf.json").is_file()


def test_a_stack_is_synthesized_without_a_home_folder_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(default_cache().parent))
    monkeypatch.setenv("HOME", "/proc/self")
    real = App.of(REPOSITORY, Toolchain(REPOSITORY))
    assert [each.name for each in real.synthesize(tmp_path, ["local-staging"])] == ["local-staging"]
