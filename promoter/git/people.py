"""The people behind commits: authors, committers, co-authors, and recorded source authors."""

import re
from collections.abc import Sequence

from promoter.git.repository import Git

SOURCE_AUTHOR = "Source-author"
"""The trailer of a vendoring commit that names somebody behind the vendored sources."""

_TRAILERS = ("Co-authored-by", SOURCE_AUTHOR)
_FORMAT = "%n".join(
    ("<%ae>", "<%ce>", *(f"%(trailers:key={name},valueonly)" for name in _TRAILERS))
)


def people_between(
    git: Git, old: str | None, new: str, paths: Sequence[str] = ()
) -> frozenset[str]:
    """Return the mail addresses behind the commits after ``old`` up to ``new``, in lower case.

    With ``paths`` only of commits that change one of them. Without ``old``, of all history.
    """
    output = _log(git, _FORMAT, old, new, paths)
    return frozenset(mail.lower() for mail in re.findall(r"<([^<>\s]+)>", output))


def commits_without_sources(
    git: Git, old: str | None, new: str, paths: Sequence[str]
) -> frozenset[str]:
    """Return the commits of ``paths`` after ``old`` up to ``new`` without a `SOURCE_AUTHOR`."""
    trailer = f"%H %(trailers:key={SOURCE_AUTHOR},valueonly,separator=%x2C)"
    lines = (line.partition(" ") for line in _log(git, trailer, old, new, paths).splitlines())
    return frozenset(commit for commit, _, named in lines if commit and not named.strip())


def _log(git: Git, form: str, old: str | None, new: str, paths: Sequence[str]) -> str:
    since = [f"^{old}"] if old and git.commit(old) else []
    options = ("--full-history", f"--format={form}", "--stdin")
    stdin = "\n".join((new, *since, "--", *paths)).encode("utf-8", "surrogateescape")
    output = git.output("--literal-pathspecs", "log", *options, stdin=stdin)
    return output.decode(errors="replace")
