from __future__ import annotations

import json

import pytest

from promoter.common.errors import NothingNewer, RegistryError
from promoter.forge.forge import Conclusion, PullRequestState, Query, StatusCheck
from promoter.release.candidate import candidate
from promoter.release.changelog import notes, prepend
from promoter.release.errors import ReleaseError
from promoter.release.merge_rules import FILE_CHECK, file_check, report_file_check
from promoter.release.promotion import promote

from .shop import DEV, RELEASE_YML, Shop


def test_opens_a_draft_with_changelog_and_docs_on_the_candidates_commit(shop: Shop) -> None:
    shop.commit("fix(loans): round once\n\nMore words.")
    shop.commit("chore: tidy")
    made = candidate(shop.application)
    shop.commit("feat: after the candidate")

    pull = promote(shop.application)

    assert (pull.head, pull.base, pull.draft) == ("bot-promote-rc", "main", True)
    assert pull.labels == {"promote-rc", "galoybot"}
    assert pull.title == "ci: promote RC to 0.1.0"
    assert made.commit in pull.body
    assert shop.git.commit(f"{pull.head_commit}^") == made.commit
    assert shop.application.forge.changed_files(pull.number) == (
        "CHANGELOG.md",
        "docs-site/docs/api.md",
        "docs-site/static/event-schemas/customer.created.json",
        "docs-site/static/event-schemas/index.json",
        "docs-site/static/event-schemas/loan.disbursed.json",
        "docs-site/versioned_docs/version-0.1.0/api.md",
        "docs-site/versioned_docs/version-0.1.0/intro.md",
        "docs-site/versions.json",
    )
    said = (shop.git.file(pull.head_commit, "CHANGELOG.md") or b"").decode()
    date = shop.git.text("show", "--no-patch", "--format=%cs", made.commit)
    assert said == (
        f"# Changelog\n\n## [0.1.0] - {date}\n\n### Features\n\n- The application\n\n"
        "### Bug Fixes\n\n- *(loans)* Round once\n\n### Miscellaneous Tasks\n\n- Tidy\n"
    )
    api = (shop.git.file(pull.head_commit, "docs-site/docs/api.md") or b"").decode()
    assert "| `version` | `String!` |" in api
    versions = shop.git.file(pull.head_commit, "docs-site/versions.json") or b""
    assert json.loads(versions) == ["0.1.0"]
    assert shop.application.forge.checks(pull.head_commit) == (
        StatusCheck(FILE_CHECK, Conclusion.SUCCESS, "only CHANGELOG.md and docs-site/**"),
    )


def test_again_for_the_same_candidate_is_the_same_pull_request(shop: Shop) -> None:
    candidate(shop.application)
    pull = promote(shop.application)
    assert promote(shop.application) == pull


def test_an_older_one_is_replaced(shop: Shop) -> None:
    candidate(shop.application)
    first = promote(shop.application)
    shop.commit("fix: b")
    candidate(shop.application)

    second = promote(shop.application)

    forge = shop.application.forge
    assert second.number != first.number
    assert forge.pull_request(first.number).state is PullRequestState.CLOSED
    assert [one.number for one in forge.pull_requests(Query())] == [second.number]
    assert promote(shop.application, "0.1.0-rc.2") == second


def test_what_somebody_pushed_to_the_branch_is_replaced(shop: Shop) -> None:
    candidate(shop.application)
    first = promote(shop.application)
    pushed = shop.git.commit_files(first.head_commit, {"src/x": b"x"}, "feat: x", author=DEV)
    shop.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    second = promote(shop.application)
    assert second.number != first.number
    assert shop.git.tree(second.head_commit) == shop.git.tree(first.head_commit)
    assert [one.number for one in shop.application.forge.pull_requests(Query())] == [second.number]


def test_nothing_to_promote(shop: Shop) -> None:
    with pytest.raises(NothingNewer):
        promote(shop.application)
    made = candidate(shop.application)
    with pytest.raises(ReleaseError, match="there is no such candidate"):
        promote(shop.application, "0.1.0-rc.9")
    shop.git.text("tag", "0.1.0", made.commit)
    with pytest.raises(NothingNewer, match="released or superseded"):
        promote(shop.application)
    with pytest.raises(NothingNewer, match="released or superseded"):
        promote(shop.application, "0.1.0-rc.1")


def test_once_merged_it_is_not_opened_again_nor_is_there_another_candidate(shop: Shop) -> None:
    candidate(shop.application)
    shop.merge(promote(shop.application))
    with pytest.raises(NothingNewer, match="pull request 1 is merged"):
        promote(shop.application)
    with pytest.raises(NothingNewer, match=r"since 0\.1\.0-rc\.1 only changelog and documentation"):
        candidate(shop.application)
    shop.commit("docs: something else")
    assert str(candidate(shop.application).version) == "0.1.0-rc.2"


def test_a_candidate_without_its_images_is_refused(shop: Shop) -> None:
    shop.git.text("tag", "0.1.0-rc.1", "main")
    with pytest.raises(RegistryError, match="image lana-bank is not in the registry"):
        promote(shop.application)
    assert shop.application.forge.pull_requests(Query()) == ()


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("[sh, -c, 'echo x > src/x; rm README.md']", "not allowed: README.md, src/x"),
        ("[sh, -c, 'echo it broke >&2; exit 3']", "run hook API docs: exit 3: it broke"),
        ("[ci/tasks/absent]", r"run hook API docs \(ci/tasks/absent\)"),
    ],
)
def test_a_hook_that_goes_wrong_opens_nothing(shop: Shop, hook: str, reason: str) -> None:
    text = (shop.git.file("main", RELEASE_YML) or b"").decode()
    broken = text.replace("[ci/tasks/update-api-docs]", hook)
    shop.commit("fix: b", {RELEASE_YML: broken.encode(), "src/y": b"y"})
    candidate(shop.application)
    with pytest.raises(ReleaseError, match=reason):
        promote(shop.application)
    assert shop.application.forge.pull_requests(Query()) == ()
    assert shop.application.git.lines("worktree", "list", "--porcelain")[3:] == []


def test_the_file_check_names_every_other_file(shop: Shop) -> None:
    assert file_check(["CHANGELOG.md", "docs-site/a/b.md"]).passes
    found = file_check(["CHANGELOG.md", "docs-site", "src/a", "x/CHANGELOG.md", "docs-sites/a"])
    assert found.rejected == ("docs-site", "src/a", "x/CHANGELOG.md", "docs-sites/a")
    candidate(shop.application)
    pull = promote(shop.application)
    pushed = shop.git.commit_files(pull.head_commit, {"src/x": b"x"}, "feat: sneak in", author=DEV)
    shop.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    assert not report_file_check(
        shop.application.forge, shop.application.forge.pull_request(1)
    ).passes
    assert shop.application.forge.checks(pushed) == (
        StatusCheck(FILE_CHECK, Conclusion.FAILURE, "not allowed: src/x"),
    )


def test_sections_are_put_first_replaced_and_read_back() -> None:
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
