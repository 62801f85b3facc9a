from __future__ import annotations

import json

import pytest

from dev.rulesets import rulesets
from promoter.common.errors import NothingNewer, RegistryError
from promoter.forge.forge import (
    Conclusion,
    ForgeConflict,
    PullRequestState,
    Query,
    StatusCheck,
)
from promoter.forge.github import GitHubForge
from promoter.forge.local import LocalForge
from promoter.release.candidate import create_candidate
from promoter.release.changelog import notes, prepend
from promoter.release.errors import ReleaseError
from promoter.release.merge_rules import FILE_CHECK, file_check, report_file_check
from promoter.release.promotion import promote
from tests.forge.conftest import QUICK
from tests.forge.github_server import NAME, serving

from .conftest import ROOT
from .sandbox import DEV, RELEASE_YML, Sandbox


def test_opens_a_draft_with_changelog_and_docs_on_the_candidates_commit(sandbox: Sandbox) -> None:
    sandbox.commit("fix(loans): round once\n\nMore words.")
    sandbox.commit("chore: tidy")
    made = create_candidate(sandbox.application)
    sandbox.commit("feat: after the candidate")

    pull = promote(sandbox.application)

    assert (pull.head, pull.base, pull.draft) == ("bot-promote-rc", "main", True)
    assert pull.labels == {"promote-rc", "galoybot", "ignore-pr-limit"}
    assert pull.title == "ci: promote RC to 0.1.0"
    assert made.commit in pull.body
    assert sandbox.git.commit(f"{pull.head_commit}^") == made.commit
    assert sandbox.application.forge.changed_files(pull.number) == (
        "CHANGELOG.md",
        "docs-site/docs/api.md",
        "docs-site/static/event-schemas/customer.created.json",
        "docs-site/static/event-schemas/index.json",
        "docs-site/static/event-schemas/loan.disbursed.json",
        "docs-site/versioned_docs/version-0.1.0/api.md",
        "docs-site/versioned_docs/version-0.1.0/intro.md",
        "docs-site/versions.json",
    )
    written = (sandbox.git.file(pull.head_commit, "CHANGELOG.md") or b"").decode()
    date = sandbox.git.text("show", "--no-patch", "--format=%cs", made.commit)
    assert written == (
        f"# Changelog\n\n## [0.1.0] - {date}\n\n### Features\n\n- The application\n\n"
        "### Bug Fixes\n\n- *(loans)* Round once\n\n### Miscellaneous Tasks\n\n- Tidy\n"
    )
    api = (sandbox.git.file(pull.head_commit, "docs-site/docs/api.md") or b"").decode()
    assert "| `version` | `String!` |" in api
    versions = sandbox.git.file(pull.head_commit, "docs-site/versions.json") or b""
    assert json.loads(versions) == ["0.1.0"]
    assert sandbox.application.forge.checks(pull.head_commit) == (
        StatusCheck(FILE_CHECK, Conclusion.SUCCESS, "only CHANGELOG.md and docs-site/**"),
    )


def test_a_person_merges_it_after_the_checks_that_main_requires(sandbox: Sandbox) -> None:
    """GitHub runs no workflow for a commit that skips them, and waits for its checks for ever."""
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    forge = sandbox.application.forge
    assert isinstance(forge, LocalForge)
    application = ROOT / "upstream" / "lana-bank"
    with serving(forge) as (server, api):
        server.rulesets = [{**each, "id": each["name"]} for each in rulesets(application)]
        person = GitHubForge(NAME, "a-token", api, QUICK)
        person.mark_ready(pull.number)
        server.approvals[pull.number] = 1
        with pytest.raises(ForgeConflict, match="is expected"):
            person.merge_pull_request(pull.number, head_commit=pull.head_commit)
        for name in person.required_checks("main"):
            server.run_check(pull.head_commit, name, "success")
        merged = person.merge_pull_request(pull.number, head_commit=pull.head_commit)
    assert merged.state is PullRequestState.MERGED


def test_a_second_run_for_the_same_candidate_keeps_the_pull_request(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    assert promote(sandbox.application) == pull


def test_an_older_pull_request_is_replaced(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    first = promote(sandbox.application)
    sandbox.commit("fix: b")
    create_candidate(sandbox.application)

    second = promote(sandbox.application)

    forge = sandbox.application.forge
    assert second.number != first.number
    assert forge.pull_request(first.number).state is PullRequestState.CLOSED
    assert [one.number for one in forge.pull_requests(Query())] == [second.number]
    assert promote(sandbox.application, "0.1.0-rc.2") == second


def test_a_foreign_push_to_the_branch_is_replaced(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    first = promote(sandbox.application)
    pushed = sandbox.git.commit_files(first.head_commit, {"src/x": b"x"}, "feat: x", author=DEV)
    sandbox.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    second = promote(sandbox.application)
    assert second.number != first.number
    assert sandbox.git.tree(second.head_commit) == sandbox.git.tree(first.head_commit)
    assert [one.number for one in sandbox.application.forge.pull_requests(Query())] == [
        second.number
    ]


def test_a_changelog_that_was_edited_by_hand_is_not_replaced(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    text = sandbox.git.file(pull.head_commit, "CHANGELOG.md") or b""
    edited = {"CHANGELOG.md": text + b"- And thanks to everybody\n"}
    pushed = sandbox.git.commit_files(pull.head_commit, edited, "docs: thanks", author=DEV)
    sandbox.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    sandbox.commit("fix: b")
    create_candidate(sandbox.application)
    with pytest.raises(
        ReleaseError, match=r"pull request 1 was edited by hand.*Dev <dev@localhost>"
    ):
        promote(sandbox.application)
    assert sandbox.git.commit("refs/heads/bot-promote-rc") == pushed
    sandbox.application.forge.close_pull_request(pull.number)
    assert promote(sandbox.application).number == 2


def test_without_a_new_candidate_nothing_is_promoted(sandbox: Sandbox) -> None:
    with pytest.raises(NothingNewer):
        promote(sandbox.application)
    made = create_candidate(sandbox.application)
    with pytest.raises(ReleaseError, match="no such candidate"):
        promote(sandbox.application, "0.1.0-rc.9")
    sandbox.git.text("tag", "0.1.0", made.commit)
    with pytest.raises(NothingNewer, match="released or superseded"):
        promote(sandbox.application)
    with pytest.raises(NothingNewer, match="released or superseded"):
        promote(sandbox.application, "0.1.0-rc.1")


def test_once_merged_neither_pull_request_nor_candidate_is_repeated(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    with pytest.raises(NothingNewer, match="pull request 1 is merged"):
        promote(sandbox.application)
    with pytest.raises(NothingNewer, match=r"since 0\.1\.0-rc\.1 only changelog and documentation"):
        create_candidate(sandbox.application)
    sandbox.commit("docs: something else")
    assert str(create_candidate(sandbox.application).version) == "0.1.0-rc.2"


def test_a_candidate_without_its_images_is_refused(sandbox: Sandbox) -> None:
    sandbox.git.text("tag", "0.1.0-rc.1", "main")
    with pytest.raises(RegistryError, match="image lana-bank is not in the registry"):
        promote(sandbox.application)
    assert sandbox.application.forge.pull_requests(Query()) == ()


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("[sh, -c, 'echo x > src/x; rm README.md']", "not allowed: README.md, src/x"),
        ("[sh, -c, 'echo it broke >&2; exit 3']", "run hook API docs: exit 3: it broke"),
        ("[ci/tasks/absent]", r"run hook API docs \(ci/tasks/absent\)"),
    ],
)
def test_a_failed_hook_opens_nothing(sandbox: Sandbox, hook: str, reason: str) -> None:
    text = (sandbox.git.file("main", RELEASE_YML) or b"").decode()
    broken = text.replace("[ci/tasks/update-api-docs]", hook)
    sandbox.commit("fix: b", {RELEASE_YML: broken.encode(), "src/y": b"y"})
    create_candidate(sandbox.application)
    with pytest.raises(ReleaseError, match=reason):
        promote(sandbox.application)
    assert sandbox.application.forge.pull_requests(Query()) == ()
    assert sandbox.application.git.lines("worktree", "list", "--porcelain")[3:] == []


def test_the_file_check_names_every_other_file(sandbox: Sandbox) -> None:
    assert file_check(["CHANGELOG.md", "docs-site/a/b.md"]).passes
    found = file_check(["CHANGELOG.md", "docs-site", "src/a", "x/CHANGELOG.md", "docs-sites/a"])
    assert found.rejected == ("docs-site", "src/a", "x/CHANGELOG.md", "docs-sites/a")
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    pushed = sandbox.git.commit_files(
        pull.head_commit, {"src/x": b"x"}, "feat: sneak in", author=DEV
    )
    sandbox.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    assert not report_file_check(
        sandbox.application.forge, sandbox.application.forge.pull_request(1)
    ).passes
    assert sandbox.application.forge.checks(pushed) == (
        StatusCheck(FILE_CHECK, Conclusion.FAILURE, "not allowed: src/x"),
    )


def test_changelog_sections_are_prepended_replaced_and_read_back() -> None:
    text = prepend("", "## [0.1.0] - 2026-01-01\n\n- a\n", "0.1.0")
    text = prepend(text, "## [0.2.0] - 2026-01-02\n\n- b\n", "0.2.0")
    assert text == (
        "# Changelog\n\n## [0.2.0] - 2026-01-02\n\n- b\n\n## [0.1.0] - 2026-01-01\n\n- a\n"
    )
    assert prepend(text, "## [0.2.0] - 2026-01-02\n\n- b\n", "0.2.0") == text
    assert notes(text, "0.1.0") == "- a\n"
    assert notes(text, "0.2.0") == "- b\n"
    with pytest.raises(ReleaseError, match=r"no section \[0\.3\.0\]"):
        notes(text, "0.3.0")


def test_changelog_and_notes_show_html_and_mentions_as_text(sandbox: Sandbox) -> None:
    sandbox.commit("fix: thank @admin <img src=x>\x1b[2K\u202e")
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    written = (sandbox.git.file(pull.head_commit, "CHANGELOG.md") or b"").decode()
    assert "- Thank @\u200badmin <\u200bimg src=x>?[2K?\n" in written
    committed_before = "# Changelog\n\n## [0.1.0] - 2026-01-01\n\n- <b>@admin</b>\n"
    assert notes(committed_before, "0.1.0") == "- <\u200bb>@\u200badmin<\u200b/b>\n"
