"""A preview as Markdown, for the comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promoter.preview.preview import EnvironmentPreview, Preview
from promoter.vendoring.summary import pin_lines

# GitHub refuses a comment of more than 65,536 characters.
LONGEST = 60_000


def markdown(found: Preview, *, longest: int = LONGEST) -> str:
    """``found`` as Markdown of ``longest`` characters at most, cut between objects."""
    head = "\n".join(_head(found))
    parts = [part for one in found.environments for part in _environment(one)]
    written, left = [head], longest - len(head) - 200
    for number, part in enumerate(parts):
        if len(part) > left:
            rest = len(parts) - number
            written.append(f"\n_{rest} further sections are left out: run `promoter preview`._")
            break
        written.append(part)
        left -= len(part) + 1
    return "\n".join(written) + "\n"


def _head(found: Preview) -> Iterator[str]:
    old = f"`{found.old[:12]}`" if found.old else "nothing"
    yield f"## `{found.dependency}`: {old} → `{found.new[:12]}`"
    if found.link:
        yield f"\n{found.link}"
    if found.titles:
        yield f"\n### Commits ({found.commits})\n"
        yield from (f"- {_plain(title)}" for title in found.titles)
        if found.commits > len(found.titles):
            yield f"- and {found.commits - len(found.titles)} more"
    pins = [line for change in found.pins for line in pin_lines(change)]
    if pins:
        yield "\n### Pins\n"
        yield from pins


def _environment(found: EnvironmentPreview) -> Iterator[str]:
    count = len(found.changes)
    said = f"{count} object{'' if count == 1 else 's'}" if count else "no change"
    yield f"\n### {found.environment}: {'**fails**' if found.problem else said}"
    if found.problem:
        yield f"\n{_plain(found.problem)}"
    for change in found.changes:
        text = "\n".join(change.diff)
        # Longer than any that is quoted, so that none of it ends the block.
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        summary = f"<details><summary>{_plain(change.name)}</summary>"
        yield f"\n{summary}\n\n{fence}diff\n{text}\n{fence}\n</details>"


def _plain(text: str) -> str:
    """``text`` as words: no markup, no mention, no tag of it is carried out."""
    return re.sub(r"([\\`*_\[\]<>#@|~])", r"\\\1", " ".join(text.split())).replace("\\@", "@\u200b")
