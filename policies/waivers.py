"""What is let through: which check, where, why, and until when."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from policies.subject import PolicyFinding
from promoter.common.errors import InvalidFile


class Waiver(BaseModel):
    """One thing that is let through. ``place`` is a pattern (``*``), by default everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str
    reason: Annotated[str, Field(min_length=20)]
    expires: datetime.date
    place: str = "*"

    def covers(self, finding: PolicyFinding) -> bool:
        """Tell whether it lets ``finding`` through."""
        return self.check == finding.check and fnmatch.fnmatchcase(finding.place, self.place)


@dataclass(frozen=True)
class Judgement:
    """What is left of the findings: ``refused``, and waivers that are ``expired`` or ``idle``."""

    refused: tuple[PolicyFinding, ...]
    allowed: tuple[PolicyFinding, ...]
    expired: tuple[Waiver, ...]
    idle: tuple[Waiver, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing stands in the way."""
        return not (self.refused or self.expired or self.idle)


def read(file: Path) -> tuple[Waiver, ...]:
    """Read the waivers; raises `InvalidFile` for one without a reason or date."""
    found = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    try:
        return TypeAdapter(tuple[Waiver, ...]).validate_python(found)
    except ValidationError as error:
        raise InvalidFile.from_model(str(file), error, next_step=f"correct {file}") from error


def judge(
    findings: Iterable[PolicyFinding], waivers: tuple[Waiver, ...], today: datetime.date
) -> Judgement:
    """Lay the waivers over the findings. One that has expired, or covers nothing, fails."""
    expired = tuple(found for found in waivers if found.expires < today)
    valid = [found for found in waivers if found not in expired]
    refused: list[PolicyFinding] = []
    allowed: list[PolicyFinding] = []
    used: set[Waiver] = set()
    for finding in findings:
        covering = [found for found in valid if found.covers(finding)]
        used.update(covering)
        (allowed if covering else refused).append(finding)
    idle = tuple(found for found in valid if found not in used)
    return Judgement(tuple(refused), tuple(allowed), expired, idle)
