"""The console script ``cdktf``: the gate, then the CDK Terrain CLI on a supported Node."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Never

from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.deploy import lease
from promoter.deploy.by_hand import REJECTED_VARIABLES, CdktfCommand, check, parse
from promoter.git import Git
from promoter.site.site import Site
from promoter.synthesis.app import App
from promoter.synthesis.stack import LOCAL, target_of
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
    command = parse(arguments)
    toolchain = Toolchain(Git(Path.cwd()).top(), progress=shown())
    if not command.gated:
        return _run_cli(toolchain, command, command.stacks, command.arguments)
    site = Site.of(toolchain.root)
    stacks = check(site, command, in_ci=os.environ.get("CI", "") == "true")
    with ExitStack() as leases:
        for stack in stacks:
            leases.enter_context(lease.held(site.git, site.remote, stack))
        code = _run_cli(toolchain, command, stacks, _named(command, stacks))
    if code == 0 and command.verb == "deploy":
        _note_unrecorded(site, stacks)
    return code


def _named(command: CdktfCommand, stacks: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments with the stacks' full names instead of patterns."""
    rest = list(command.arguments)
    for word in (command.verb, *command.stacks):
        rest.remove(word or "")
    return (command.verb or "", *stacks, *rest)


def _run_cli(
    toolchain: Toolchain, command: CdktfCommand, stacks: Sequence[str], arguments: Sequence[str]
) -> int:
    local = bool(stacks) and all(stack.startswith(LOCAL) for stack in stacks)
    extra = ["--skip-provider-lock"] if local and command.verb in ("deploy", "destroy") else []
    if {"--help", "-h"} & set(arguments) or not arguments:
        sys.stdout.write(HELP)
        sys.stdout.flush()
    return subprocess.run(
        [*toolchain.cdktn(), *arguments, *extra],
        cwd=toolchain.root,
        env=_environment(toolchain, stacks, local=local),
        check=False,
    ).returncode


def _environment(toolchain: Toolchain, stacks: Sequence[str], *, local: bool) -> Mapping[str, str]:
    inherited = App.of(toolchain.root, toolchain).environment(stacks)
    variables = {name: each for name, each in inherited.items() if name not in REJECTED_VARIABLES}
    variables["CHECKPOINT_DISABLE"] = "1"
    if local:
        own = os.environ.get("PROMOTER_KUBECONFIG")
        target = target_of(toolchain.root, stacks[0], Path(own) if own else None)
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
