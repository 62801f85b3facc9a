"""Trees with programs of one line of Go, programs of one line of shell, and builds of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from promoter.toolchain.recipes import KEYS, SHARED, requirements_digest

MODULE = "go.etcd.io/etcd/server/v3"
REGISTRY_MODULE = "github.com/google/go-containerregistry"
BUILD = """
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from promoter.toolchain import Toolchain

class PrintedProgress:
    @contextmanager
    def task(self, description, **attributes):
        print(description, flush=True)
        yield lambda detail: None

    def note(self, line):
        pass

toolchain = Toolchain(Path(sys.argv[1]), cache=Path(sys.argv[2]), progress=PrintedProgress())
print(toolchain.built("etcd"), flush=True)
"""


def small_tree(root: Path) -> Path:
    """Write a tree to ``root`` that pins "etcd" 3.6.99 and "registry" 0.22.99."""
    folder = root / "dev" / "toolchain" / SHARED
    for name in ("etcd", "registry"):
        (folder / name).mkdir(parents=True)
        (folder / name / "main.go").write_text(
            f'package main\n\nfunc main() {{ println("small {name}") }}\n'
        )
    requirements = {MODULE: "v3.6.99", REGISTRY_MODULE: "v0.22.99"}
    lines = ["module promoter/toolchain/programs", "go 1.21"]
    for number, (module, version) in enumerate(requirements.items()):
        stub = folder / f"stub{number}"
        stub.mkdir()
        (stub / "go.mod").write_text(f"module {module}\n\ngo 1.21\n")
        lines += [f"require {module} {version}", f"replace {module} => ./{stub.name}"]
    (folder / "go.mod").write_text("\n\n".join(lines) + "\n")
    (folder / "go.sum").write_text("")
    write_keys(root, etcd="a", registry="b")
    return root


def write_keys(root: Path, **programs: str) -> None:
    """Write the keys of a tree's programs, for its present go.mod and go.sum."""
    folder = root / "dev" / "toolchain" / SHARED
    keys = {"requirements": requirements_digest(folder), "programs": programs}
    (folder / KEYS).write_text(json.dumps(keys))


def fake(folder: Path, name: str, script: str) -> Path:
    """Write an executable shell script ``folder/name``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


class Seen:
    """Progress that keeps every line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        self.lines.append(description)
        yield self.lines.append

    def note(self, line: str) -> None:
        self.lines.append(line)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def building(tree: Path, cache: Path, path: str, script: str = BUILD) -> subprocess.Popen[str]:
    """A process of its own that builds "etcd", with ``path`` before PATH."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(tree), str(cache)],
        env={**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
