"""The console script ``cdktf``: the gate, then the CDK Terrain CLI on a supported Node."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Never

from promoter.cli import guarded

if TYPE_CHECKING:
    from promoter.deploy.by_hand import CdktfCommand
    from promoter.site.site import Site
    from promoter.toolchain import Toolchain

HELP = """\
promoter adds to the commands below:
  cdktf deploy|destroy <stack>   the gate comes first: only what is cleared (or recorded) is applied
  --ungated "<reason>"           bypass the gate; kept as evidence, rejected if CI is set
"""


def main() -> Never:
    """Run ``cdktf <arguments>``; exits with the CLI's code, or 3 if the gate rejects it."""
    raise SystemExit(guarded(lambda: run(sys.argv[1:])))


def run(arguments: Sequence[str]) -> int:
    """Check the gate if the command changes something, then run the CDK Terrain CLI."""
    from promoter.cli.progress import shown
    from promoter.deploy import lease
    from promoter.deploy.by_hand import check, parse
    from promoter.git import Git
    from promoter.site.site import Site
    from promoter.toolchain import Toolchain

    command = parse(arguments)
    root = Git(Path.cwd()).top()
    toolchain = Toolchain(root, progress=shown())
    if not command.gated:
        return _cli(toolchain, root, command, command.stacks, command.arguments)
    site = Site.of(root)
    stacks = check(site, command, in_ci=os.environ.get("CI", "") == "true")
    with ExitStack() as leases:
        for stack in stacks:
            leases.enter_context(lease.held(site.git, site.remote, stack))
        code = _cli(toolchain, root, command, stacks, _named(command, stacks))
    if code == 0 and command.verb == "deploy":
        _note_unrecorded(site, stacks)
    return code


def _named(command: CdktfCommand, stacks: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments with the stacks' full names instead of patterns."""
    rest = list(command.arguments)
    for word in (command.verb, *command.stacks):
        rest.remove(word or "")
    return (command.verb or "", *stacks, *rest)


def _cli(
    toolchain: Toolchain,
    root: Path,
    command: CdktfCommand,
    stacks: Sequence[str],
    arguments: Sequence[str],
) -> int:
    from promoter.synthesis.stack import LOCAL

    local = bool(stacks) and all(stack.startswith(LOCAL) for stack in stacks)
    extra = ["--skip-provider-lock"] if local and command.verb in ("deploy", "destroy") else []
    if {"--help", "-h"} & set(arguments) or not arguments:
        sys.stdout.write(HELP)
        sys.stdout.flush()
    return subprocess.run(
        [*toolchain.cdktn(), *arguments, *extra],
        cwd=root,
        env=_environment(toolchain, root, stacks, local=local),
        check=False,
    ).returncode


def _environment(
    toolchain: Toolchain, root: Path, stacks: Sequence[str], *, local: bool
) -> Mapping[str, str]:
    from promoter.deploy.by_hand import REJECTED_VARIABLES
    from promoter.synthesis.app import App
    from promoter.synthesis.stack import target_of

    inherited = App.of(root, toolchain).environment(stacks)
    variables = {name: each for name, each in inherited.items() if name not in REJECTED_VARIABLES}
    variables["CHECKPOINT_DISABLE"] = "1"
    if local:
        own = os.environ.get("PROMOTER_KUBECONFIG")
        target = target_of(root, stacks[0], Path(own) if own else None)
        target.state(stacks[0])  # The CLI does not create the folder that the state is kept in.
        variables |= target.variables(stacks[0], toolchain)
    return variables


def _note_unrecorded(site: Site, stacks: Sequence[str]) -> None:
    """Say what is not recorded: only `promoter deploy`, or cepler-out in Concourse, records."""
    for stack in stacks:
        if site.decide(stack, origins=False).is_due:
            sys.stderr.write(
                f"note:  {stack} runs it now, but it is not recorded\n"
                f"next:  promoter deploy {stack} verifies and records it\n"
            )
