"""Fakes of OAuth2 Proxy, Dagster and Gotenberg."""

import json
from email import policy
from email.parser import BytesParser

from promoter.smoketest.fakes.server import NOT_FOUND, Reply, Request, json_reply

_CODE_LOCATION = {"name": "fake", "locationOrLoadError": {"__typename": "RepositoryLocation"}}
_PDF_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
)


def oauth2_proxy(request: Request) -> Reply:
    """Reply as OAuth2 Proxy to somebody who has not signed in."""
    if request.path in ("/ping", "/ready"):
        return Reply(200, b"OK", "text/plain")
    return Reply(403, b"<html><body>Sign in</body></html>", "text/html")


def dagster(request: Request) -> Reply:
    """Reply as Dagster's web server: its version, and the code location that it has loaded."""
    if request.path == "/server_info":
        names = ("dagster_version", "dagster_graphql_version", "dagster_webserver_version")
        return json_reply(200, dict.fromkeys(names, "fake"))
    if request.path != "/graphql" or request.method != "POST":
        return NOT_FOUND
    try:
        query = json.loads(request.body)["query"]
    except (ValueError, KeyError, TypeError):
        return json_reply(400, {"errors": [{"message": "Must provide query string."}]})
    if "workspaceOrError" not in str(query):
        return json_reply(400, {"errors": [{"message": "Cannot query that field."}]})
    workspace = {"workspaceOrError": {"locationEntries": [_CODE_LOCATION]}}
    return json_reply(200, {"data": workspace})


def gotenberg(request: Request) -> Reply:
    """Reply as Gotenberg: a form, if it has its index.html, becomes a PDF with one empty page."""
    if request.path == "/health":
        return Reply(200, b'{"status":"up"}')
    if request.path != "/forms/chromium/convert/html" or request.method != "POST":
        return NOT_FOUND
    if b"<html" not in _form_files(request).get("index.html", b"").lower():
        message = b"Invalid form data: form file 'index.html' is required"
        return Reply(400, message, "text/plain")
    return Reply(200, _pdf(), "application/pdf")


def _form_files(request: Request) -> dict[str, bytes]:
    """Return the files of a form (RFC 7578) by their names."""
    head = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    parts = form.iter_parts() if form.is_multipart() else ()
    files = ((part.get_filename(), part.get_payload(decode=True)) for part in parts)
    return {name: content for name, content in files if name and isinstance(content, bytes)}


def _pdf() -> bytes:
    """Return a document with one empty page (PDF 1.4: objects, their offsets, the trailer)."""
    document = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(_PDF_OBJECTS, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(_PDF_OBJECTS) + 1
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(document))
    )
