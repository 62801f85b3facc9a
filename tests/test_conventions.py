"""The habits that CONTRIBUTING.md asks for, checked on the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("promoter", "stacks", "modules", "policies")
QUESTIONS = {"What", "Who", "Whose", "Where", "Which", "How", "Whether", "When"}
# Words of an earlier style; CONTRIBUTING.md has the standard ones.
ODD = re.compile(
    r"\b(asked of|beside it|handed on|is there no more|mend(ed|s)?|stands in for|tidied|told)\b"
)
MOST_LINES = 300
MOST_FUNCTION_LINES = 50


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def parsed(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for file in tracked(*(f"{folder}/**.py" for folder in folders)):
        yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))


def first_word(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return ((ast.get_docstring(node) or "").split(None, 1) or [""])[0].rstrip(",:")


def test_no_docstring_begins_with_a_question() -> None:
    found = [
        f"{file}:{getattr(node, 'lineno', 1)}"
        for file, module in parsed(*PRODUCT, "dev", "tests")
        for node in ast.walk(module)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and first_word(node) in QUESTIONS
    ]
    assert found == []


def test_a_class_name_means_one_thing() -> None:
    classes = defaultdict(list)
    for file, module in parsed(*PRODUCT):
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(str(file))
    assert {name: files for name, files in classes.items() if len(files) > 1} == {}


def test_modules_and_functions_stay_short() -> None:
    found = []
    for file, module in parsed(*PRODUCT):
        lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            found.append(f"{file}: {lines} lines")
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    found.append(f"{file}:{node.lineno}: {node.name} has {length} lines")
    assert found == []


@pytest.mark.parametrize("folder", ["promoter", "stacks", "modules", "policies", "dev", "docs"])
def test_words_are_the_standard_ones(folder: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in tracked(f"{folder}/**.py", f"{folder}/**.md", f"{folder}/**.yml")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if ODD.search(line)
    ]
    assert found == []


def test_the_architecture_page_is_current() -> None:
    from dev.architecture import PAGE, SECTION, section
    from dev.generated import with_section

    text = PAGE.read_text(encoding="utf-8")
    assert text == with_section(text, SECTION, section()), "make generated"


def test_the_architecture_page_names_existing_modules() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:promoter|stacks|modules|dev|policies)/[\w/.]+)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
