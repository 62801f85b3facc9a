"""Every command that the CLIs' own help lists, tried against an uncleared environment.

The lists are read from the help, so a new command or alias is tried from its first day.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.attack.conftest import ROOT
from tests.attack.script import Place
from tests.attack.test_scripts import states
from tests.command_line import promoter
from tests.platform_fixture import toolchain

VALUES = {"reason": "an attack", "commit": "HEAD", "plan": "a" * 64, "key": "x.pub"}
READING = {"diff", "get", "list", "plan", "synth", "synthesize"}


def commands(*path: str) -> Iterator[tuple[str, ...]]:
    """Yield every command of ``promoter``, as its help lists them."""
    text = promoter(*path, "--help").stdout
    groups = re.split(r"^(\S.*):\n", text, flags=re.MULTILINE)[1:]
    listed = dict(zip(groups[::2], groups[1::2], strict=True))
    names = [
        line.split()[0]
        for title, body in listed.items()
        if title not in ("Options", "Arguments")
        for line in body.splitlines()
        if re.match(r"  [a-z]", line) and ":" not in line.split("  ")[1]
    ]
    if not names:
        yield path
    for name in names:
        yield from commands(*path, name)


def arguments(path: tuple[str, ...]) -> list[str] | None:
    """Return arguments that name production, None for a command that has no environment."""
    text = promoter(*path, "--help").stdout
    listed = text.partition("\nArguments:\n")[2].partition("\n\n")[0]
    if "environment" not in listed:
        return None
    required = re.findall(r"--(\w+) <\w+>[^\[]*?\[required\]", text)
    options = [f"--{name}={VALUES[name]}" for name in required]
    return [*options, "production", *(["--yes"] if "--yes" in text else [])]


def cdktn_verbs() -> list[str]:
    """Return every verb and alias of the CDK Terrain CLI, as its help lists them."""
    done = subprocess.run(
        [*toolchain().cdktn(), "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    verbs = re.findall(r"^  cdktn (\w+)", done.stdout, re.MULTILINE)
    aliases = re.findall(r"\[aliases: ([\w, ]+)\]", done.stdout)
    return [*verbs, *(name for names in aliases for name in names.split(", "))]


def test_no_command_of_promoter_applies_what_is_not_cleared(small: Place) -> None:
    before = states(small)
    lines = {path: words for path in commands() if (words := arguments(path)) is not None}
    assert {("deploy",), ("approve",), ("plan",), ("status",), ("trace",)} <= set(lines)
    # Approving opens the gate, which is its purpose; so it comes last, and applies nothing itself.
    for path in sorted(lines, key=("approve",).__eq__):
        small.run(["promoter", *path, *lines[path]])
        assert not list(small.changes()), path
        assert states(small) == before, path


def test_no_entry_point_forgets_the_rules(ruled: Place) -> None:
    """The gate clears production, by somebody who may push there; its rules do not."""
    before = states(ruled)
    lines = {path: words for path in commands() if (words := arguments(path)) is not None}
    done = ruled.run(["promoter", "deploy", "production"])
    assert (done.returncode, "0 of 2 approvals" in done.stderr) == (3, True), done.stderr
    for path in sorted(lines, key=("approve",).__eq__):
        ruled.run(["promoter", *path, *lines[path]])
    for verb in ("deploy", "destroy"):  # another verb is refused before any decision (below)
        ruled.run(["cdktf", verb, "production", "--auto-approve"])
    assert not list(ruled.changes())
    assert states(ruled) == before


def test_no_verb_of_the_cdk_terrain_cli_applies_what_is_not_cleared(small: Place) -> None:
    before, verbs = states(small), cdktn_verbs()
    assert {"deploy", "apply", "destroy", "watch"} <= set(verbs)
    for verb in verbs:
        done = small.run(["cdktf", verb, "production", "--auto-approve"])
        assert done.returncode in (3, 64), (verb, done.stderr)
        if verb in READING:
            small.run(["cdktf", verb, "production"])
    assert not list(small.changes())
    assert states(small) == before


@pytest.mark.parametrize("verb", ["check", "prepare", "record", "reproduce", "latest", "ls"])
def test_no_command_of_cepler_applies_anything(small: Place, verb: str) -> None:
    """`promoter cepler` is cepler to the letter: it decides and records, and runs no Terraform."""
    text = small.run(["promoter", "cepler", "--help"]).stdout
    assert re.search(rf"^    {verb} ", text, re.MULTILINE)
    before = states(small)
    base = ["promoter", "cepler", "-c", "cepler/app.yml", "--gates-branch", "cepler-gates"]
    small.run([*base, "-g", "app.yml", verb, "-e", "production"])
    assert not list(small.changes())
    assert states(small) == before
