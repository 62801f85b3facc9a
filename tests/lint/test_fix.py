"""`promoter lint --fix`: the missing patterns, their place in the cepler file, and the output."""

from __future__ import annotations

import json

import pytest

from dev.reference_programs import CEPLER
from promoter.common.errors import InvalidFile, ProgramMissing, YamlEditError
from promoter.common.progress import Silent
from promoter.lint import LintReport, lint
from tests.gate.reference import run_cepler
from tests.lint.repository import Repository
from tests.lint.rules.test_inputs import build
from tests.lint.test_run import promoter

CONFIG = """\
# The environments of the app.
deployment: app
environments:
  staging: # the first one
    latest:
      # what every environment shares
      - app.py
      - cdktf.json
      - kit/*   # helpers
      - shared/*
      - stacks/*
      - staging/*

  qa:
    passed: staging
    propagated: [app.py, cdktf.json, kit/*, shared/*, stacks/*]
    latest: ['qa/*']
  production:
    passed: qa
    latest:
    - production/*
    propagated:
    - app.py
    - cdktf.json
    - kit/*
    - shared/*
    - stacks/*
"""
FIXED = (
    CONFIG.replace(
        "      - kit/*   # helpers\n", "      - kit/*   # helpers\n      - kit/more/**\n"
    )
    .replace("kit/*, shared/*", "kit/*, kit/more/**, shared/*")
    .replace("['qa/*']", "['qa/*', qa/more/own]")
    .replace("    - kit/*\n", "    - kit/*\n    - kit/more/**\n")
)


def fix(repository: Repository) -> LintReport:
    return lint(repository.git, Silent(), fix=True)


def config(repository: Repository) -> str:
    return (repository.git.dir / "cepler/app.yml").read_bytes().decode()


@pytest.fixture
def incomplete(stacks: Repository) -> Repository:
    """A folder shapes all environments, one file of another folder only qa; no pattern has them."""
    new = {"kit/more/a": "1", "kit/more/b": "1", "qa/more/own": "1", "qa/more/other": "1"}
    stacks.commit({**new, "cepler/app.yml": CONFIG})
    build(stacks, 'read(ROOT / "kit/more/a"); read(ROOT / "kit/more/b")')
    build(stacks, 'name == "qa" and read(ROOT / "qa/more/own")')
    return stacks


def test_patterns_are_added_where_they_belong(incomplete: Repository) -> None:
    done = promoter(incomplete.git.dir, "--fix")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "cepler/app.yml: staging: added 'kit/more/**' to latest: no environment comes before",
            "cepler/app.yml: qa: added 'kit/more/**' to propagated: staging proves it first",
            "cepler/app.yml: qa: added 'qa/more/own' to latest: it does not shape staging",
            "cepler/app.yml: production: added 'kit/more/**' to propagated: qa proves it first",
            "commit the added patterns: the gate reads commits",
            "no problems found in the gate",
        ],
    )
    assert config(incomplete) == FIXED
    incomplete.commit({"cepler/app.yml": FIXED})
    assert lint(incomplete.git, Silent()).findings == ()


def test_a_second_run_changes_nothing(incomplete: Repository) -> None:
    fix(incomplete)
    assert fix(incomplete) == LintReport(())
    assert config(incomplete) == FIXED
    assert len(incomplete.findings("uncovered-input")) == 4  # HEAD is as it was


def test_the_reference_reads_what_was_added(incomplete: Repository) -> None:
    try:
        program = CEPLER.built()
    except ProgramMissing as missing:
        pytest.skip(str(missing))
    fix(incomplete)
    incomplete.commit({"cepler/app.yml": config(incomplete)})
    listed = run_cepler(program, incomplete.git.dir, "-c", "cepler/app.yml", "ls", "-e", "staging")
    assert (listed.code, listed.err) == (0, "")
    assert {"kit/more/a", "kit/more/b"} <= set(listed.out.split())


def test_as_json(incomplete: Repository) -> None:
    report = json.loads(promoter(incomplete.git.dir, "--fix", "--json").stdout)
    assert report["findings"] == []
    assert report["added"][0] == {
        "file": "cepler/app.yml",
        "environment": "staging",
        "list": "latest",
        "pattern": "kit/more/**",
        "reason": "no environment comes before",
    }


def test_uncommitted_changes_of_the_cepler_file_are_kept(incomplete: Repository) -> None:
    path = incomplete.git.dir / "cepler/app.yml"
    path.write_text(CONFIG.replace("# the first one", "# the very first one"))
    fix(incomplete)
    assert config(incomplete) == FIXED.replace("# the first one", "# the very first one")


def test_line_ends_and_a_last_line_without_one(incomplete: Repository) -> None:
    path = incomplete.git.dir / "cepler/app.yml"
    text = CONFIG.replace("    - shared/*\n    - stacks/*\n", "").replace("\n", "\r\n")
    path.write_bytes(text.encode()[:-2])
    fix(incomplete)
    text = config(incomplete)
    assert text.count("\n") == text.count("\r\n")
    assert "    - kit/*\r\n    - kit/more/**\r\n    - shared/a\r\n" in text


def test_a_list_that_is_missing_is_added(incomplete: Repository) -> None:
    path = incomplete.git.dir / "cepler/app.yml"
    path.write_text(
        CONFIG.replace("    propagated: [app.py, cdktf.json, kit/*, shared/*, stacks/*]\n", "")
    )
    assert fix(incomplete).findings == ()
    assert (
        "    latest: ['qa/*', qa/more/own]\n    propagated:\n      - app.py\n      - kit/**\n"
        in config(incomplete)
    )
    path.write_text("environments: {staging: {latest: []}, qa: {passed: staging}}\n")
    fix(incomplete)
    assert config(incomplete) == (
        "environments: {staging: {latest: [app.py, kit/**, shared/a, staging/settings]}, "
        "qa: {passed: staging, propagated: [app.py, kit/**, shared/a], "
        "latest: [qa/more/own, qa/settings]}}\n"
    )


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("shared/.hidden", "shared/.hidden"),
        ("other/[a]*?", "'other/[[]a][*][?]'"),
        ("other/a: b", "'other/a: b'"),
        ("*.txt", "'[*].txt'"),
        ("true", "'true'"),
        ("other/it's", "other/it's"),
    ],
)
def test_names_are_escaped_and_quoted(incomplete: Repository, name: str, added: str) -> None:
    incomplete.commit({name: "1", "other/unrelated": "1"})
    build(incomplete, f"read(ROOT / {name!r})")
    assert fix(incomplete).findings == ()
    assert f"      - {added}\n" in config(incomplete)


def test_files_that_no_pattern_can_cover_are_findings(incomplete: Repository) -> None:
    (incomplete.git.dir / "a\nb").write_text("1")
    incomplete.git.text("add", "-A")
    incomplete.git.text("commit", "-q", "-m", "feat: an odd name")
    build(incomplete, 'read(ROOT / "cepler/app.yml"); read(ROOT / "a\\nb")')
    findings = fix(incomplete).findings
    assert {found.rule for found in findings} == {"uncovered-input"}
    assert len(findings) == 3


def test_nothing_is_added_after_an_environment_with_a_problem(incomplete: Repository) -> None:
    incomplete.commit({"staging/settings": None, "staging/other": "1"})
    report = fix(incomplete)
    assert {each.environment for each in report.added} == {"production"}
    assert {found.rule for found in report.findings} == {"stack-mismatch", "uncovered-input"}


def test_a_shared_list_is_not_changed(incomplete: Repository) -> None:
    text = CONFIG.replace("propagated: [app", "propagated: &all [app")
    start = text.index("    propagated:\n    - app.py")
    shared = text[:start] + "    propagated: *all\n"
    incomplete.commit({"cepler/app.yml": shared})
    with pytest.raises((YamlEditError, InvalidFile)):
        fix(incomplete)
    assert config(incomplete) == shared


def test_an_invalid_file_in_the_work_tree(incomplete: Repository) -> None:
    (incomplete.git.dir / "cepler/app.yml").write_text("environments: [\n")
    with pytest.raises(InvalidFile, match="not YAML"):
        fix(incomplete)
