"""The console script ``cdktf``: gated deploys and destroys, and the CDK Terrain CLI."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Never

from promoter.cli import guarded
from promoter.cli.deploy import signer
from promoter.cli.options import KEY_VARIABLE
from promoter.cli.progress import shown
from promoter.cli.streams import keep_going, protect, read_answer
from promoter.common.environment import PROVIDERS, child_environment
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.deploy.by_hand import Caller, deploy_each
from promoter.deploy.command_line import VERBS, CdktfCommand, parse
from promoter.deploy.deploy import note_local_changes
from promoter.deploy.destroy import deploy_ungated, destroy_each
from promoter.git import Git
from promoter.programs.cdk_terrain import run_cli
from promoter.site.site import Site
from promoter.synthesis.app import App
from promoter.synthesis.stack import Stack, Target, target_of
from promoter.toolchain import Toolchain

HELP = """\
promoter's cdktf takes deploy, destroy, diff, list, get and synth of the commands below:
  cdktf deploy <stack>...    lease, gate, exactly the cleared files, then verification and record
  cdktf destroy <stack>...   needs an approval: promoter approve <stack> --destroy
  --ungated "<reason>"       apply the tree around without the gate; kept as evidence, never in CI

"""


def main() -> Never:
    """Run ``cdktf <arguments>``; exits with the codes of promoter, or with that of the CLI."""
    protect()
    raise SystemExit(guarded(lambda: run(sys.argv[1:])))


def run(arguments: list[str]) -> int:
    """Deploy or destroy, or pass on a command that changes no environment."""
    command = parse(arguments)
    root, progress = Git(Path.cwd()).top(), shown()
    if not command.gated:
        return _pass_on(root, command, progress)
    keep_going()
    site = Site.of(root, *command.stacks)
    for line in _changes(site, command, progress):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


def _changes(site: Site, command: CdktfCommand, progress: Progress) -> Iterator[str]:
    caller = Caller.of(os.environ, _approves if sys.stdin.isatty() else None)

    def target(name: str) -> Target:
        return _target(site.git.dir, name)

    if command.verb == "destroy":
        for gone in destroy_each(site, command, target, progress, caller):
            yield f"destroyed {gone.environment}: record removed in {gone.recorded[:12]}"
    elif command.ungated is not None:
        for name, applied in deploy_ungated(site, command, target, progress, caller):
            yield f"applied {name} ungated: {applied.plan}, not recorded as deployed"
    else:
        note_local_changes(site, progress)
        sign = signer(os.environ.get(KEY_VARIABLE, ""))
        for done in deploy_each(site, command, target, progress, caller, sign):
            place = (done.recorded or "")[:12]
            yield f"deployed {done.environment}: version {done.version}, recorded in {place}"


def _approves(plan: str) -> bool:
    """Show the plan and return whether the person answers yes."""
    sys.stdout.write(f"{redact(plan)}\nApply this plan? [y/N] ")
    sys.stdout.flush()
    return read_answer().lower() in ("y", "yes")


def _pass_on(root: Path, command: CdktfCommand, progress: Progress) -> int:
    toolchain = Toolchain(root, progress=progress)
    environment = child_environment()
    if command.needs_terraform:
        toolchain.cdktn()  # Its packages are installed while another process builds OpenTofu.
        environment = _environment(root, command, toolchain, progress)
    elif "--help" in command.options:
        sys.stdout.write(HELP)
        sys.stdout.flush()
        if command.verb in VERBS and VERBS[command.verb].gated:
            sys.stdout.write(
                f"options of {command.verb}: {' '.join(VERBS[command.verb].options)}\n"
            )
            return 0
    argv = (*toolchain.cdktn(), *command.arguments)
    return run_cli(argv, root, environment)


def _environment(
    root: Path, command: CdktfCommand, toolchain: Toolchain, progress: Progress
) -> dict[str, str]:
    """Return the variables by which every verb uses the same program as a deploy."""
    if len(command.stacks) == 1:
        name = command.stacks[0]
        stack = Stack(name, root, toolchain, _target(root, name), progress)
        variables = stack.cli_environment()
    else:
        variables = App.of(root, toolchain).environment()
        variables["TERRAFORM_BINARY_NAME"] = str(toolchain.terraform())
    # The CLI synthesizes them only now, so any provider may be among theirs.
    return {**child_environment(*PROVIDERS.values()), **variables}


def _target(root: Path, name: str) -> Target:
    own = os.environ.get("PROMOTER_KUBECONFIG")
    return target_of(root, name, Path(own) if own else None)
