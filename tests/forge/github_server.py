"""A server on loopback that speaks the part of GitHub's REST API that promoter uses.

Its state is a local forge, so both implementations of the Protocol can be held to one set
of tests; statuses, bodies and headers of refusals are as GitHub documents and sends them.
A token needs the endpoint's permission, a merge has to satisfy the rulesets (`github_rules`),
limits count the requests, and an app's token is issued for a JWT that its key signed.
`fail` makes the next requests that fit end as recorded failures do.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from promoter.forge.forge import (
    Conclusion,
    DeploymentReport,
    DeploymentState,
    ForgeConflict,
    ForgeMissing,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    StatusCheck,
)
from promoter.forge.local import LocalForge
from tests.concourse.ruleset_schema import Ruleset
from tests.http_server import listening

from .github_rules import Token, active, skips_workflows, violations

NAME = "GaloyMoney/lana-bank"
OWNER = "GaloyMoney"
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Response:
    """A status, a JSON body or bytes, and headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    work_first: bool = False


def rate_limited(seconds: int) -> Response:
    """The primary limit: its reset is ``seconds`` from now."""
    message = "API rate limit exceeded for user ID 1. If you reach out to GitHub Support..."
    headers = {
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(time.time()) + seconds),
    }
    return Response(
        403, {"message": message, "documentation_url": "https://docs.github.com"}, headers
    )


SECONDARY_LIMIT = Response(
    403,
    {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."},
    {"Retry-After": "0"},
)
BAD_GATEWAY = Response(502, {"message": "Server Error"})
# What a client sees when the answer is lost after the work was done.
LOST = Response(0, drop=True, work_first=True)


@dataclass(frozen=True)
class InstalledApp:
    """An app that is installed in the repository: its public key, and its permissions."""

    identity: int
    slug: str
    public_key: bytes
    permissions: dict[str, str]


def key_pair() -> tuple[str, bytes]:
    """Return the private key of an app as GitHub generates it, and its public half."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), public


class Server:
    """The server's state: a forge, the next failures, and the requests so far.

    ``left`` requests are allowed until the primary limit's reset in an hour, None without limit;
    more than ``most_writes`` in a minute meet the secondary limit.
    """

    def __init__(self, forge: LocalForge, name: str = NAME) -> None:
        self.forge, self.name = forge, name
        self.tokens = {"a-token": Token()}
        self.app: InstalledApp | None = None
        self.check_runs: dict[str, list[dict[str, Any]]] = {}
        self.approvals: dict[int, int] = {}
        self.left: int | None = None
        self.most_writes = 80
        self.writes: list[float] = []
        self.lock = threading.Lock()
        self.failures: list[tuple[str, Response]] = []
        self.requests: list[str] = []
        self.half_uploaded: dict[str, str] = {}
        self.releases: list[str] = []
        self.comments: list[str] = []
        self.deployments: list[dict[str, Any]] = []
        self.deployment_statuses: dict[int, list[dict[str, Any]]] = {}
        self.page_size: int | None = None
        self.rulesets: list[dict[str, Any]] = []
        self.workflow_settings: dict[str, list[str]] = {"secrets": [], "variables": []}
        self.environments: dict[str, dict[str, list[str]]] = {}
        self.values: dict[tuple[str, str], str] = {}

    def fail(self, request: str, *answers: Response) -> None:
        """The next requests whose "METHOD path" fits the regex get these, one each."""
        self.failures += [(request, answer) for answer in answers]

    def over_limit(self, method: str) -> Response | None:
        """Count a request; return GitHub's refusal if it is over a limit."""
        if self.left is not None:
            if self.left == 0:
                return rate_limited(3600)
            self.left -= 1
        if method != "GET":
            now = time.monotonic()
            self.writes = [*(each for each in self.writes if each > now - 60), now]
            if len(self.writes) > self.most_writes:
                return SECONDARY_LIMIT
        return None

    def run_check(self, commit: str, name: str, conclusion: str | None) -> None:
        """Set the latest check run ``name`` of ``commit``; without a conclusion it is running.

        As on GitHub, no workflow runs for a commit whose message says so.
        """
        if skips_workflows(self.forge.git.text("log", "-1", "--format=%B", commit)):
            return
        runs = [each for each in self.check_runs.get(commit, []) if each["name"] != name]
        status = "completed" if conclusion else "in_progress"
        run = {"id": len(runs) + 1, "name": name, "status": status, "conclusion": conclusion}
        self.check_runs[commit] = [*runs, {**run, "head_sha": commit, "output": {"title": None}}]

    def failure(self, request: str) -> Response | None:
        """The failure meant for this request, used up by asking."""
        for number, (pattern, answer) in enumerate(self.failures):
            if re.search(pattern, request):
                del self.failures[number]
                return answer
        return None


@contextmanager
def serving(forge: LocalForge, name: str = NAME) -> Iterator[tuple[Server, str]]:
    """The server of repository ``name`` and its address, ``http://127.0.0.1:<port>``."""
    state = Server(forge, name)
    handler = type("Bound", (_Handler,), {"state": state})
    with listening(handler) as address:
        yield state, f"http://{address}"


class _Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {self.path}"
        with self.state.lock:
            self.state.requests.append(request)
            failure = self.state.failure(request) or self.state.over_limit(self.command)
            answer = failure or self._answer(body)
            if failure and failure.work_first:
                self._answer(body)
        if answer.delay:
            time.sleep(answer.delay)
        if answer.drop:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Response) -> None:
        raw = isinstance(answer.body, bytes)
        payload = answer.body if raw else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/octet-stream" if raw else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(payload)
        except BrokenPipeError:
            self.close_connection = True

    def _answer(self, body: bytes) -> Response:
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        path = split.path.removeprefix(f"/repos/{self.state.name}")
        credential = self.headers.get("Authorization", "").partition(" ")[2]
        for method, pattern, accepted, answered in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                # An app's own requests have a JWT in place of a token; their handlers verify it.
                token = self.state.tokens.get(credential, None if accepted else Token())
                if token is None:
                    return Response(401, {"message": "Bad credentials"})
                if accepted and not token.allows(accepted):
                    return _forbidden(accepted)
                call = _Call(self, found.groups(), query, body, token, credential)
                try:
                    return answered(call)
                except ForgeMissing:
                    return Response(404, {"message": "Not Found"})
        return Response(404, {"message": "Not Found", "path": path})


def _forbidden(accepted: str) -> Response:
    """GitHub's refusal of a token without the permission, which a header names."""
    page = "https://docs.github.com/rest"
    message = {"message": "Resource not accessible by integration", "documentation_url": page}
    return Response(403, {**message, "status": "403"}, {"X-Accepted-GitHub-Permissions": accepted})


@dataclass(frozen=True)
class _Call:
    handler: _Handler
    parts: tuple[str, ...]
    query: dict[str, str]
    body: bytes
    token: Token
    credential: str

    @property
    def state(self) -> Server:
        return self.handler.state

    @property
    def forge(self) -> LocalForge:
        return self.state.forge

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def base(self) -> str:
        return f"http://{self.handler.headers['Host']}/repos/{self.state.name}"

    def paged(self, items: list[Any]) -> Response:
        """One page, with GitHub's Link header when there is another."""
        page = int(self.query.get("page", "1"))
        size = self.state.page_size or int(self.query.get("per_page", "30"))
        shown = items[(page - 1) * size : page * size]
        path = urlsplit(self.handler.path).path
        origin = self.base.removesuffix(f"/repos/{self.state.name}")
        more = {**self.query, "page": str(page + 1)}
        target = f"{origin}{path}?{'&'.join(f'{k}={v}' for k, v in more.items())}"
        headers = {"Link": f'<{target}>; rel="next"'} if page * size < len(items) else {}
        return Response(200, shown, headers)


def _shown(call: _Call, pull: PullRequest) -> dict[str, Any]:
    url = f"{call.base}/pulls/{pull.number}"
    merged_at = "2026-01-01T00:00:00Z" if pull.state is PullRequestState.MERGED else None
    return {
        "url": url,
        "issue_url": f"{call.base}/issues/{pull.number}",
        "html_url": f"https://github.com/{call.state.name}/pull/{pull.number}",
        "node_id": f"PR_{pull.number}",
        "number": pull.number,
        "title": pull.title,
        "body": pull.body or None,
        "state": "open" if pull.state is PullRequestState.OPEN else "closed",
        "draft": pull.draft,
        "user": {"login": pull.author},
        "labels": [{"name": label} for label in sorted(pull.labels)],
        "head": {"ref": pull.head, "sha": pull.head_commit},
        "base": {"ref": pull.base, "sha": call.forge.branch(pull.base)},
        "merged_at": merged_at,
        # Of an open pull request GitHub names its trial merge here.
        "merge_commit_sha": pull.merge_commit or "e" * 40,
    }


def _list_pulls(call: _Call) -> Response:
    state = call.query.get("state", "open")
    head = call.query.get("head", "").removeprefix(f"{OWNER}:")
    found = call.forge.pull_requests(Query(state=None, head=head))
    fitting = [
        pull
        for pull in found
        if state == "all" or (state == "open") == (pull.state is PullRequestState.OPEN)
    ]
    return call.paged([_shown(call, pull) for pull in fitting])


def _list_issues(call: _Call) -> Response:
    """Issues with the label, all of them as asked for, and as on GitHub also pull requests."""
    assert call.query["state"] == "all"
    label = call.query["labels"]
    pulls = call.forge.pull_requests(Query(state=None, labels=frozenset({label})))
    shown = [
        {**_shown(call, pull), "created_at": _time(_EPOCH), "closed_at": None, "pull_request": {}}
        for pull in pulls
    ]
    for each in call.forge.issues(label):
        facts = {
            "number": each.number,
            "title": each.title,
            "state": "closed" if each.closed else "open",
            "labels": [{"name": name} for name in sorted(each.labels)],
            "created_at": _time(each.opened),
            "closed_at": _time(each.closed) if each.closed else None,
            "html_url": f"https://github.com/{call.state.name}/issues/{each.number}",
        }
        shown.append(facts)
    return call.paged(shown)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _open_pull(call: _Call) -> Response:
    request = call.json
    proposal = NewPullRequest(
        request["title"], request["body"], request["head"], request["base"], request["draft"]
    )
    try:
        return Response(201, _shown(call, call.forge.open_pull_request(proposal)))
    except ForgeConflict as error:
        exists = "already exists" in str(error)
        text = (
            f"A pull request already exists for {OWNER}:{proposal.head}."
            if exists
            else f"No commits between {proposal.base} and {proposal.head}"
        )
        entry = {"resource": "PullRequest", "code": "custom", "message": text}
        return Response(422, {"message": "Validation Failed", "errors": [entry]})


def _get_pull(call: _Call) -> Response:
    return Response(200, _shown(call, call.forge.pull_request(int(call.parts[0]))))


def _edit_pull(call: _Call) -> Response:
    number, request = int(call.parts[0]), call.json
    if request.get("state") == "closed":
        call.forge.close_pull_request(number)
    if "title" in request:
        call.forge.edit_pull_request(number, title=request["title"], body=request["body"])
    return _get_pull(call)


def _merge_pull(call: _Call) -> Response:
    number = int(call.parts[0])
    pull = call.forge.pull_request(number)
    if not pull.draft and pull.head_commit == call.json["sha"]:
        results = _results(call, pull.head_commit)
        approvals = call.state.approvals.get(number, 0)
        if found := violations(call.state.rulesets, pull, call.token, results, approvals):
            text = "\n\n".join(["Repository rule violations found", *found])
            return Response(405, {"message": f"{text}\n\n"})
    try:
        merged = call.forge.merge_pull_request(number, head_commit=call.json["sha"])
    except ForgeConflict as error:
        if "its head is" in str(error):
            text = "Head branch was modified. Review and try the merge again."
            return Response(409, {"message": text})
        draft = "it is a draft" in str(error)
        text = "Pull Request is still a draft" if draft else "Pull Request is not mergeable"
        return Response(405, {"message": text})
    return Response(200, {"sha": merged.merge_commit, "merged": True, "message": "merged"})


def _files(call: _Call) -> Response:
    names = call.forge.changed_files(int(call.parts[0]))
    return call.paged([{"filename": name, "status": "modified"} for name in names])


def _label(call: _Call) -> Response:
    call.forge.add_labels(int(call.parts[0]), json.loads(call.body))
    return Response(200, [])


def _graphql(call: _Call) -> Response:
    if "release(tagName" in call.json["query"]:
        return _draft_of_tag(call)
    if not call.token.allows("pull_requests=write"):
        return _forbidden("pull_requests=write")
    number = int(call.json["variables"]["input"]["pullRequestId"].removeprefix("PR_"))
    call.forge.mark_ready(number)
    mutation = {"clientMutationId": None, "pullRequest": {"isDraft": False}}
    return Response(200, {"data": {"markPullRequestReadyForReview": mutation}})


def _shown_comment(call: _Call, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{call.base}/issues/comments/{number}",
        "html_url": f"https://github.com/{call.state.name}/pull/7#issuecomment-{number}",
        "body": call.state.comments[number],
    }


def _comments(call: _Call) -> Response:
    return call.paged([_shown_comment(call, number) for number in range(len(call.state.comments))])


def _comment(call: _Call) -> Response:
    call.state.comments.append(call.json["body"])
    return Response(201, _shown_comment(call, len(call.state.comments) - 1))


def _edit_comment(call: _Call) -> Response:
    number = int(call.parts[0])
    call.state.comments[number] = call.json["body"]
    return Response(200, _shown_comment(call, number))


def _commit(call: _Call) -> Response:
    sha = call.parts[0]
    return Response(200, {"sha": sha, "url": f"{call.base}/commits/{sha}"})


def _pulls_of(call: _Call) -> Response:
    sha = call.parts[0]
    if call.forge.git.commit(sha) is None:
        return Response(422, {"message": f"No commit found for SHA: {sha}"})
    return call.paged([_shown(call, pull) for pull in call.forge.pull_requests_of(sha)])


def _results(call: _Call, commit: str) -> dict[str, str]:
    """The conclusion of each status and check run of ``commit``, empty while it is pending."""
    statuses = {one.name: one.conclusion.value for one in call.forge.checks(commit)}
    runs = {run["name"]: run["conclusion"] for run in call.state.check_runs.get(commit, [])}
    return {
        name: "" if result in (None, "pending") else result
        for name, result in {**statuses, **runs}.items()
    }


def _statuses(call: _Call) -> Response:
    """Every status, the newest first: a context has as many as were set."""
    return call.paged(
        [
            {"context": one.name, "state": state, "description": one.summary}
            for one in call.forge.checks(call.parts[0])
            for state in (one.conclusion.value, "pending")
        ]
    )


def _check_runs(call: _Call) -> Response:
    runs = call.state.check_runs.get(call.parts[0], [])
    page = call.paged(runs)
    return replace(page, body={"total_count": len(runs), "check_runs": page.body})


def _set_status(call: _Call) -> Response:
    request = call.json
    check = StatusCheck(request["context"], Conclusion(request["state"]), request["description"])
    try:
        call.forge.set_check(call.parts[0], check)
    except ForgeMissing:
        text = f"No commit found for SHA: {call.parts[0]}"
        return Response(422, {"message": text, "documentation_url": "https://docs.github.com"})
    return Response(201, {**request, "id": 1})


_DEPLOYMENT_STATES = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]


def _deployments(call: _Call) -> Response:
    known = [
        each
        for each in reversed(call.state.deployments)
        if all(each[name] == call.query.get(name, each[name]) for name in ("sha", "environment"))
    ]
    return call.paged(known)


def _deploy(call: _Call) -> Response:
    """Create one; without ``required_contexts`` GitHub wants every check of the commit to pass."""
    request = call.json
    if (commit := call.forge.git.commit(request["ref"])) is None:
        return Response(422, {"message": f"No ref found for: {request['ref']}"})
    if request.get("auto_merge", True) or request.get("required_contexts") != []:
        return Response(409, {"message": "Conflict: Commit status checks failed"})
    identity = len(call.state.deployments) + 1
    url = f"{call.base}/deployments/{identity}"
    made = {**request, "id": identity, "sha": commit, "url": url, "statuses_url": f"{url}/statuses"}
    call.state.deployments.append(made)
    return Response(201, made)


def _deployment_statuses(call: _Call) -> Response:
    return call.paged(call.state.deployment_statuses.get(int(call.parts[0]), []))


def _deployment_status(call: _Call) -> Response:
    request, identity = call.json, int(call.parts[0])
    if request["state"] not in _DEPLOYMENT_STATES or len(request.get("description", "")) > 140:
        return Response(422, {"message": "Validation Failed"})
    made = {"id": 1, **request}
    known = call.state.deployment_statuses.setdefault(identity, [])
    known.insert(0, made)
    deployment = call.state.deployments[identity - 1]
    state = DeploymentState(request["state"])
    call.forge.report_deployment(
        DeploymentReport(
            deployment["environment"], deployment["sha"], state, request["description"]
        )
    )
    return Response(201, made)


def _identity(call: _Call, release: PublishedRelease) -> int:
    known = call.state.releases
    if release.tag not in known:
        known.append(release.tag)
    return known.index(release.tag) + 1


def _shown_release(call: _Call, release: PublishedRelease) -> dict[str, Any]:
    url = f"{call.base}/releases/{release.tag}"
    return {
        "url": url,
        "id": _identity(call, release),
        "upload_url": f"{url}/assets{{?name,label}}",
        "html_url": f"https://github.com/{call.state.name}/releases/{release.tag}",
        "tag_name": release.tag,
        "target_commitish": release.commit,
        "name": release.name,
        "body": release.notes,
        "draft": release.draft,
        "assets": _shown_assets(call, release),
    }


def _draft_of_tag(call: _Call) -> Response:
    """The release of a tag, drafts included, as `gh` asks for it."""
    found = call.forge.release(call.json["variables"]["tagName"])
    seen = found and (not found.draft or call.token.allows("contents=write"))
    shown = (
        {"databaseId": _identity(call, found), "isDraft": found.draft} if found and seen else None
    )
    return Response(200, {"data": {"repository": {"release": shown}}})


def _release_of_tag(call: _Call) -> Response:
    """A published release: GitHub has no draft under its tag."""
    found = call.forge.release(call.parts[0])
    if found is None or found.draft:
        raise ForgeMissing(call.parts[0])
    return Response(200, _shown_release(call, found))


def _release(call: _Call) -> Response:
    known, number = call.state.releases, int(call.parts[0])
    found = call.forge.release(known[number - 1]) if number <= len(known) else None
    if found is None or (found.draft and not call.token.allows("contents=write")):
        raise ForgeMissing(call.parts[0])
    return Response(200, _shown_release(call, found))


def _shown_assets(call: _Call, release: PublishedRelease) -> list[dict[str, Any]]:
    url = f"{call.base}/releases/{release.tag}/assets"
    whole = [(asset.name, asset.size, "uploaded") for asset in release.assets]
    half = [(name, 0, "starter") for name, tag in call.state.half_uploaded.items()]
    return [
        {"url": f"{url}/{name}", "id": 1, "name": name, "size": size, "state": state}
        for name, size, state in (*whole, *half)
    ]


def _releases(call: _Call) -> Response:
    git = call.forge.git
    tree = git.tree("refs/forge/data", "releases")
    names = git.lines("ls-tree", "--name-only", tree) if tree else []
    found = [call.forge.release(name.removesuffix(".json")) for name in names]
    # GitHub shows drafts only to those who may push.
    drafts = call.token.allows("contents=write")
    return call.paged(
        [_shown_release(call, one) for one in found if one and (drafts or not one.draft)]
    )


def _draft(call: _Call) -> Response:
    request = call.json
    facts = (request[key] for key in ("tag_name", "target_commitish", "name", "body"))
    return Response(201, _shown_release(call, call.forge.draft_release(*facts)))


def _publish(call: _Call) -> Response:
    return Response(200, _shown_release(call, call.forge.publish_release(call.parts[0])))


def _assets(call: _Call) -> Response:
    release = call.forge.release(call.parts[0])
    return call.paged(_shown_assets(call, release)) if release else Response(404, {"message": ""})


def _upload(call: _Call) -> Response:
    tag, name = call.parts[0], call.query["name"]
    taken = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
    refused = Response(422, {"message": "Validation Failed", "errors": [taken]})
    if name in call.state.half_uploaded:
        return refused
    try:
        asset = call.forge.upload_asset(tag, name, call.body)
    except ForgeConflict:
        return refused
    url = f"{call.base}/releases/{tag}/assets/{name}"
    return Response(201, {"url": url, "name": name, "size": asset.size, "state": "uploaded"})


def _asset(call: _Call) -> Response:
    return Response(200, call.forge.asset(*call.parts))


def _delete_asset(call: _Call) -> Response:
    call.state.half_uploaded.pop(call.parts[1])
    return Response(204, b"")


def _rulesets(call: _Call) -> Response:
    """The list: without conditions, rules and bypass actors."""
    fields = ("id", "name", "target", "enforcement")
    return Response(200, [{name: each[name] for name in fields} for each in call.state.rulesets])


def _ruleset(call: _Call) -> Response:
    found = [each for each in call.state.rulesets if str(each["id"]) == call.parts[0]]
    return Response(200, found[0]) if found else Response(404, {"message": "Not Found"})


def _put_ruleset(call: _Call) -> Response:
    """Create a ruleset, or replace the one of an id; refuse what does not fit the schema."""
    try:
        Ruleset.model_validate_json(call.body)
    except ValidationError as error:
        return Response(422, {"message": "Validation Failed", "errors": [str(error)]})
    identity = int(call.parts[0]) if call.parts else len(call.state.rulesets) + 1
    others = [each for each in call.state.rulesets if each["id"] != identity]
    call.state.rulesets = [*others, {**call.json, "id": identity}]
    return Response(200 if call.parts else 201, call.state.rulesets[-1])


def _rules_of_branch(call: _Call) -> Response:
    """The rules of every active ruleset of a branch, as one list."""
    rulesets = active(call.state.rulesets, unquote(call.parts[0]))
    return call.paged(
        [{**rule, "ruleset_id": each["id"]} for each in rulesets for rule in each["rules"]]
    )


def _app(call: _Call) -> Response:
    app = call.state.app
    if app is None or app.slug != call.parts[0]:
        return Response(404, {"message": "Not Found"})
    return Response(200, {"id": app.identity, "slug": app.slug, "name": app.slug})


def _authenticated(call: _Call) -> InstalledApp | None:
    """The app whose key signed the request's JWT, which is valid for at most 10 minutes."""
    app = call.state.app
    try:
        claims = jwt.decode(call.credential, app.public_key if app else b"", ["RS256"])
    except jwt.PyJWTError:
        return None
    fits = app and claims["iss"] == str(app.identity) and claims["exp"] - claims["iat"] <= 660
    return app if fits else None


def _installation(call: _Call) -> Response:
    if (app := _authenticated(call)) is None:
        return Response(401, {"message": "A JSON web token could not be decoded"})
    return Response(200, {"id": 77, "app_id": app.identity, "app_slug": app.slug})


def _issue_token(call: _Call) -> Response:
    if (app := _authenticated(call)) is None:
        return Response(401, {"message": "A JSON web token could not be decoded"})
    issued = f"issued-{len(call.state.tokens)}"
    call.state.tokens[issued] = Token(f"{app.slug}[bot]", app.permissions, app.identity)
    expiry = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    return Response(201, {"token": issued, "expires_at": expiry, "permissions": app.permissions})


def _workflow_settings(call: _Call) -> Response:
    *environment, kind = call.parts
    settings = call.state.workflow_settings
    if environment:
        if environment[0] not in call.state.environments:
            raise ForgeMissing(environment[0])
        settings = call.state.environments[environment[0]]
    listed = [{"name": name} for name in settings.get(kind, [])]
    for each in listed if kind == "variables" else ():
        each["value"] = call.state.values.get(("".join(environment), each["name"]), "")
    return Response(200, {"total_count": len(listed), kind: listed})


def _variables(call: _Call) -> list[str]:
    """The names of the variables of the environment in the path."""
    if call.parts[0] not in call.state.environments:
        raise ForgeMissing(call.parts[0])
    return call.state.environments[call.parts[0]].setdefault("variables", [])


def _create_variable(call: _Call) -> Response:
    names, name = _variables(call), call.json["name"]
    if name in names:
        return Response(409, {"message": "Already exists - Variable already exists"})
    names.append(name)
    call.state.values[call.parts[0], name] = call.json["value"]
    return Response(201, {})


def _update_variable(call: _Call) -> Response:
    environment, name = call.parts
    if name not in _variables(call):
        raise ForgeMissing(name)
    call.state.values[environment, name] = call.json["value"]
    return Response(204, b"")


_EITHER_WRITE = "issues=write; pull_requests=write"
_EITHER_READ = "issues=read; pull_requests=read"
# Method, path, the permissions that GitHub's reference accepts (none: an app's JWT), handler.
_ROUTES: list[tuple[str, str, str, Callable[[_Call], Response]]] = [
    ("GET", r"/pulls", "pull_requests=read", _list_pulls),
    ("POST", r"/pulls", "pull_requests=write", _open_pull),
    ("GET", r"/pulls/(\d+)", "pull_requests=read", _get_pull),
    ("PATCH", r"/pulls/(\d+)", "pull_requests=write", _edit_pull),
    ("PUT", r"/pulls/(\d+)/merge", "contents=write", _merge_pull),
    ("GET", r"/pulls/(\d+)/files", "pull_requests=read", _files),
    ("GET", r"/issues", "issues=read", _list_issues),
    ("POST", r"/issues/(\d+)/labels", _EITHER_WRITE, _label),
    ("GET", r"/issues/\d+/comments", _EITHER_READ, _comments),
    ("POST", r"/issues/\d+/comments", _EITHER_WRITE, _comment),
    ("PATCH", r"/issues/comments/(\d+)", _EITHER_WRITE, _edit_comment),
    ("POST", r"/graphql", "pull_requests=write; contents=read", _graphql),
    ("GET", r"/commits/([0-9a-f]+)", "contents=read", _commit),
    ("GET", r"/commits/([0-9a-f]+)/pulls", "pull_requests=read", _pulls_of),
    ("GET", r"/statuses/([0-9a-f]+)", "statuses=read", _statuses),
    ("GET", r"/commits/([0-9a-f]+)/check-runs", "checks=read", _check_runs),
    ("POST", r"/statuses/([0-9a-f]+)", "statuses=write", _set_status),
    ("GET", r"/deployments", "deployments=read", _deployments),
    ("POST", r"/deployments", "deployments=write", _deploy),
    ("GET", r"/deployments/(\d+)/statuses", "deployments=read", _deployment_statuses),
    ("POST", r"/deployments/(\d+)/statuses", "deployments=write", _deployment_status),
    ("GET", r"/releases", "contents=read", _releases),
    ("POST", r"/releases", "contents=write", _draft),
    ("GET", r"/releases/tags/([^/]+)", "contents=read", _release_of_tag),
    ("GET", r"/releases/(\d+)", "contents=read", _release),
    ("PATCH", r"/releases/([^/]+)", "contents=write", _publish),
    ("GET", r"/releases/([^/]+)/assets", "contents=read", _assets),
    ("POST", r"/releases/([^/]+)/assets", "contents=write", _upload),
    ("GET", r"/releases/([^/]+)/assets/([^/]+)", "contents=read", _asset),
    ("DELETE", r"/releases/([^/]+)/assets/([^/]+)", "contents=write", _delete_asset),
    ("GET", r"/rulesets", "metadata=read", _rulesets),
    ("GET", r"/rulesets/(\d+)", "metadata=read", _ruleset),
    ("POST", r"/rulesets", "administration=write", _put_ruleset),
    ("PUT", r"/rulesets/(\d+)", "administration=write", _put_ruleset),
    ("GET", r"/rules/branches/([^/]+)", "metadata=read", _rules_of_branch),
    ("GET", r"/actions/(secrets)", "secrets=read", _workflow_settings),
    ("GET", r"/actions/(variables)", "actions_variables=read", _workflow_settings),
    ("GET", r"/environments/([^/]+)/(secrets|variables)", "environments=read", _workflow_settings),
    ("POST", r"/environments/([^/]+)/variables", "environments=write", _create_variable),
    ("PATCH", r"/environments/([^/]+)/variables/(\w+)", "environments=write", _update_variable),
    ("GET", r"/apps/([^/]+)", "metadata=read", _app),
    ("GET", r"/installation", "", _installation),
    ("POST", r"/app/installations/77/access_tokens", "", _issue_token),
]
