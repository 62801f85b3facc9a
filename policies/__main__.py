"""``python -m policies`` (make policy): exit 0 when everything holds, else 1 and what does not."""

from __future__ import annotations

import datetime
import sys
import tempfile
from pathlib import Path

from policies.checkov import installed, scan
from policies.checks import CHECKS
from policies.making import Made, MakingError, make
from policies.subject import PolicyFinding
from policies.waivers import Judgement, judge, read
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.toolchain import Toolchain

ROOT = Path(__file__).resolve().parent.parent


def own_findings(made: tuple[Made, ...]) -> list[PolicyFinding]:
    """Give what our own checks find."""
    return [
        PolicyFinding(check.ID, one.subject.name, place, reason)
        for check in CHECKS
        for one in made
        for place, reason in check.check(one.subject)
    ]


def judged(folder: Path) -> Judgement:
    """Make, check and judge everything; raises `PromoterError`."""
    progress = shown()
    toolchain = Toolchain(ROOT, progress=progress)
    made = make(ROOT, folder, node=toolchain.program("node"), helm=toolchain.program("helm"))
    if not made:
        raise MakingError("synthesize the stacks: there are none")
    files = {file: one.subject.name for one in made for file in (one.stack_file, one.chart_file)}
    found = scan(installed(toolchain.cache, progress), files)
    sys.stdout.write(f"{len(made)} stacks, {len(CHECKS)} checks of our own on each, ")
    sys.stdout.write(f"{found.checked} of checkov's\n")
    findings = [*own_findings(made), *found.findings]
    today = datetime.datetime.now(datetime.UTC).date()
    return judge(findings, read(ROOT / "policies/waivers.yml"), today)


def run() -> int:
    """Say what does not hold; give the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        judgement = judged(Path(folder))
    for finding in judgement.refused:
        sys.stderr.write(f"{finding}\n")
    for waiver in judgement.expired:
        sys.stderr.write(f"waiver of {waiver.check} ended on {waiver.expires}: {waiver.reason}\n")
    for waiver in judgement.idle:
        sys.stderr.write(f"waiver of {waiver.check} lets nothing through any more; remove it\n")
    sys.stdout.write(f"{len(judgement.refused)} refused, {len(judgement.allowed)} let through\n")
    return 0 if judgement.passed else 1


if __name__ == "__main__":
    sys.exit(guarded(run))
