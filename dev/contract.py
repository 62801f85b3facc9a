"""``python -m dev.contract CLONE [--update]`` (make contract); exit 1 where they differ."""

import argparse
import sys
from pathlib import Path

from promoter.cli import guarded
from promoter.common.errors import UsageError
from promoter.git.repository import Git
from promoter.release.contract.contract import (
    READERS,
    Contract,
    differences,
    parse_contract,
    read_facts,
    written_contract,
)

FILE = (
    Path(__file__)
    .parents[1]
    .joinpath("upstream/galoy-private-charts/charts/lana-bank/contract/application.yml")
)


def checked_out(folder: Path) -> str:
    """Return the commit of a clone, "" for a folder without git; raise `UsageError` for none."""
    if not folder.is_dir():
        raise UsageError(
            f"read {folder}: no such folder",
            next_step="make contract REPO=<clone of the application>",
        )
    return (Git(folder).commit("HEAD") or "") if (folder / ".git").exists() else ""


def update(contract: Contract, folder: Path, commit: str) -> None:
    """Write the facts of a clone as the contract; raise `UsageError` where one cannot be read."""
    facts, missing = read_facts(folder)
    reasons = [*([] if commit else [f"{folder} has no commit"]), *map(str, missing)]
    if reasons:
        raise UsageError(
            f"write the contract: {reasons[0]}",
            next_step="name a clone, or adapt promoter/release/contract to its layout",
        )
    FILE.write_bytes(written_contract(Contract(contract.repository, commit, facts)))


def run() -> int:
    """Print the differences of a clone, or write its facts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.contract", description=__doc__)
    parser.add_argument("clone", type=Path, help="clone of the application")
    parser.add_argument("--update", action="store_true", help="write the contract from the clone")
    options = parser.parse_args()
    commit, contract = checked_out(options.clone), parse_contract(FILE.read_bytes())
    if options.update:
        update(contract, options.clone, commit)
        return 0
    place = f"clone at {commit[:12]}" if commit else str(options.clone)
    edited = " with uncommitted changes" if commit and Git(options.clone).changed() else ""
    found = differences(contract, options.clone)
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.stdout.write(
        f"{len(found)} difference{'s'[: len(found) != 1]} in {len(READERS)} sections:"
        f" contract of {contract.commit[:12]}, {place}{edited}\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(guarded(run))
