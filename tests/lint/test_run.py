"""The command `promoter lint`: its scope, its output and its exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.common.errors import GitError, PromoterError, UsageError
from promoter.common.progress import Silent
from promoter.git import Git
from promoter.lint import lint
from promoter.lint.rules import CHANGE_RULES, PUSH_RULES, RULES
from tests.lint.repository import STATE, Repository

ROOT = Path(__file__).parents[2]


def promoter(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "promoter", "lint", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_this_repository_is_clean() -> None:
    """If this fails, the output lists the patterns to add to cepler/."""
    done = promoter(ROOT)
    assert (done.returncode, done.stdout) == (0, "no problems found in the gate\n")
    assert "stacks and trace their inputs" in done.stderr


def test_every_declaration_of_this_repository_is_read(tmp_path: Path) -> None:
    """Without patterns, inputs that no synthesis opens are found by their declarations."""
    Git(tmp_path).text("clone", "-q", str(ROOT), "clone")
    clone = Repository(Git(tmp_path / "clone"))
    patterns = "[modules/**, stacks/*.py, stacks/platforms/**, stacks/local/staging/*]"
    only = f"deployment: local\nenvironments: {{local-staging: {{latest: {patterns}}}}}\n"
    clone.commit({"cepler/local.yml": only, "cepler/lana-bank.yml": None})
    by_reader: dict[str, str] = {}
    for reason in clone.reasons("uncovered-input"):
        paths, _, rest = reason.partition(" shape")
        by_reader[rest.partition("(declared by ")[2].partition(":")[0]] = paths
    declared = "dev/toolchain", "cdktf.json", "package.json", "package-lock.json"
    count = len(clone.git.lines("ls-files", "--", *declared, "stacks/requirements.lock"))
    chart = len(clone.git.lines("ls-files", "--", "charts/lana-bank"))
    assert by_reader == {
        "stacks/app.py": f"cdktf.json and {count - 1} more",
        "modules/lana_bank/construct.py": f"charts/lana-bank/.helmignore and {chart - 1} more",
    }


def test_findings_are_lines_and_exit_code_1(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, typo]")
    done = promoter(repository.git.dir / "shared")
    assert done.returncode == 1
    assert done.stdout == (
        "cepler/app.yml: dead-pattern: qa: latest 'typo' matches no file; "
        "next: remove it, or correct its spelling\n"
    )


def test_as_json(repository: Repository) -> None:
    assert json.loads(promoter(repository.git.dir, "--json").stdout) == {"findings": []}
    repository.commit({"cepler/.cepler/app/gone.state": STATE})
    (found,) = json.loads(promoter(repository.git.dir, "--json").stdout)["findings"]
    assert set(found) == {"rule", "place", "reason", "next_step"}
    assert found["rule"] == "orphan-state"


def test_its_help_has_an_example() -> None:
    assert "Example: promoter lint local --base origin/main" in promoter(ROOT, "--help").stdout


def test_uncommitted_changes_are_not_checked(repository: Repository) -> None:
    (repository.git.dir / "cepler/app.yml").write_text("environments: [\n")
    done = promoter(repository.git.dir)
    assert done.returncode == 0
    assert "uncommitted changes are not checked" in done.stderr


def test_no_files_are_left_behind(stacks: Repository) -> None:
    before = stacks.git.text("status", "--porcelain", "--ignored")
    lint(stacks.git, Silent())
    assert stacks.git.text("status", "--porcelain", "--ignored") == before
    assert len(stacks.git.lines("worktree", "list")) == 1


@pytest.mark.parametrize("base", ["nowhere", "", "--all", "HEAD:shared", "0" * 40, "HEAD~9"])
def test_a_base_that_is_no_commit(repository: Repository, base: str) -> None:
    with pytest.raises(UsageError, match="there is no such commit") as refused:
        lint(repository.git, Silent(), base)
    assert "fetch it" in refused.value.next_step


def test_a_base_with_another_history(repository: Repository) -> None:
    other = repository.git.commit_files(None, {"a": b"1"}, "feat: another beginning")
    with pytest.raises(GitError, match="no commit in common") as refused:
        lint(repository.git, Silent(), other)
    assert "--unshallow" in refused.value.next_step


def test_a_base_without_a_gate(repository: Repository) -> None:
    first = Repository.at(repository.git.dir.parent / "young")
    first.commit({"a": "1"})
    first.commit({"cepler/app.yml": "environments: {qa: {latest: [a]}}\n"})
    assert lint(first.git, Silent(), "HEAD~1").findings == ()


def test_no_repository_no_commit_and_no_gate(tmp_path: Path) -> None:
    done = promoter(tmp_path)
    assert done.returncode == 1
    assert "not a git repository" in done.stderr
    empty = Repository.at(tmp_path / "empty")
    with pytest.raises(GitError, match="there is no commit"):
        lint(empty.git, Silent())
    empty.commit({"a": "1"})
    with pytest.raises(PromoterError, match="has no cepler file"):
        lint(empty.git, Silent())


def test_a_clone_that_lacks_the_base(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"shared/a": "2"})
    url = f"file://{repository.git.dir}"
    Git(tmp_path).text("clone", "-q", "--depth", "1", url, "shallow")
    assert lint(Git(tmp_path / "shallow"), Silent()).findings == ()
    with pytest.raises(UsageError):
        lint(Git(tmp_path / "shallow"), Silent(), "HEAD~1")


def test_rules_headings_and_tests_agree() -> None:
    """The ids of the registry are the headings in the docs, and each has its tests."""
    rules = [*RULES, *CHANGE_RULES, *PUSH_RULES]
    page = (ROOT / "docs" / "linting.md").read_text()
    assert re.findall(r"(?m)^### (\S+)$", page) == rules
    tests = "".join(file.read_text() for file in (ROOT / "tests/lint/rules").glob("test_*.py"))
    assert [rule for rule in rules if f'"{rule}"' not in tests] == []
