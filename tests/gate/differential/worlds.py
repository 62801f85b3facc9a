"""Names, patterns, configs and messages of random histories."""

from __future__ import annotations

import json

from hypothesis import strategies as st

ENVIRONMENTS = ("staging", "qa", "production", "ünit")

PATHS = (
    "m/a.yml",
    "m/b.yml",
    "m/sub/c.yml",
    "m/sub/deep/d",
    "m/.hidden",
    "m/.h/inside.yml",
    "e/staging.yml",
    "e/qa.yml",
    "e/production.yml",
    "top.yml",
    ".topdot",
    "m/ü ñ.yml",
    'm/quo"te',
    "m/back\\slash.yml",
    "x-y/-dash",
    "m/link.yml",
    "e/link",
    ".gitignore",
    "m/.gitignore",
    "m/ig.log",
)

LINKS = ("m/link.yml", "e/link")
"""Paths that are links now and then, and files at other times."""

PATTERNS = (
    "m/**",
    "m/*",
    "m/**/*.yml",
    "m/**/c.yml",
    "**/*",
    "**",
    "*",
    "e/*.yml",
    "e/staging.yml",
    "e/qa.yml",
    "m/.hidden",
    "m/.*",
    "m/[ab].yml",
    "m/[!a]*",
    "?op.yml",
    "m/.h/**",
    "**/.hidden",
    "x-y/*",
    "nowhere/*",
    "cepler.yml",
    ".gitignore",
    "m/sub",
    "m",
    "m/*/*",
)

BROKEN_PATTERNS = ("m**", "***", "m/[", "a/**b", "[!]")

MESSAGES = (
    "fix: a thing",
    "plain",
    'Revert "it"',
    "ends with space \n\nbody",
    "two\nlines",
    "  leads\n\nbody",
    "true",
    "12",
    "1e3",
    "~",
    "- dash",
    "ünïcode",
    "tab\there",
    "a: b",
    "# hash",
    "back\\slash",
    "",
    "\n\nlate",
    ".dot",
    "`tick`",
    "it's",
    "null",
    "0x1f",
    "x\x1by",
    "inf",
    "+.5",
)

CONTENTS = ("1\n", "2\n", "3\n", "", "no newline")


@st.composite
def environments(draw: st.DrawFn, patterns: st.SearchStrategy[str]) -> dict[str, dict[str, object]]:
    """One to four environments; ``passed`` may name any of them, itself included."""
    names = draw(st.lists(st.sampled_from(ENVIRONMENTS), min_size=1, max_size=4, unique=True))
    found: dict[str, dict[str, object]] = {}
    for index, name in enumerate(names):
        entry: dict[str, object] = {}
        if draw(st.integers(0, 9)):
            entry["latest"] = draw(st.lists(patterns, max_size=3))
        # Mostly a chain, now and then anything at all.
        before = names[:index] if draw(st.integers(0, 7)) else names
        if before and draw(st.integers(0, 4)):
            entry["passed"] = draw(st.sampled_from(before))
        if draw(st.integers(0, 3)):
            entry["propagated"] = draw(st.lists(patterns, max_size=3))
        if draw(st.integers(0, 5)) == 0:
            entry["ignore_queue"] = draw(st.booleans())
        found[name] = entry
    return found


@st.composite
def configs(draw: st.DrawFn) -> dict[str, object]:
    """A cepler file."""
    patterns = st.sampled_from(PATTERNS)
    if draw(st.integers(0, 30)) == 0:
        patterns = st.sampled_from(PATTERNS + BROKEN_PATTERNS)
    config: dict[str, object] = {"environments": draw(environments(patterns))}
    if draw(st.integers(0, 4)):
        config["deployment"] = draw(st.sampled_from(["lana", "lana", "lana", "other one"]))
    return config


def written(config: dict[str, object]) -> bytes:
    """The file's bytes; JSON, which is YAML."""
    return (json.dumps(config, ensure_ascii=False) + "\n").encode()


CHAIN: dict[str, object] = {
    "deployment": "lana",
    "environments": {
        "staging": {"latest": ["m/**", "e/staging.yml"]},
        "qa": {"passed": "staging", "propagated": ["m/**"], "latest": ["e/qa.yml"]},
        "production": {
            "passed": "qa",
            "propagated": ["m/*", "m/sub/*"],
            "latest": ["e/production.yml", "m/b.yml"],
        },
    },
}
"""The usual chain; histories mostly run under it, so that records pile up."""
