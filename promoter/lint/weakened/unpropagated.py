"""Files that an environment took as another had proven them, and now takes untested."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding, some
from promoter.lint.subject import Environment
from promoter.lint.weakened.range import MEANT, Range

ID = "unpropagated"


def check(compared: Range) -> Iterator[Finding]:
    """Every ``propagated`` pattern, of which something is now ``latest`` or in no pattern.

    By the files that there are, so that a list may be written otherwise: a pattern taken
    apart is no weakening, a broad one under ``latest`` that shadows others is. Where
    ``passed`` is gone, that is what is said.
    """
    for was, now in compared.both():
        if now.config.passed is None or was.config.passed is None or now.config == was.config:
            continue
        for text in dict.fromkeys(was.config.propagated):
            paths = [path for path in compared.after.matching(text) if _lost(was, now, path)]
            moved = text in now.config.latest and text not in now.config.propagated
            if paths or moved:
                yield Finding(ID, now.file, _what(now, text, paths), MEANT)


def _lost(was: Environment, now: Environment, path: str) -> bool:
    return was.takes_passed(path) and not now.takes_passed(path)


def _what(now: Environment, text: str, paths: list[str]) -> str:
    fits = f" ({some(paths)})" if paths else ""
    taken = not paths or now.latest.matches(paths[0])
    to = "is now taken from 'latest'" if taken else "is in no pattern any more"
    return f"{now.name} took '{text}'{fits} as '{now.config.passed}' had it; it {to}"
