"""Gotenberg's contract: a form with an index.html comes back as a PDF.

The document has one empty page: what is proven is that the form arrived whole.
"""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

from promoter.smoketest.fakes.server import NOT_FOUND, Asked, Reply, serve

_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
)


def answer(asked: Asked) -> Reply:
    """What Gotenberg would answer to ``asked``."""
    if asked.path == "/health":
        return Reply(200, b'{"status":"up"}')
    if asked.path != "/forms/chromium/convert/html" or asked.method != "POST":
        return NOT_FOUND
    html = _files(asked).get("index.html", b"")
    if b"<html" not in html.lower():
        message = b"Invalid form data: form file 'index.html' is required"
        return Reply(400, message, "text/plain")
    return Reply(200, pdf(), "application/pdf")


def _files(asked: Asked) -> dict[str, bytes]:
    """The files of a form (RFC 7578) by their names."""
    head = f"Content-Type: {asked.headers.get('Content-Type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + asked.body)
    parts = form.iter_parts() if form.is_multipart() else ()
    found = ((part.get_filename(), part.get_payload(decode=True)) for part in parts)
    return {name: content for name, content in found if name and isinstance(content, bytes)}


def pdf() -> bytes:
    """A document with one empty page (PDF 1.4: objects, their places, the trailer)."""
    document = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(_OBJECTS, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(_OBJECTS) + 1
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(document))
    )


if __name__ == "__main__":
    serve("gotenberg", answer)
