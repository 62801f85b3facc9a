"""Render a preview as Markdown, for the comment on a pull request."""

import re
from collections.abc import Iterator

from promoter.common.text import printable
from promoter.preview.preview import EnvironmentPreview, Preview
from promoter.vendoring.summary import pin_lines

# GitHub rejects a comment of more than 65,536 characters.
LONGEST = 60_000


def markdown(preview: Preview, *, longest: int = LONGEST) -> str:
    """Return ``preview`` as Markdown of at most ``longest`` characters, cut between objects."""
    head = "\n".join(_head(preview))
    parts = [part for each in preview.environments for part in _environment(each)]
    written, left = [head], longest - len(head) - 200
    for number, part in enumerate(parts):
        if len(part) > left:
            rest = len(parts) - number
            written.append(f"\n_{rest} further sections are left out: run `promoter preview`._")
            break
        written.append(part)
        left -= len(part) + 1
    return printable("\n".join(written)) + "\n"


def _head(preview: Preview) -> Iterator[str]:
    old = f"`{preview.old[:12]}`" if preview.old else "nothing"
    yield f"## `{preview.dependency}`: {old} → `{preview.new[:12]}`"
    if preview.link:
        yield f"\n{preview.link}"
    if preview.titles:
        yield f"\n### Commits ({preview.commits})\n"
        yield from (f"- {_escape(title)}" for title in preview.titles)
        if preview.commits > len(preview.titles):
            yield f"- and {preview.commits - len(preview.titles)} more"
    pins = [line for change in preview.pins for line in pin_lines(change)]
    if pins:
        yield "\n### Pins\n"
        yield from pins


def _environment(preview: EnvironmentPreview) -> Iterator[str]:
    count = len(preview.changes)
    summary = f"{count} object{'' if count == 1 else 's'}" if count else "no change"
    yield f"\n### {preview.environment}: {'**fails**' if preview.problem else summary}"
    if preview.problem:
        yield f"\n{_escape(preview.problem)}"
    for change in preview.changes:
        text = "\n".join(change.diff)
        # Longer than any run of backticks in the text, so that none of it ends the block.
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        title = f"<details><summary>{_escape(change.name)}</summary>"
        yield f"\n{title}\n\n{fence}diff\n{text}\n{fence}\n</details>"


def _escape(text: str) -> str:
    """Return ``text`` on one line with its markup, mentions and tags made ineffective."""
    return re.sub(r"([\\`*_\[\]<>#@|~])", r"\\\1", " ".join(text.split())).replace("\\@", "@\u200b")
