"""The migrations of the server's database that a release brings into the chart.

The server runs them before it listens (decision 51), and refuses a database in which one has run
that it does not have, or has with other content. While pods are replaced, and after a release that
failed, the previous server works on the new tables. So a release keeps every migration that was
pinned before, and adds ones that only expand; what no server uses any more is removed by a later
release (contract).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from promoter.programs.squawk import breaking_statements
from promoter.release.waivers import BumpFinding, ChartWaiver, not_accepted

LISTING = "migrations"
"""File of the chart with version and SHA-384 of each migration, as sqlx records them."""

_FILE = re.compile(r"0*(\d+)_.+(?<!\.down)\.sql")
_PLACE = "migrations"

Migrations = Mapping[str, bytes]
"""The content of each migration by its file's name."""


@dataclass(frozen=True)
class MigrationChanges:
    """The migrations that a bump adds, and what is refused in it and no waiver accepts."""

    added: tuple[str, ...]
    findings: tuple[BumpFinding, ...]

    def objections(self) -> list[str]:
        """Return the reasons why a person has to look at them; empty: none is needed."""
        return [*map(str, self.findings)]

    def report(self) -> str:
        """Return the section of the pull request about them, "" where nothing has changed."""
        lines = [*self.objections(), *(f"adds {name}" for name in self.added)]
        if not lines:
            return ""
        if self.added:
            lines.append("once they have run, no deploy goes back to a release without them")
        return "\n## Database migrations\n\n" + "".join(f"- {line}\n" for line in lines)


def migration_folders(paths: Iterable[str]) -> list[str]:
    """Return the folders of migrations among the files of an application, the largest first."""
    matches = (re.fullmatch(r"(.*migrations)/\d+_[^/]+\.sql", path) for path in paths)
    return [folder for folder, _ in Counter(m[1] for m in matches if m).most_common()]


def migrations_in(files: Mapping[str, bytes]) -> Migrations:
    """Return the migrations among the ``files`` of a folder, in the order in which they run."""
    found = {name: content for name, content in files.items() if _FILE.fullmatch(name)}
    return dict(sorted(found.items(), key=lambda each: _version(each[0])))


def listing(migrations: Migrations) -> bytes:
    """Return the chart's list of ``migrations``."""
    return "".join(f"{_version(n)} {_digest(c)}\n" for n, c in migrations.items()).encode()


def migration_changes(
    before: bytes | None, migrations: Migrations, waivers: Sequence[ChartWaiver]
) -> MigrationChanges:
    """Compare ``migrations`` with the list ``before`` of the chart; None: it has none yet."""
    if before is None:
        return MigrationChanges((), ())
    known = dict(line.split() for line in before.decode().splitlines())
    added = {n: c for n, c in migrations.items() if str(_version(n)) not in known}
    findings = [*_lost(known, migrations), *_breaking(added)]
    return MigrationChanges(tuple(added), not_accepted(findings, waivers))


def _lost(known: Mapping[str, str], migrations: Migrations) -> Iterator[BumpFinding]:
    """Yield the migrations of before that are gone or changed: the server refuses its database."""
    names = {str(_version(name)): name for name in migrations}
    refusal = "so the server refuses a database in which it has run"
    for version, digest in known.items():
        name = names.get(version, version)
        if name == version:
            yield BumpFinding(_PLACE, version, "removed", f"no longer have {version}, {refusal}")
        elif _digest(migrations[name]) != digest:
            yield BumpFinding(_PLACE, name, "changed", f"have another {name}, {refusal}")


def _breaking(added: Migrations) -> Iterator[BumpFinding]:
    for each in breaking_statements(added):
        text = f"do not only expand: {each.file} line {each.line}: {each.message}"
        yield BumpFinding(_PLACE, each.file, each.rule, text)


def _version(name: str) -> int:
    found = _FILE.fullmatch(name)
    assert found  # noqa: S101
    return int(found[1])


def _digest(content: bytes) -> str:
    return hashlib.sha384(content).hexdigest()
