"""The rule for rules files and teams."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.approvals.people import RULES, TEAMS, signer
from tests.lint.repository import Repository

RULES_FILE, TEAMS_FILE = "cepler/app.rules.yml", "cepler/teams.yml"


@pytest.fixture
def controlled(repository: Repository, tmp_path: Path) -> Repository:
    """A repository with valid rules, and a key of everybody whom they name."""
    names = ("ann", "bob", "cy", "dee")
    lines = "".join(signer(tmp_path, name) for name in names)
    files = {RULES_FILE: RULES, TEAMS_FILE: TEAMS, "cepler/allowed_signers": lines}
    repository.commit(dict(files))
    return repository


def test_valid_rules_pass(controlled: Repository) -> None:
    assert controlled.findings("invalid-rules") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (RULES_FILE, "count: 2", "count: 4", "4 people have to sign, and 3 of these teams have"),
        (RULES_FILE, "release", "relase", "unknown team relase"),
        (RULES_FILE, "  production:", "  prod:", "environment prod: no such environment"),
        (RULES_FILE, "expires: 2h}", "expires: 2 hours}", "like 72h"),
        (TEAMS_FILE, "[cy]\n", "[cyrus]\n", "team risk has cyrus, who is not in `people`"),
        (TEAMS_FILE, "risk: [cy]", "risk: [zoe]", "nobody of the required team risk has a listed"),
        ("cepler/allowed_signers", 'dee@bank.example namespaces="git,promoter"', "", "and 0 of"),
        (
            "cepler/allowed_signers",
            'dee@bank.example namespaces="git,promoter"',
            'dee@bank.example namespaces="git"',
            "production: override: 1 people have to sign, and 0 of these teams have a listed key",
        ),
    ],
)
def test_rules_that_nobody_can_read_or_fulfill(
    controlled: Repository, file: str, old: str, new: str, reason: str
) -> None:
    controlled.replace(file, old, new)
    found = controlled.findings("invalid-rules")
    assert reason in found[0].reason
    assert found[0].place == (
        TEAMS_FILE if "teams" in file and "who is not" in reason else RULES_FILE
    )
    assert found[0].next_step


def test_a_file_of_no_deployment_counts_for_nothing(controlled: Repository) -> None:
    controlled.commit({"cepler/application.rules.yml": RULES})
    (found,) = controlled.findings("invalid-rules")
    assert "no cepler file has a deployment application" in found.reason


def test_a_soak_of_the_first_environment_is_never_over(controlled: Repository) -> None:
    controlled.commit({RULES_FILE: RULES + "  staging: {soak: 24h}\n"})
    (found,) = controlled.findings("invalid-rules")
    assert "staging: soak: no environment comes before it" in found.reason


def test_a_way_without_a_server_allows_nothing(controlled: Repository, tmp_path: Path) -> None:
    controlled.replace(RULES_FILE, "  production:\n", "  production:\n    via: [web]\n")
    (found,) = controlled.findings("invalid-rules")
    assert "production: via: no key of a server of the page is listed" in found.reason
    controlled.replace(TEAMS_FILE, "teams:\n", "servers: [page@bank.example]\nteams:\n")
    assert len(controlled.findings("invalid-rules")) == 1
    page = signer(tmp_path, "page")
    controlled.replace("cepler/allowed_signers", "ann@", f"{page}ann@")
    assert controlled.findings("invalid-rules") == []
