"""The stub of ``modules.terraform``: current, complete, and strict."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dev.provider_schemas import DOCUMENTED, SCHEMAS, STUB, TYPES, render_stub
from modules import elements

ROOT = Path(__file__).parents[2]
SNIPPET = """\
from constructs import Construct
from modules.terraform import GoogleSqlUser, block

def build(scope: Construct) -> str:
    body: GoogleSqlUser = {{{body}}}
    return block(scope, "user", "google_sql_user", body)["{attribute}"]
"""
GOOD = '"name": "u", "instance": "i", "password_wo_version": 1'


def test_the_stub_is_current() -> None:
    assert STUB.read_text() == render_stub(json.loads(SCHEMAS.read_text())), "run: make generated"


def test_the_stub_has_one_overload_for_each_type() -> None:
    tree = ast.parse(STUB.read_text())
    overloads = [node for node in tree.body if getattr(node, "name", "") == "block"]
    assert len(overloads) == sum(map(len, TYPES.values())) + len(DOCUMENTED)


def test_the_stub_has_the_parameters_of_the_implementation() -> None:
    stub = {node.name: node for node in ast.parse(STUB.read_text()).body if hasattr(node, "name")}
    for name in ("block", "provider"):
        arguments = stub[name].args
        declared = [argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)]
        assert declared == list(inspect.signature(getattr(elements, name)).parameters)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize(
    ("body", "attribute", "expected"),
    [
        (GOOD, "id", "Success"),
        (GOOD.replace('"name"', '"nmae"'), "id", 'Extra key "nmae" for TypedDict "GoogleSqlUser"'),
        (GOOD.replace("1", '"x"'), "id", 'TypedDict item "password_wo_version" has type "float'),
        (GOOD.partition(", ")[2], "id", 'Missing key "name" for TypedDict "GoogleSqlUser"'),
        (GOOD, "idd", "Invalid index type \"Literal['idd']\""),
    ],
    ids=["good", "misspelt", "wrong type", "missing", "unreadable"],
)
def test_mypy_checks_a_body(
    tmp_path: Path, cache: Path, body: str, attribute: str, expected: str
) -> None:
    file = tmp_path / "snippet.py"
    file.write_text(SNIPPET.format(body=body, attribute=attribute))
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    run = subprocess.run(
        [*mypy, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert expected in run.stdout, run.stdout + run.stderr
    assert run.returncode == (0 if expected == "Success" else 1)
