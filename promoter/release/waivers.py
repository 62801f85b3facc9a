"""Waivers of the charts repository: what a release may bring along although a rule refuses it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field, TypeAdapter, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml
from promoter.git import Git

WAIVERS = "ci/waivers.yml"
"""The waivers' file in the charts repository."""


@dataclass(frozen=True)
class BumpFinding:
    """A rule that ``address`` (a resource, a variable, a file) of ``place`` breaks.

    ``place`` is ``tf/<module>``, ``migrations`` or ``contract``.
    """

    place: str
    address: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.place} {self.text} [rule {self.rule}, address {self.address}]"


class ChartWaiver(StrictModel):
    """An accepted `BumpFinding`, until the day ``expires``."""

    place: str
    address: str
    rule: str
    owner: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    expires: datetime.date

    def accepts(self, finding: BumpFinding, today: datetime.date) -> bool:
        """Return whether it is for ``finding`` and still holds."""
        same = (self.place, self.address, self.rule)
        return same == (finding.place, finding.address, finding.rule) and today <= self.expires


def read_waivers(charts: Git, commit: str) -> tuple[ChartWaiver, ...]:
    """Return the waivers in ``commit`` of the charts repository; raises `InvalidFile`."""
    entries = read_yaml(charts.file(commit, WAIVERS) or b"", WAIVERS) or []
    try:
        return TypeAdapter(tuple[ChartWaiver, ...]).validate_python(entries)
    except ValidationError as error:
        raise InvalidFile.from_model(WAIVERS, error) from error


def not_accepted(
    findings: Iterable[BumpFinding], waivers: Sequence[ChartWaiver]
) -> tuple[BumpFinding, ...]:
    """Return the findings that no valid waiver accepts."""
    today = datetime.datetime.now(datetime.UTC).date()
    return tuple(
        each for each in findings if not any(waiver.accepts(each, today) for waiver in waivers)
    )
