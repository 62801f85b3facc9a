"""``python -m dev.mutants`` (make mutants): exit 0 when every edit is refused, else 1.

The tree is copied and synthesized once per batch of edits: no two of a batch are refused by the
same rule or touch the same file. Edits that settings or values refuse stop a synthesis, so each of
them has a tree of its own, in which only the stack that it touches is synthesized.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dev.mutants.edits import MUTANTS, SETTINGS, VALUES, Mutant
from dev.mutants.production import add_azure_production
from dev.tree import ROOT, copy_files
from policies.checks import CHECKS
from policies.render import render_stacks, renderable_chart
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.common.errors import PromoterError
from promoter.programs.helm import Helm, HelmError
from promoter.synthesis.app import App, SynthesisError
from promoter.toolchain import Toolchain

_COPIED = ("cdktf.json", "package.json", "package-lock.json", "dev/toolchain")
_FOLDERS = ("charts", "modules", "stacks", *_COPIED)


class MutantError(PromoterError):
    """The edits say nothing."""


def batches(mutants: Iterable[Mutant], *, most: int = 100) -> list[list[Mutant]]:
    """Return the mutants in batches of ``most``, whose edits do not touch each other."""
    found: list[list[Mutant]] = []
    for mutant in mutants:
        for batch in found:
            apart = all(mutant.refusal != o.refusal and mutant.file != o.file for o in batch)
            if apart and len(batch) < most:
                batch.append(mutant)
                break
        else:
            found.append([mutant])
    return found


def survivors(mutants: Iterable[Mutant], toolchain: Toolchain, *, most: int) -> list[Mutant]:
    """Return the mutants that their rule did not refuse."""
    listed = list(mutants)
    own = [each for each in listed if each.refusal in (SETTINGS, VALUES)]
    judged = [each for each in listed if each not in own]
    groups = [*batches(judged, most=most), *([each] for each in own)]
    alive: list[Mutant] = []
    for number, batch in enumerate(groups, 1):
        title = f"batch {number} of {len(groups)}: {len(batch)} edits"
        with toolchain.progress.task(title), tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            copy_tree(tree)
            for mutant in batch:
                edited = tree / mutant.file
                edited.write_text(mutant.edit(edited.read_text()))
            refusals = _refusals(batch, replace(toolchain, root=tree), Path(folder))
        alive += [mutant for mutant in batch if mutant.refusal not in refusals]
    return alive


def copy_tree(tree: Path) -> None:
    """Copy what a synthesis reads, and add a production on each cloud."""
    copy_files(tree, *_FOLDERS)
    add_azure_production(tree)


def _refusals(batch: list[Mutant], toolchain: Toolchain, folder: Path) -> set[str]:
    refusals = {mutant.refusal for mutant in batch}
    if SETTINGS in refusals:
        return _by_settings(batch[0], toolchain, folder)
    if VALUES in refusals:
        return _by_values(toolchain, folder)
    stacks = render_stacks(toolchain, folder)
    return {name for name, check in CHECKS.items() if any(any(check(each)) for each in stacks)}


def _by_settings(mutant: Mutant, toolchain: Toolchain, folder: Path) -> set[str]:
    app = App(toolchain.root, Path(sys.executable), toolchain.program("node"))
    platform, environment = mutant.file.split("/")[1:3]
    try:
        app.synthesize(folder / "cdktf.out", (f"{platform}-{environment}",))
    except SynthesisError as error:
        return {SETTINGS} if mutant.file in str(error) else set()
    return set()


def _by_values(toolchain: Toolchain, folder: Path) -> set[str]:
    """Render the chart alone, as a release without settings of its own would be."""
    chart = renderable_chart(toolchain.root / "charts" / "lana-bank", folder / "chart")
    values = json.dumps({"global": {"lanaDomain": "example.com", "environment": "mutant"}})
    try:
        Helm(toolchain.program("helm")).template("lana-bank", chart, "lana-bank", [values])
    except HelmError:
        return {VALUES}
    return set()


def require_acceptable(toolchain: Toolchain) -> None:
    """Raise `MutantError` where the tree as it is would be refused: then no refusal means much."""
    with tempfile.TemporaryDirectory() as folder:
        refused = _refusals([], toolchain, Path(folder, "s"))
        refused |= _by_values(toolchain, Path(folder, "v"))
    if refused:
        raise MutantError(
            f"apply edits: the tree without any is refused by {', '.join(sorted(refused))}",
            next_step="make policy",
        )


def run() -> int:
    """Print the survivors; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.mutants", description=__doc__)
    parser.add_argument(
        "--most", type=int, default=100, help="edits per batch, 1 to judge each alone"
    )
    began, options = time.monotonic(), parser.parse_args()
    toolchain = Toolchain(ROOT, progress=shown())
    require_acceptable(toolchain)
    alive = survivors(MUTANTS, toolchain, most=options.most)
    for mutant in alive:
        sys.stderr.write(f"{mutant.file}: {mutant.name}: not refused [{mutant.refusal}]\n")
    elapsed = time.monotonic() - began
    sys.stdout.write(f"{len(MUTANTS)} edits, {len(alive)} not refused, {elapsed:.0f} s\n")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(guarded(run))
