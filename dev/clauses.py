"""The table of docs/environments.md: for each clause, what fails where it is taken back.

``python -m dev.clauses`` (make generated) writes it from dev/clauses.yml.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from dev.generated import write_section

ROOT = Path(__file__).parent.parent
DATA = ROOT / "dev/clauses.yml"
PAGE = ROOT / "docs/environments.md"
SECTION = "clauses"


@dataclass(frozen=True)
class Clause:
    """One clause, and the policies and tests that hold it (`by`).

    ``cloud`` is a command that shows it on a real cloud, ``missing`` says what is not built.
    """

    part: str
    clause: str
    by: Sequence[str] = ()
    cloud: str = ""
    missing: str = ""

    @property
    def evidence(self) -> str:
        """The cell of the table."""
        shown = [*map(_shown, self.by)]
        if self.cloud:
            shown.append(f"{'' if self.by else 'only '}a real cloud: `{self.cloud}`")
        if self.missing:
            shown.append(f"**not built**: {self.missing}")
        return "<br>".join(shown)


def clauses() -> tuple[Clause, ...]:
    """Return every clause in the order of the file."""
    parts: Mapping[str, list[dict[str, object]]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(Clause(part, **row) for part, rows in parts.items() for row in rows)  # type: ignore[arg-type]


def table() -> str:
    """Return the table, with a heading row for each part."""
    return "".join(_rows(clauses()))


def _rows(found: Sequence[Clause]) -> Iterator[str]:
    yield "| clause | held by |\n|---|---|\n"
    part = ""
    for each in found:
        if each.part != part:
            part = each.part
            yield f"| **{part}** | |\n"
        yield f"| {each.clause} | {each.evidence} |\n"


def _shown(reference: str) -> str:
    file, _, test = reference.partition("::")
    if test:
        return f"[`{test}`](../{file})"
    return f"policy [`{reference}`](policies.md#{reference})"


def main() -> int:
    """Write the page; return the exit code."""
    write_section(PAGE, SECTION, table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
