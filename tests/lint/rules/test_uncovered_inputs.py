"""Whatever a synthesis uses has to be in a pattern; by whom it is used is told."""

from __future__ import annotations

import json
import os

import pytest

from tests.lint.repository import Repository

BUILD = "def build(name):\n"
ALL = ["staging", "qa", "production"]


def build(repository: Repository, line: str, *, prelude: str = "") -> None:
    """Another line at the beginning of what builds a stack."""
    text = (repository.git.dir / "app.py").read_text()
    changed = text.replace(BUILD, f"{prelude}{BUILD}    {line}\n")
    repository.commit({"app.py": changed})


def told(repository: Repository) -> dict[str, str]:
    """What is told of each environment, less its name."""
    found = {}
    for each in repository.findings("uncovered-input"):
        name = each.next_step.partition(" of ")[2].split(" ")[0]
        found[name] = each.what.replace(name, "it")
    return found


def test_what_is_covered_is_fine(stacks: Repository) -> None:
    assert told(stacks) == {}


def test_a_file_that_is_opened(stacks: Repository) -> None:
    stacks.commit({"extra/a.txt": "1"})
    build(stacks, 'read(ROOT / "extra/a.txt")')
    what = (
        "extra/a.txt shapes it (opened by kit/reading.py:5 (read)) and is in none of its patterns"
    )
    assert told(stacks) == dict.fromkeys(ALL, what)


def test_which_list_to_extend_depends_on_who_else_is_shaped(stacks: Repository) -> None:
    stacks.commit({"extra": "1", "qa/more/own": "1"})
    build(stacks, 'read(ROOT / "extra")')
    build(stacks, 'name == "qa" and read(ROOT / "qa/more/own")')
    steps = {(each.what.split()[0], each.next_step) for each in stacks.findings("uncovered-input")}
    assert steps == {
        ("extra", "add it to 'latest' of staging in cepler/app.yml"),
        ("extra", "add it to 'propagated' of qa in cepler/app.yml"),
        ("extra", "add it to 'propagated' of production in cepler/app.yml"),
        ("qa/more/own", "add it to 'latest' of qa in cepler/app.yml"),
    }


def test_the_settings_of_another_environment(stacks: Repository) -> None:
    build(stacks, 'read(ROOT / "qa/settings")')
    assert set(told(stacks)) == {"staging", "production"}


def test_propagated_without_passed_covers_nothing(stacks: Repository) -> None:
    stacks.config("    passed: staging\n", "")
    assert set(told(stacks)) == {"qa"}


def test_the_cepler_file_itself_never_passes_the_gate(stacks: Repository) -> None:
    build(stacks, 'read(ROOT / "cepler/app.yml")')
    text = (stacks.git.dir / "cepler/app.yml").read_text()
    stacks.commit({"cepler/app.yml": text.replace("shared/*", "shared/*, cepler/*")})
    assert set(told(stacks)) == set(ALL)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_module_that_is_imported(stacks: Repository, compiled: bool) -> None:
    stacks.commit({"extra/module.py": "VALUE = 1\n", "extra/__init__.py": ""})
    prepare = (
        'import py_compile; py_compile.compile(str(ROOT / "extra/module.py")); ' if compiled else ""
    )
    build(stacks, f"{prepare}import extra.module")
    by_import = (
        "extra/__init__.py and 1 more shape it (opened by app.py:11 (build)) and are in none"
    )
    assert {name: what[: len(by_import)] for name, what in told(stacks).items()} == dict.fromkeys(
        ALL, by_import
    )


def test_a_hidden_file_that_the_wildcard_skips(stacks: Repository) -> None:
    stacks.commit({"shared/.hidden": "1"})
    build(stacks, 'read(ROOT / "shared/.hidden")')
    assert told(stacks)["qa"].endswith("in none of its patterns; 'shared/*' skips hidden files")


def test_a_name_that_is_no_text_and_no_line(stacks: Repository) -> None:
    odd = stacks.git.dir / "extra"
    odd.mkdir()
    for name in (b"\xff", b"a\nb"):
        (odd / os.fsdecode(name)).write_text("1")
    stacks.git.text("add", "-A")
    stacks.git.text("commit", "-q", "-m", "feat: odd names")
    build(stacks, "[read(each) for each in sorted((ROOT / 'extra').iterdir())]")
    lines = [str(each) for each in stacks.findings("uncovered-input")]
    assert len(lines) == len(ALL)
    assert all(line.isprintable() and r"extra/a\nb and 1 more" in line for line in lines)


def test_a_link_and_what_it_leads_to(stacks: Repository) -> None:
    (stacks.git.dir / "elsewhere").write_text("1")
    (stacks.git.dir / "shared" / "link").symlink_to("../elsewhere")
    stacks.git.text("add", "-A")
    stacks.git.text("commit", "-q", "-m", "feat: a link")
    build(stacks, 'read(ROOT / "shared/link")')
    assert {what.split()[0] for what in told(stacks).values()} == {"elsewhere"}


def test_a_file_that_a_child_process_opens(stacks: Repository) -> None:
    stacks.commit({"extra": "1"})
    program = "open('extra').read()"
    build(stacks, f'subprocess.run(["python", "-c", "{program}"])', prelude="import subprocess\n")
    assert set(told(stacks)) == set(ALL)


def test_what_is_handed_to_terraform(stacks: Repository) -> None:
    stacks.commit({"tf/boards/main.tf": "", "tf/boards/.hidden.tf": "", "tf/other.tf": ""})
    stacks.replace("app.py", '{"locals": {', '{"module": {"m": MODULE}, "locals": {')
    module = {"source": "../../../tf/boards"}
    build(stacks, "pass", prelude=f"MODULE = {json.dumps(module)}\n")
    what = "tf/boards/.hidden.tf and 1 more shape it (handed to Terraform by module.m.source)"
    assert {name: found.partition(" and are")[0] for name, found in told(stacks).items()} == (
        dict.fromkeys(ALL, what)
    )


def test_what_is_declared_counts_whoever_opens_it(stacks: Repository) -> None:
    stacks.commit({"chart/a": "1", "chart/b/c": "1"})
    build(stacks, 'declare(ROOT / "chart"); read(ROOT / "chart/a")')
    stacks.replace("app.py", "import read\n", "import declare, read\n")
    what = "chart/a and 1 more shape it (declared by app.py:11 (build)) and are in none"
    assert {name: found[: len(what)] for name, found in told(stacks).items()} == dict.fromkeys(
        ALL, what
    )


def test_what_is_declared_has_to_be_there(stacks: Repository) -> None:
    build(stacks, 'declare(ROOT / "gone")')
    stacks.replace("app.py", "import read\n", "import declare, read\n")
    assert stacks.told("uncovered-input") == [
        f"app.py:11 (build) declares gone, which is not there, for {name}" for name in ALL
    ]


def test_a_folder_that_is_listed(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1", "extra/below/b": "1"})
    build(stacks, 'list((ROOT / "extra").iterdir())')
    what = "extra/a shapes it (in a folder that is listed by app.py:11 (build)) and is in none"
    assert {name: found[: len(what)] for name, found in told(stacks).items()} == dict.fromkeys(
        ALL, what
    )


def test_a_folder_that_is_listed_for_its_names(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1", "extra/below/b": "1"})
    build(stacks, 'names(ROOT / "extra"); list((ROOT / "extra").rglob("*"))')
    stacks.replace("app.py", "import read\n", "import names, read\n")
    assert told(stacks) == {}


def test_names_are_for_the_file_alone_that_says_so(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1"})
    build(stacks, 'names(ROOT / "extra"); every(ROOT / "extra")')
    stacks.replace("app.py", "import read\n", "import every, names, read\n")
    stacks.replace("kit/reading.py", "import sys\n", "import os, sys\nevery = os.listdir\n")
    assert told(stacks) == {}
    stacks.replace(
        "kit/reading.py",
        "every = os.listdir\n",
        "def every(path):\n    return os.listdir(path)\n",
    )
    assert set(told(stacks)) == set(ALL)


def test_what_is_written_and_what_is_elsewhere_shapes_nothing(stacks: Repository) -> None:
    build(stacks, '(ROOT / "shared/new").write_text("1"); open("/etc/hostname").close()')
    assert told(stacks) == {}
