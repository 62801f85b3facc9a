"""Trees with a program of one line of Go, and programs of one line of shell."""

from __future__ import annotations

from pathlib import Path

MODULE = "go.etcd.io/etcd/server/v3"


def small_tree(root: Path) -> Path:
    """Write a tree to ``root`` that pins "etcd" 3.6.99."""
    folder = root / "dev" / "toolchain" / "etcd"
    (folder / "stub").mkdir(parents=True)
    (folder / "stub" / "go.mod").write_text(f"module {MODULE}\n\ngo 1.21\n")
    (folder / "go.mod").write_text(
        f"module small\n\ngo 1.21\n\nrequire {MODULE} v3.6.99\n\nreplace {MODULE} => ./stub\n"
    )
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text('package main\n\nfunc main() { println("small") }\n')
    return root


def fake(folder: Path, name: str, script: str) -> Path:
    """Write an executable shell script ``folder/name``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file
