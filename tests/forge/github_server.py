"""A server on loopback that speaks the part of GitHub's REST API that promoter uses.

Its state is a local forge, so both implementations of the Protocol can be held to one set
of tests; statuses, bodies and headers of refusals are as GitHub documents and sends them.
`fail` makes the next requests that fit end as recorded failures do.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from promoter.forge.forge import (
    Conclusion,
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

NAME = "GaloyMoney/lana-bank"
OWNER = "GaloyMoney"


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


class Server:
    """The server's state: a forge, the next failures, and the requests so far."""

    def __init__(self, forge: LocalForge) -> None:
        self.forge = forge
        self.lock = threading.Lock()
        self.failures: list[tuple[str, Response]] = []
        self.requests: list[str] = []
        self.half_uploaded: dict[str, str] = {}
        self.comments: list[str] = []
        self.page_size: int | None = None
        self.rulesets: list[dict[str, Any]] = []
        self.workflow_settings: dict[str, list[str]] = {"secrets": [], "variables": []}

    def fail(self, request: str, *answers: Response) -> None:
        """The next requests whose "METHOD path" fits the regex get these, one each."""
        self.failures += [(request, answer) for answer in answers]

    def failure(self, request: str) -> Response | None:
        """The failure meant for this request, used up by asking."""
        for number, (pattern, answer) in enumerate(self.failures):
            if re.search(pattern, request):
                del self.failures[number]
                return answer
        return None


@contextmanager
def serving(forge: LocalForge) -> Iterator[tuple[Server, str]]:
    """The server and its address, ``http://127.0.0.1:<port>``."""
    state = Server(forge)
    handler = type("Bound", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield state, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


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
            failure = self.state.failure(request)
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
        path = split.path.removeprefix(f"/repos/{NAME}")
        for method, pattern, answered in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                try:
                    return answered(_Call(self, found.groups(), query, body))
                except ForgeMissing:
                    return Response(404, {"message": "Not Found"})
        return Response(404, {"message": "Not Found", "path": path})


@dataclass(frozen=True)
class _Call:
    handler: _Handler
    parts: tuple[str, ...]
    query: dict[str, str]
    body: bytes

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
        host, port = self.handler.server.server_address[:2]
        return f"http://{host!s}:{port}/repos/{NAME}"

    def paged(self, items: list[Any]) -> Response:
        """One page, with GitHub's Link header when there is another."""
        page = int(self.query.get("page", "1"))
        size = self.state.page_size or int(self.query.get("per_page", "30"))
        shown = items[(page - 1) * size : page * size]
        path = urlsplit(self.handler.path).path
        origin = self.base.removesuffix(f"/repos/{NAME}")
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
        "html_url": f"https://github.com/{NAME}/pull/{pull.number}",
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
    number = int(call.json["variables"]["input"]["pullRequestId"].removeprefix("PR_"))
    call.forge.mark_ready(number)
    mutation = {"clientMutationId": None, "pullRequest": {"isDraft": False}}
    return Response(200, {"data": {"markPullRequestReadyForReview": mutation}})


def _shown_comment(call: _Call, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{call.base}/issues/comments/{number}",
        "html_url": f"https://github.com/{NAME}/pull/7#issuecomment-{number}",
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


def _status(call: _Call) -> Response:
    statuses = [
        {"context": one.name, "state": one.conclusion.value, "description": one.summary}
        for one in call.forge.checks(call.parts[0])
    ]
    return Response(200, {"sha": call.parts[0], "state": "success", "statuses": statuses})


def _set_status(call: _Call) -> Response:
    request = call.json
    check = StatusCheck(request["context"], Conclusion(request["state"]), request["description"])
    try:
        call.forge.set_check(call.parts[0], check)
    except ForgeMissing:
        text = f"No commit found for SHA: {call.parts[0]}"
        return Response(422, {"message": text, "documentation_url": "https://docs.github.com"})
    return Response(201, {**request, "id": 1})


def _shown_release(call: _Call, release: PublishedRelease) -> dict[str, Any]:
    url = f"{call.base}/releases/{release.tag}"
    return {
        "url": url,
        "id": 1,
        "upload_url": f"{url}/assets{{?name,label}}",
        "html_url": f"https://github.com/{NAME}/releases/{release.tag}",
        "tag_name": release.tag,
        "target_commitish": release.commit,
        "name": release.name,
        "body": release.notes,
        "draft": release.draft,
    }


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
    return call.paged([_shown_release(call, one) for one in found if one])


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


def _workflow_settings(call: _Call) -> Response:
    kind = call.parts[0]
    listed = [{"name": name} for name in call.state.workflow_settings[kind]]
    return Response(200, {"total_count": len(listed), kind: listed})


_ROUTES: list[tuple[str, str, Callable[[_Call], Response]]] = [
    ("GET", r"/pulls", _list_pulls),
    ("POST", r"/pulls", _open_pull),
    ("GET", r"/pulls/(\d+)", _get_pull),
    ("PATCH", r"/pulls/(\d+)", _edit_pull),
    ("PUT", r"/pulls/(\d+)/merge", _merge_pull),
    ("GET", r"/pulls/(\d+)/files", _files),
    ("POST", r"/issues/(\d+)/labels", _label),
    ("GET", r"/issues/\d+/comments", _comments),
    ("POST", r"/issues/\d+/comments", _comment),
    ("PATCH", r"/issues/comments/(\d+)", _edit_comment),
    ("POST", r"/graphql", _graphql),
    ("GET", r"/commits/([0-9a-f]+)", _commit),
    ("GET", r"/commits/([0-9a-f]+)/pulls", _pulls_of),
    ("GET", r"/commits/([0-9a-f]+)/status", _status),
    ("POST", r"/statuses/([0-9a-f]+)", _set_status),
    ("GET", r"/releases", _releases),
    ("POST", r"/releases", _draft),
    ("PATCH", r"/releases/([^/]+)", _publish),
    ("GET", r"/releases/([^/]+)/assets", _assets),
    ("POST", r"/releases/([^/]+)/assets", _upload),
    ("GET", r"/releases/([^/]+)/assets/([^/]+)", _asset),
    ("DELETE", r"/releases/([^/]+)/assets/([^/]+)", _delete_asset),
    ("GET", r"/rulesets", _rulesets),
    ("GET", r"/rulesets/(\d+)", _ruleset),
    ("GET", r"/actions/(secrets|variables)", _workflow_settings),
]
