"""Waivers: findings that are accepted for a reason, until a date."""

import datetime
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from policies.stack import PolicyFinding
from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml
from promoter.toolchain.cache import read_committed


class Waiver(StrictModel):
    """An accepted violation of ``check``; ``place`` is a pattern (``*``), everywhere by default."""

    check: str
    reason: Annotated[str, Field(min_length=20)]
    expires: datetime.date
    place: str = "*"

    def covers(self, finding: PolicyFinding) -> bool:
        """Return True if the waiver accepts ``finding``."""
        return self.check == finding.check and fnmatch.fnmatchcase(finding.place, self.place)


@dataclass(frozen=True)
class PolicyReport:
    """The findings that are ``rejected`` or ``waived``, and the waivers that need attention."""

    rejected: tuple[PolicyFinding, ...]
    waived: tuple[PolicyFinding, ...]
    expired: tuple[Waiver, ...]
    unused: tuple[Waiver, ...]

    @property
    def passed(self) -> bool:
        """True if every finding is waived, and every waiver is valid and used."""
        return not (self.rejected or self.expired or self.unused)


def read(file: Path) -> tuple[Waiver, ...]:
    """Return the waivers in ``file``; raises `InvalidFile` for one without a reason or date."""
    entries = read_yaml(read_committed(file), str(file)) or []
    try:
        return TypeAdapter(tuple[Waiver, ...]).validate_python(entries)
    except ValidationError as error:
        raise InvalidFile.from_model(str(file), error, next_step=f"correct {file}") from error


def apply_waivers(
    findings: Sequence[PolicyFinding], waivers: tuple[Waiver, ...], today: datetime.date
) -> PolicyReport:
    """Return the report of ``findings`` under ``waivers``."""
    expired = tuple(waiver for waiver in waivers if waiver.expires < today)
    valid = [waiver for waiver in waivers if waiver not in expired]
    waived = tuple(each for each in findings if any(waiver.covers(each) for waiver in valid))
    rejected = tuple(each for each in findings if each not in waived)
    unused = tuple(waiver for waiver in valid if not any(map(waiver.covers, findings)))
    return PolicyReport(rejected, waived, expired, unused)
