"""The review of a bump: what may keep stacks, database or chart from taking what is pinned.

The pull request lists it, and the bot's own merge needs that nothing is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from promoter.common.text import inert_markdown
from promoter.git import Git
from promoter.release.contract import contract
from promoter.release.migrations import LISTING, Migrations, migration_changes, migrations_in
from promoter.release.settings import ChartSettings
from promoter.release.source import SourceTree
from promoter.release.terraform_modules import ModuleChanges, Validate, module_changes
from promoter.release.waivers import (
    BumpFinding,
    ChartWaiver,
    not_accepted,
    read_waivers,
)


class ReviewSection(Protocol):
    """One part of a review."""

    def objections(self) -> list[str]:
        """Return the reasons why a person has to look at it; empty: none is needed."""

    def report(self) -> str:
        """Return the part of the pull request about it, "" where there is nothing to say."""


@dataclass(frozen=True)
class ContractChange:
    """Differences from the chart's contract that the pinned release does not have."""

    findings: tuple[BumpFinding, ...]

    def objections(self) -> list[str]:
        """See `ReviewSection`."""
        return [*map(str, self.findings)]

    def report(self) -> str:
        """See `ReviewSection`."""
        lines = "".join(f"- {inert_markdown(line)}\n" for line in self.objections())
        return f"\n## Contract with the chart\n\n{lines}" if lines else ""


@dataclass(frozen=True)
class BumpReview:
    """Everything that a person may have to accept in a bump."""

    sections: tuple[ReviewSection, ...]

    def objections(self) -> list[str]:
        """Return the objections of all sections."""
        return [line for each in self.sections for line in each.objections()]

    def report(self) -> str:
        """Return the reports of all sections."""
        return "".join(each.report() for each in self.sections)


@dataclass(frozen=True)
class Bump:
    """A change of the chart in commit ``tip`` of ``charts`` that pins a release.

    ``application`` is a clone that has the pinned commit ``old`` ("" for none) and ``new``.
    ``files`` are the changed ones by path.
    """

    charts: Git
    tip: str
    chart: ChartSettings
    files: Mapping[str, bytes | None]
    application: Git
    old: str
    new: SourceTree

    def review(self, validate: Validate) -> BumpReview:
        """Return the review; ``validate`` checks Terraform modules."""
        waivers = read_waivers(self.charts, self.tip)
        modules = changed_modules(
            self.charts, self.tip, self.files, self.chart.folder, waivers, validate
        )
        listed = self.charts.file(self.tip, f"{self.chart.folder}/{LISTING}")
        migrations = migration_changes(listed, released_migrations(self.chart, self.new), waivers)
        return BumpReview((modules, migrations, self._contract(waivers)))

    def _contract(self, waivers: Sequence[ChartWaiver]) -> ContractChange:
        content = self.charts.file(self.tip, f"{self.chart.folder}/{contract.FILE}")
        if content is None:
            return ContractChange(())
        agreed = contract.parse_contract(content)
        known = set(self._differences(agreed, self.old)) if self.old else set()
        found = [d for d in self._differences(agreed, self.new.commit) if d not in known]
        findings = [BumpFinding("contract", d.section, d.name, str(d)) for d in found]
        return ContractChange(not_accepted(findings, waivers))

    def _differences(
        self, agreed: contract.Contract, commit: str
    ) -> list[contract.ContractDifference]:
        git = self.application
        with TemporaryDirectory() as name, git.worktree(Path(name) / "tree", commit) as tree:
            return contract.differences(agreed, tree.dir)


def review_modules(charts: Git, base: str, folder: str, validate: Validate) -> ModuleChanges:
    """Return the Terraform modules of the chart in ``folder`` that HEAD changes since ``base``.

    The waivers are those of HEAD: whoever reviews the change reviews them, too.
    """
    files = {
        path: charts.file("HEAD", path)
        for path in charts.changed_between(f"{base}...HEAD")
        if path.startswith(f"{folder}/tf/")
    }
    common = charts.text("merge-base", base, "HEAD")
    return changed_modules(charts, common, files, folder, read_waivers(charts, "HEAD"), validate)


def changed_modules(
    charts: Git,
    tip: str,
    files: Mapping[str, bytes | None],
    folder: str,
    waivers: Sequence[ChartWaiver],
    validate: Validate,
) -> ModuleChanges:
    """Return the Terraform modules that ``files`` change in the chart's ``folder`` of ``tip``."""
    prefix = f"{folder}/tf/"
    entries = charts.listing(tip, prefix.rstrip("/"))
    contents = charts.blobs(entry.blob for entry in entries.values())
    before: dict[str, bytes | None] = {n: contents[each.blob] for n, each in entries.items()}
    changed = {p.removeprefix(prefix): c for p, c in files.items() if p.startswith(prefix)}
    return module_changes(before, {**before, **changed}, waivers, validate)


def released_migrations(chart: ChartSettings, source: SourceTree) -> Migrations:
    """Return the migrations of a release; none where its settings name no folder of them."""
    if chart.migrations is None:
        return {}
    return migrations_in({path: f.content for path, f in source.below(chart.migrations)})
