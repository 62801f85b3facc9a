"""The changes of a chart that an approval would clear: images with their sources, and values."""

from collections.abc import Iterator

from promoter.gate.rules import changes_between
from promoter.gate.state import DeployState, EnvironmentState, FileState, path_of
from promoter.git import Git
from promoter.vendoring.summary import pin_changes, pin_lines, value_lines

_MOST = 40


def chart_changes(
    git: Git, recorded: EnvironmentState | None, would: DeployState
) -> tuple[str, ...]:
    """Return a line for each image and value that ``would`` changes, with compare links."""
    before = (
        {path_of(key): file for key, file in recorded.current.files.items()} if recorded else {}
    )
    found: list[str] = []
    for change in changes_between(would, recorded.current if recorded else None):
        if change.path.startswith("charts/") and change.path.endswith("/values.yaml"):
            found += _lines(text_of(git, before.get(change.path)), text_of(git, change.current))
    more = [f"  ... and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return (*found[:_MOST], *more)


def _lines(old: str, new: str) -> Iterator[str]:
    for change in pin_changes(old, new):
        yield from (f"  {line}" for line in pin_lines(change))
    yield from (f"  {line}" for line in value_lines(old, new))


def text_of(git: Git, file: FileState | None) -> str:
    """Return the content of a recorded file, "" where there is none."""
    if file is None or file.file_hash is None:
        return ""
    return git.output("cat-file", "blob", file.file_hash).decode(errors="replace")
