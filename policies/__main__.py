"""``python -m policies`` (make policy): exit 0 when every policy holds, else 1 with findings."""

import datetime
import sys
import tempfile
from pathlib import Path

from policies.checkov import scan
from policies.checks import CHECKS
from policies.render import render_stacks
from policies.stack import PolicyFinding
from policies.waivers import PolicyReport, apply_waivers, read
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.toolchain import Toolchain

ROOT = Path(__file__).resolve().parent.parent


def report(toolchain: Toolchain, folder: Path) -> PolicyReport:
    """Render and check every stack of the toolchain's tree, with ``folder`` for the files.

    Raises `PromoterError`.
    """
    stacks = render_stacks(toolchain, folder)
    findings = [
        PolicyFinding(name, stack.name, place, reason)
        for name, check in CHECKS.items()
        for stack in stacks
        for place, reason in check(stack)
    ]
    files = {file: stack.name for stack in stacks for file in stack.files}
    checked, found_by_checkov = scan(toolchain, files)
    sys.stdout.write(f"{len(stacks)} stacks, {len(CHECKS)} policies of our own for each, ")
    sys.stdout.write(f"{checked} checks by checkov\n")
    today = datetime.datetime.now(datetime.UTC).date()
    waivers = read(toolchain.root / "policies/waivers.yml")
    return apply_waivers([*findings, *found_by_checkov], waivers, today)


def run() -> int:
    """Print the findings and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        result = report(Toolchain(ROOT, progress=shown()), Path(folder))
    for finding in result.rejected:
        sys.stderr.write(f"{finding}\n")
    for waiver in result.expired:
        sys.stderr.write(f"waiver of {waiver.check} expired on {waiver.expires}: {waiver.reason}\n")
    for waiver in result.unused:
        sys.stderr.write(f"waiver of {waiver.check} matches no finding; remove it\n")
    sys.stdout.write(f"{len(result.rejected)} findings, {len(result.waived)} waived\n")
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(guarded(run))
