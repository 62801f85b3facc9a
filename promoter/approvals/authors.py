"""The people behind a change: authors, committers and co-authors of every commit of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from promoter.approvals.rules_file import TEAMS
from promoter.common.errors import GitError
from promoter.gate.history import History, reading
from promoter.gate.rules import FileChange, changes_between
from promoter.gate.spans import Spans
from promoter.gate.state import DeployState, EnvironmentState, is_propagated
from promoter.git import Git
from promoter.git.people import people_of

_VENDORED = "charts/"

_Span = tuple[str | None, str]
"""The commits after the first (None: from the beginning) up to the second."""

_BlobAt = Callable[[str, str], str | None]
"""The function from a commit and a path to the blob there, None where there is none."""


def authors(
    git: Git,
    recorded: EnvironmentState | None,
    would: DeployState,
    history: History | None = None,
) -> frozenset[str]:
    """Return the mail addresses behind what ``would`` changes; all history without a record.

    A state file is not believed where the commits that it names have another content: a new file
    then has an unknown author, and a former one counts as never recorded. A commit of a vendored
    chart that does not record its sources' authors is an unknown author, too, unless it is older
    than the teams file, before which nobody recorded them.
    """
    current = recorded.current if recorded else None
    spans: dict[_Span, list[str]] = defaultdict(list)
    found: set[str] = set()
    with reading(git, history) as opened:
        blob = _blobs(opened)
        for change in changes_between(would, current):
            old, new = _span(change, current, would, blob)
            spans[old, new].append(change.path)
            taken = change.current if is_propagated(change.identity) else None
            if taken and blob(new, change.path) != taken.file_hash:
                found.add(f"unrecorded-origin-of-{change.path}")
        opened.expect(path for paths in spans.values() for path in paths)
        for (old, new), paths in spans.items():
            found |= authors_between(git, old, new, paths, opened)
            found.update(_without_sources(opened, old, new, paths, would.head_commit))
    return frozenset(found)


def authors_between(
    git: Git,
    old: str | None,
    new: str | None,
    paths: Sequence[str],
    history: History | None = None,
) -> frozenset[str]:
    """Return the mail addresses behind the commits of ``paths`` after ``old`` up to ``new``.

    The commit ``new`` is one of them, also where it is older than ``old``, and so are merges that
    decided what the paths have.
    """
    if not paths or new is None:
        return frozenset()
    # git reads one path per line.
    found = {f"unreadable-name-of-{path!r}" for path in paths if "\n" in path}
    with reading(git, history) as opened:
        if opened.about(new) is None:
            raise GitError(f"read the authors up to {new[:12]}: there is no such commit")
        spans = opened.shared(Spans)
        for each in spans.commits(old, new, paths):
            found |= each.mails
        for each in spans.deciding_merges(old, new, paths, frozenset(found)):
            found |= each.mails
        if old and spans.is_empty(old, new):
            found |= people_of(git, new)
    return frozenset(found)


def _without_sources(
    history: History, old: str | None, new: str, paths: Sequence[str], tip: str
) -> Iterator[str]:
    """Yield an unknown author for each commit of a vendored chart that names no source authors."""
    vendored = [path for path in paths if path.startswith(_VENDORED)]
    if not vendored:
        return
    found = history.shared(Spans).commits(old, new, vendored)
    bare = [each.commit for each in found if not each.has_sources]
    options = ("--full-history", "--topo-order", "--reverse", "--diff-filter=A", "--format=%H")
    teams = history.git.lines("log", *options, tip, "--", TEAMS)[:1] if bare else []
    for commit in bare:
        if not teams or not history.is_ancestor(commit, teams[0]):
            yield f"unrecorded-sources-of-{commit[:12]}"


def _span(
    change: FileChange, current: DeployState | None, would: DeployState, blob: _BlobAt
) -> _Span:
    """Return the commits between the content of ``change`` before and after it.

    A propagated file comes from the commits that the records name for it: the environment before
    may have taken it long after it was committed, so its triggers say nothing of its authors.
    """
    before = current.files.get(change.identity) if current else None
    if is_propagated(change.identity):
        old = before.from_commit if before else None
        new = change.current.from_commit if change.current else would.propagated_head or ""
    else:
        old, new = current.head_commit if current else None, would.head_commit
    if old and blob(old, change.path) != (before.file_hash if before else None):
        old = None
    return old, new


def _blobs(history: History) -> _BlobAt:
    def blob(commit: str, path: str) -> str | None:
        entry = history.entry(commit, path) if history.about(commit) else None
        return entry.blob if entry else None

    return blob
