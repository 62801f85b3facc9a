"""GitHub's failure modes, as recorded, against the client."""

from __future__ import annotations

import pytest

from promoter.forge.forge import (
    Conclusion,
    ForgeBusy,
    ForgeConflict,
    ForgeError,
    NewPullRequest,
    Query,
    StatusCheck,
)
from promoter.forge.github import GitHubForge, Limits
from promoter.forge.local import LocalForge
from promoter.git import Git
from tests.slow_server import MODES, never_ending

from .conftest import DEV
from .github_server import (
    BAD_GATEWAY,
    LOST,
    NAME,
    SECONDARY_LIMIT,
    Response,
    Server,
    rate_limited,
)

PROPOSAL = NewPullRequest("ci: promote", "The body.", "topic", labels=frozenset({"a"}))


def test_every_page_is_read(bare: Git, github: GitHubForge, server: tuple[Server, str]) -> None:
    main = bare.commit("refs/heads/main")
    for number in range(5):
        commit = bare.commit_files(main, {f"{number}": b"x"}, f"feat: {number}", author=DEV)
        bare.text("update-ref", f"refs/heads/topic-{number}", commit)
        github.open_pull_request(NewPullRequest(f"{number}", "", f"topic-{number}"))
    server[0].page_size = 2
    assert [one.title for one in github.pull_requests(Query())] == ["4", "3", "2", "1", "0"]
    assert sum("GET /repos/GaloyMoney/lana-bank/pulls?" in one for one in server[0].requests) == 3


@pytest.mark.parametrize("failure", [BAD_GATEWAY, SECONDARY_LIMIT, Response(503, {})])
def test_a_temporary_failure_is_retried(
    github: GitHubForge, server: tuple[Server, str], failure: Response
) -> None:
    server[0].fail(r"^GET .*/pulls\?", failure, failure)
    assert github.pull_requests(Query()) == ()
    assert len(server[0].requests) == 3


def test_a_lasting_failure_is_an_error_after_the_last_retry(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].fail("^GET ", *[BAD_GATEWAY] * 9)
    with pytest.raises(ForgeError, match="list pull requests of GaloyMoney/lana-bank"):
        github.pull_requests(Query())


def test_a_rate_limit_that_resets_soon_is_waited_for(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].fail("^GET ", rate_limited(1))
    assert github.pull_requests(Query()) == ()


def test_a_rate_limit_that_resets_later_is_an_error_at_once(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].fail("^GET ", rate_limited(3600))
    with pytest.raises(ForgeBusy, match="rate limit is used up") as raised:
        github.pull_requests(Query())
    assert "nothing is done twice" in raised.value.next_step
    assert len(server[0].requests) == 1


@pytest.mark.slow
def test_no_response_is_an_error_after_the_timeout(
    server: tuple[Server, str],
) -> None:
    server[0].fail("^GET ", *[Response(200, [], delay=1.5)] * 9)
    hasty = GitHubForge(NAME, "a-token", server[1], Limits(timeout=1, tries=1, backoff=0))
    with pytest.raises(ForgeError, match=r"(?i)timed out"):
        hasty.pull_requests(Query())


def test_an_unreachable_server_is_an_error(local: LocalForge, github: GitHubForge) -> None:
    gone = GitHubForge(github.name, "a-token", "http://127.0.0.1:9", github.limits)
    with pytest.raises(ForgeError, match=r"(?i)refused"):
        gone.pull_requests(Query())


def test_a_post_whose_response_was_lost_is_not_repeated(
    local: LocalForge, github: GitHubForge, server: tuple[Server, str]
) -> None:
    """The repetition meets what the first request made, which is a conflict to look at."""
    server[0].fail(r"^POST .*/pulls$", LOST)
    with pytest.raises(ForgeConflict, match="already exists for GaloyMoney:topic"):
        github.open_pull_request(PROPOSAL)
    assert len(local.pull_requests(Query())) == 1


def test_refusals_have_githubs_message(
    bare: Git, github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].fail("^GET ", Response(401, {"message": "Bad credentials"}))
    with pytest.raises(ForgeError, match=r"Bad credentials \(HTTP 401\)") as raised:
        github.pull_request(1)
    assert "check the token" in raised.value.next_step
    forbidden = Response(403, {"message": "Resource not accessible by integration"})
    server[0].fail("^POST ", forbidden)
    with pytest.raises(ForgeError, match="not accessible by integration"):
        github.open_pull_request(PROPOSAL)
    with pytest.raises(ForgeConflict, match="No commit found for SHA"):
        github.set_check("a" * 40, StatusCheck("x", Conclusion.SUCCESS))


def test_the_rest_of_an_interrupted_upload_is_replaced(
    bare: Git, github: GitHubForge, server: tuple[Server, str]
) -> None:
    commit = bare.commit("refs/heads/main")
    assert commit
    github.draft_release("1.0.0", commit, "v1.0.0", "")
    server[0].half_uploaded["lana-cli"] = "1.0.0"
    found = github.release("1.0.0")
    assert found is not None
    half = found.asset("lana-cli")
    assert half is not None
    assert not half.complete
    assert github.upload_asset("1.0.0", "lana-cli", b"whole").complete
    assert github.asset("1.0.0", "lana-cli") == b"whole"


def test_the_token_is_not_shown(github: GitHubForge) -> None:
    assert "a-token" not in repr(github)


@pytest.mark.parametrize("mode", MODES)
def test_a_response_that_never_ends_is_an_error(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promoter.forge.github_connection._MOST_BYTES", 10**7)
    limits = Limits(timeout=1, tries=0, backoff=0, rate_limit=0, pause=0, write_pause=0)
    with never_ending(mode) as address:
        forge = GitHubForge(NAME, "a-token", f"http://{address}", limits)
        with pytest.raises(ForgeError, match=r"no complete response|response of more than"):
            forge.pull_request(1)


@pytest.mark.parametrize(
    ("response", "cause"),
    [
        (Response(200, b"<html>Sign in</html>"), "the response is not a JSON document"),
        (Response(200, b""), "the response is not a JSON document"),
        (Response(204, b""), r"the response is not a JSON document \(HTTP 204\)"),
        (Response(200, b"[" * 100_000), "the response is not a JSON document"),
        (Response(200, [1, {"number": "x"}]), "not as GitHub.s API documents"),
        (Response(302, b"", {"Location": "http://127.0.0.1:9/login"}), "redirected to .*/login"),
        (Response(301, b"", {"Location": "http://127.0.0.1:9/x"}), "redirected to .*/x"),
        (Response(307, b""), "redirected to nowhere"),
        (Response(403, b"<html>A proxy refuses</html>"), r"\(HTTP 403\)"),
    ],
)
def test_a_response_that_is_not_of_the_api_is_an_error_and_not_an_empty_list(
    github: GitHubForge, server: tuple[Server, str], response: Response, cause: str
) -> None:
    for read in (
        lambda: github.pull_requests(Query()),
        lambda: github.checks("a" * 40),
        lambda: github.changed_files(1),
        github.rulesets,
    ):
        server[0].failures.clear()
        server[0].fail("^GET ", response)
        with pytest.raises(ForgeError, match=cause):
            read()


def test_a_page_in_place_of_an_asset_is_an_error(
    bare: Git, github: GitHubForge, server: tuple[Server, str]
) -> None:
    commit = bare.commit("refs/heads/main")
    assert commit
    github.draft_release("1.0.0", commit, "v1.0.0", "")
    github.upload_asset("1.0.0", "lana-cli", b"whole")
    server[0].fail(r"^GET .*/assets/", Response(403, b"<html>A proxy refuses</html>"))
    with pytest.raises(ForgeError, match=r"read lana-cli of release 1\.0\.0 .*HTTP 403"):
        github.asset("1.0.0", "lana-cli")
