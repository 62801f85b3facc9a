"""README's sections as a reader types them: every command, its exit code and what it says."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from promoter.git import Git
from promoter.release.upstream import export

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
_END = "-- exit code "


@dataclass(frozen=True)
class Step:
    """A command of README, its exit code (0 unless a comment says another), and its output."""

    line: str
    code: int
    shown: tuple[str, ...]


def steps(title: str) -> list[Step]:
    """Return the commands of a section, in order."""
    section = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found: list[Step] = []
    for block in re.findall(r"(?ms)^ *```console\n(.*?)^ *```$", section):
        for line, output in re.findall(r"(?m)^ *\$ (.+)\n((?: *[^ $].*\n)*)", block):
            code = re.search(r"# exit code (\d+)", line)
            shown = tuple(each.strip() for each in output.splitlines())
            found.append(Step(line, int(code[1]) if code else 0, shown))
    return found


def fresh_clone(folder: Path) -> Path:
    """Return a clone, in a folder with a space, whose remote takes no pushes."""
    remote, clone = folder / "remote.git", folder / "my clones" / "repository"
    export(ROOT, remote)  # The tests' own checkout may have no history.
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no push rights' >&2\nexit 1\n")
    hook.chmod(0o755)
    Git(folder).text("clone", "--quiet", str(remote), str(clone))
    return clone


def type_in(folder: Path, typed: list[Step], *before: str) -> str:
    """Type the commands in one shell, after those of ``before``; return all that was printed.

    Every question is answered by ``y``. Fails at the first command that exits with another
    code, or does not print a line that README shows (numbers and commits aside).
    """
    script = [f"{each} || exit" for each in before]
    for step in typed:
        # Each command has its own answers: one that asks reads more of a pipe than its line.
        script.append(f"{{ {step.line}\n}} <<< $'y\\ny\\ny'")
        script.append(f'code=$?; echo "{_END}$code"; [ $code = {step.code} ] || exit')
    with subprocess.Popen(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env={**os.environ, "PWD": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as shell:
        output = shell.communicate()[0]
    parts = re.split(rf"(?m)^{_END}(\d+)\n", output)
    for step, said, code in zip(typed, parts[::2], parts[1::2], strict=False):
        assert int(code) == step.code, f"{step.line}\n{said}"
        for line in step.shown:
            assert _constant(line) in map(_constant, said.splitlines()), f"{step.line}\n{said}"
    assert len(parts) == 2 * len(typed) + 1, output
    return output


def _constant(line: str) -> str:
    return re.sub(r"\b[0-9a-f]{12,40}\b|\d+", "#", line.strip())
