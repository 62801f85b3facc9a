"""One updated comment, against a server that answers as GitHub's API does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from promoter.errors import UsageError
from promoter.pipeline.comment import LONGEST, CommentFailed, client, put_comment

REPOSITORY = "GaloyMoney/lana-bank"


@dataclass
class GitHub:
    address: str = ""
    comments: list[str] = field(default_factory=list)
    token: str = "a-token"


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Comments of pull request 7, 100 a page, for whoever has the token."""
    there = GitHub()

    class Answer(BaseHTTPRequestHandler):
        def answer(self, status: int, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def refused(self) -> bool:
            if self.headers["Authorization"] == f"Bearer {there.token}":
                return False
            self.answer(403, {"message": "Resource not accessible"})
            return True

        def said(self) -> str:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return str(content["body"])

        def do_GET(self) -> None:
            if self.refused():
                return
            place = urlsplit(self.path)
            assert place.path == f"/repos/{REPOSITORY}/issues/7/comments"
            query = parse_qs(place.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            numbered = list(enumerate(there.comments))[(page - 1) * size : page * size]
            self.answer(200, [{"id": number, "body": text} for number, text in numbered])

        def do_POST(self) -> None:
            there.comments.append(self.said())
            self.answer(201, {"html_url": f"comment-{len(there.comments) - 1}"})

        def do_PATCH(self) -> None:
            number = int(self.path.rpartition("/")[2])
            there.comments[number] = self.said()
            self.answer(200, {"html_url": f"comment-{number}"})

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        there.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield there
        finally:
            server.shutdown()
            thread.join()


def put(github: GitHub, topic: str, text: str) -> str:
    with client(github.token, github.address) as api:
        return put_comment(api, REPOSITORY, 7, topic, text)


def test_a_topic_has_one_comment_however_often_it_is_put(github: GitHub) -> None:
    github.comments += ["somebody's"] * 130
    first = put(github, "preview", "old")
    other = put(github, "plan", "of another topic")
    again = put(github, "preview", "new")
    assert again == first != other
    assert [text.partition("\n")[2] for text in github.comments[130:]] == [
        "new",
        "of another topic",
    ]
    assert github.comments[:130] == ["somebody's"] * 130


def test_what_is_too_long_for_github_is_cut_and_says_so(github: GitHub) -> None:
    put(github, "preview", "x" * LONGEST)
    assert len(github.comments[0]) == LONGEST
    assert "(cut: the whole text" in github.comments[0]


def test_a_refusal_says_what_the_token_needs(github: GitHub) -> None:
    with (
        client("another", github.address) as api,
        pytest.raises(CommentFailed, match="GitHub answers 403") as raised,
    ):
        put_comment(api, REPOSITORY, 7, "preview", "text")
    assert "pull-requests: write" in raised.value.next_step


def test_a_topic_that_could_not_be_found_again_is_wrong_usage(tmp_path: Path) -> None:
    with client("any", "http://127.0.0.1:9") as api, pytest.raises(UsageError):
        put_comment(api, REPOSITORY, 7, "a --> b", "text")
