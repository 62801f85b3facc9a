"""Rules for the inputs of stacks and the patterns that cover them."""

from __future__ import annotations

import json
import os

import pytest

from promoter.lint.rules.inputs import skipped_hidden_files
from tests.lint.repository import Repository

BUILD = "def build(name):\n"
ALL = ["staging", "qa", "production"]


def build(repository: Repository, line: str, *, prelude: str = "") -> None:
    """Commit another first line of the function that builds a stack."""
    text = (repository.git.dir / "app.py").read_text()
    changed = text.replace(BUILD, f"{prelude}{BUILD}    {line}\n")
    repository.commit({"app.py": changed})


def reasons(repository: Repository) -> dict[str, str]:
    """Return the reason for each environment, without its name."""
    found = {}
    for each in repository.findings("uncovered-input"):
        name = each.next_step.partition(" of ")[2].split(" ")[0]
        found[name] = each.reason.replace(name, "it")
    return found


def test_covered_inputs_pass(stacks: Repository) -> None:
    assert reasons(stacks) == {}


def test_a_file_that_is_opened(stacks: Repository) -> None:
    stacks.commit({"extra/a.txt": "1"})
    build(stacks, 'read(ROOT / "extra/a.txt")')
    reason = (
        "extra/a.txt shapes it (opened by kit/reading.py:5 (read)) and is in none of its patterns"
    )
    assert reasons(stacks) == dict.fromkeys(ALL, reason)


def test_the_list_depends_on_the_inputs_of_upstream(stacks: Repository) -> None:
    stacks.commit({"extra": "1", "qa/more/own": "1"})
    build(stacks, 'read(ROOT / "extra")')
    build(stacks, 'name == "qa" and read(ROOT / "qa/more/own")')
    findings = stacks.findings("uncovered-input")
    hint = ", or run promoter lint --fix"
    assert all(each.next_step.endswith(hint) for each in findings)
    steps = {(each.reason.split()[0], each.next_step.removesuffix(hint)) for each in findings}
    assert steps == {
        ("extra", "add it to 'latest' of staging in cepler/app.yml"),
        ("extra", "add it to 'propagated' of qa in cepler/app.yml"),
        ("extra", "add it to 'propagated' of production in cepler/app.yml"),
        ("qa/more/own", "add it to 'latest' of qa in cepler/app.yml"),
    }


def test_the_settings_of_another_environment(stacks: Repository) -> None:
    build(stacks, 'read(ROOT / "qa/settings")')
    assert set(reasons(stacks)) == {"staging", "production"}


def test_propagated_without_passed_covers_nothing(stacks: Repository) -> None:
    stacks.config("    passed: staging\n", "")
    assert set(reasons(stacks)) == {"qa"}


def test_the_cepler_file_itself_cannot_be_covered(stacks: Repository) -> None:
    build(stacks, 'read(ROOT / "cepler/app.yml")')
    text = (stacks.git.dir / "cepler/app.yml").read_text()
    stacks.commit({"cepler/app.yml": text.replace("shared/*", "shared/*, cepler/*")})
    assert set(reasons(stacks)) == set(ALL)


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
    assert {
        name: text[: len(by_import)] for name, text in reasons(stacks).items()
    } == dict.fromkeys(ALL, by_import)


def test_a_hidden_file_that_the_wildcard_skips(stacks: Repository) -> None:
    stacks.commit({"shared/.hidden": "1"})
    build(stacks, 'read(ROOT / "shared/.hidden")')
    assert reasons(stacks)["qa"].endswith("in none of its patterns; 'shared/*' skips hidden files")


def test_names_with_line_ends_and_invalid_utf_8(stacks: Repository) -> None:
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


def test_a_link_and_its_target(stacks: Repository) -> None:
    (stacks.git.dir / "elsewhere").write_text("1")
    (stacks.git.dir / "shared" / "link").symlink_to("../elsewhere")
    stacks.git.text("add", "-A")
    stacks.git.text("commit", "-q", "-m", "feat: a link")
    build(stacks, 'read(ROOT / "shared/link")')
    assert {text.split()[0] for text in reasons(stacks).values()} == {"elsewhere"}


def test_a_file_that_a_child_process_opens(stacks: Repository) -> None:
    stacks.commit({"extra": "1"})
    program = "open('extra').read()"
    build(stacks, f'subprocess.run(["python", "-c", "{program}"])', prelude="import subprocess\n")
    assert set(reasons(stacks)) == set(ALL)


def test_a_path_in_the_synthesized_stack(stacks: Repository) -> None:
    stacks.commit({"tf/boards/main.tf": "", "tf/boards/.hidden.tf": "", "tf/other.tf": ""})
    stacks.replace("app.py", '{"locals": {', '{"module": {"m": MODULE}, "locals": {')
    module = {"source": "../../../tf/boards"}
    build(stacks, "pass", prelude=f"MODULE = {json.dumps(module)}\n")
    reason = "tf/boards/.hidden.tf and 1 more shape it (referenced by module.m.source)"
    assert {name: found.partition(" and are")[0] for name, found in reasons(stacks).items()} == (
        dict.fromkeys(ALL, reason)
    )


def test_a_declaration_wins_over_a_read(stacks: Repository) -> None:
    stacks.commit({"chart/a": "1", "chart/b/c": "1"})
    build(stacks, 'declare(ROOT / "chart"); read(ROOT / "chart/a")')
    stacks.replace("app.py", "import read\n", "import declare, read\n")
    reason = "chart/a and 1 more shape it (declared by app.py:11 (build)) and are in none"
    assert {name: found[: len(reason)] for name, found in reasons(stacks).items()} == dict.fromkeys(
        ALL, reason
    )


def test_a_declared_path_must_exist(stacks: Repository) -> None:
    build(stacks, 'declare(ROOT / "gone")')
    stacks.replace("app.py", "import read\n", "import declare, read\n")
    assert stacks.reasons("uncovered-input") == [
        f"app.py:11 (build) declares gone for {name}, but there is no such file" for name in ALL
    ]


def test_a_folder_that_is_listed(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1", "extra/below/b": "1"})
    build(stacks, 'list((ROOT / "extra").iterdir())')
    reason = "extra/a shapes it (in a folder listed by app.py:11 (build)) and is in none"
    assert {name: found[: len(reason)] for name, found in reasons(stacks).items()} == dict.fromkeys(
        ALL, reason
    )


def test_a_folder_that_is_listed_for_its_names(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1", "extra/below/b": "1"})
    build(stacks, 'names(ROOT / "extra"); list((ROOT / "extra").rglob("*"))')
    stacks.replace("app.py", "import read\n", "import names, read\n")
    assert reasons(stacks) == {}


def test_declared_names_count_for_the_declaring_file_alone(stacks: Repository) -> None:
    stacks.commit({"extra/a": "1"})
    build(stacks, 'names(ROOT / "extra"); every(ROOT / "extra")')
    stacks.replace("app.py", "import read\n", "import every, names, read\n")
    stacks.replace("kit/reading.py", "import sys\n", "import os, sys\nevery = os.listdir\n")
    assert reasons(stacks) == {}
    stacks.replace(
        "kit/reading.py",
        "every = os.listdir\n",
        "def every(path):\n    return os.listdir(path)\n",
    )
    assert set(reasons(stacks)) == set(ALL)


def test_written_files_and_files_elsewhere_are_no_inputs(stacks: Repository) -> None:
    build(stacks, '(ROOT / "shared/new").write_text("1"); open("/etc/hostname").close()')
    assert reasons(stacks) == {}


def test_a_stack_per_environment_passes(stacks: Repository) -> None:
    assert stacks.findings("stack-mismatch") == []


def test_an_environment_without_a_stack(stacks: Repository) -> None:
    stacks.config("  qa:\n", "  demo:\n    latest: [qa/*]\n  qa:\n")
    (found,) = stacks.findings("stack-mismatch")
    assert found.place == "cepler/app.yml"
    assert found.reason == "demo: the app has no stack of this name"


def test_a_stack_without_an_environment(stacks: Repository) -> None:
    stacks.replace("app.py", '("staging",', '("demo", "staging",')
    stacks.commit({"demo/settings": "1"})
    assert stacks.reasons("stack-mismatch") == [
        "stack demo is in no file of cepler/, so no gate protects it"
    ]


def test_a_stack_that_cannot_be_synthesized_hides_no_other(stacks: Repository) -> None:
    stacks.commit({"qa/settings": None, "staging/other": "1"})
    stacks.replace("app.py", "def build(name):\n", "def build(name):\n    read(ROOT / 'extra')\n")
    stacks.commit({"extra": "1"})
    (broken,) = stacks.findings("stack-mismatch")
    assert broken.reason.startswith("qa: its synthesis fails: ")
    assert "qa/settings" in broken.reason
    assert len(stacks.findings("uncovered-input")) == 2


def test_a_path_is_not_a_valid_stack_name(stacks: Repository) -> None:
    stacks.config("  qa:\n", "  ../../qa:\n    latest: [qa/*]\n  qa:\n")
    assert stacks.reasons("stack-mismatch") == ["../../qa: not a valid name of a stack"]


def test_cdktf_json_without_an_app(stacks: Repository) -> None:
    stacks.commit({"cdktf.json": "{}"})
    assert all("names no app" in reason for reason in stacks.reasons("stack-mismatch"))
    assert len(stacks.reasons("stack-mismatch")) == 3


def test_matching_patterns_pass(repository: Repository) -> None:
    assert repository.findings("dead-pattern") == []


def test_a_pattern_that_matches_nothing(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, qa/*.yaml]")
    assert repository.reasons("dead-pattern") == ["qa: latest 'qa/*.yaml' matches no file"]


def test_a_pattern_whose_last_file_was_removed(repository: Repository) -> None:
    repository.commit({"shared/a": None, "shared/b": None})
    assert repository.reasons("dead-pattern") == [
        "staging: latest 'shared/*' matches no file",
        "qa: propagated 'shared/*' matches no file",
        "production: propagated 'shared/*' matches no file",
    ]


def test_an_uncommitted_file_does_not_match(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, later]")
    (repository.git.dir / "later").write_text("1")
    assert repository.reasons("dead-pattern") == ["qa: latest 'later' matches no file"]


def test_a_pattern_that_would_match_hidden_files_only(repository: Repository) -> None:
    repository.commit({"qa/settings": None, "qa/.settings": "1"})
    (found,) = repository.findings("dead-pattern")
    assert found.reason == (
        "qa: latest 'qa/*' matches only hidden files (qa/.settings), which wildcards skip"
    )
    assert found.next_step == "add the hidden file by its name: qa/.settings"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**", ".a"),
        ("a/**", "a/.b/c"),
        ("a/**/c", "a/b/.x/c"),
        ("a/*", "a/.b"),
        ("a/?b", "a/.b"),
        ("a/.b/**", "a/.b/.c"),
        ("**/*.yml", "a/.b.yml"),
    ],
)
def test_wildcards_skip_hidden_files(pattern: str, path: str) -> None:
    assert skipped_hidden_files(pattern, [path, "other/file"]) == [path]


@pytest.mark.parametrize(
    ("pattern", "path"), [("a/.b", "a/.b"), ("a/*", "a/b"), ("a/*", "b/.a"), ("a/*", "a/b/.c")]
)
def test_files_that_match_or_would_not_match_anyway(pattern: str, path: str) -> None:
    assert skipped_hidden_files(pattern, [path]) == []
