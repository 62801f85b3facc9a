"""``python -m policies`` (make policy): exit 0 when every policy holds, else 1 with findings."""

from __future__ import annotations

import datetime
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from policies.checkov import installed, scan
from policies.checks import CHECKS
from policies.render import PolicyError, render_stacks
from policies.stack import CheckedStack, PolicyFinding
from policies.waivers import PolicyReport, apply_waivers, read
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.toolchain import Toolchain

ROOT = Path(__file__).resolve().parent.parent


def own_findings(stacks: Iterable[CheckedStack]) -> list[PolicyFinding]:
    """Return the findings of the checks in this package."""
    return [
        PolicyFinding(check.ID, stack.name, place, reason)
        for check in CHECKS
        for stack in stacks
        for place, reason in check.check(stack)
    ]


def report(folder: Path) -> PolicyReport:
    """Render and check every stack, with ``folder`` for the files; raises `PromoterError`."""
    progress = shown()
    toolchain = Toolchain(ROOT, progress=progress)
    stacks = render_stacks(
        ROOT, folder, node=toolchain.program("node"), helm=toolchain.program("helm")
    )
    if not stacks:
        raise PolicyError("synthesize the stacks: there are none")
    files = {file: stack.name for stack in stacks for file in stack.files}
    scanned = scan(installed(toolchain.cache, progress), files)
    sys.stdout.write(f"{len(stacks)} stacks, {len(CHECKS)} policies of our own for each, ")
    sys.stdout.write(f"{scanned.checked} checks by checkov\n")
    findings = [*own_findings(stacks), *scanned.findings]
    today = datetime.datetime.now(datetime.UTC).date()
    return apply_waivers(findings, read(ROOT / "policies/waivers.yml"), today)


def run() -> int:
    """Print the findings and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        result = report(Path(folder))
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
