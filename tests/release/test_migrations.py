"""The migrations of a bump: what was pinned stays, and what is added only expands."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, NotCleared
from promoter.programs.registry import Registry
from promoter.release.automerge import AutoMerge, automerge
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.migrations import listing, migration_changes, migrations_in
from promoter.release.promotion import promote
from promoter.release.publication import release
from promoter.release.settings import SETTINGS_FILE
from promoter.release.waivers import WAIVERS, ChartWaiver

from .sandbox import Sandbox, open_sandbox, quick_release_yml

FOLDER = "charts/lana-bank"
FIRST = b"CREATE TABLE loans (id uuid NOT NULL, rate int);\n"
EXPANDING = {
    "column": b"ALTER TABLE loans ADD COLUMN note text;",
    "column with a default": b"ALTER TABLE loans ADD COLUMN kind text NOT NULL DEFAULT 'x';",
    "table": b"CREATE TABLE owners (id uuid NOT NULL);",
    "index": b"CREATE INDEX loans_rate ON loans (rate);",
    "function": b"CREATE FUNCTION f() RETURNS int AS $$ DROP TABLE x; $$ LANGUAGE sql;",
}
BREAKING = {
    "ban-drop-column": b"ALTER TABLE loans DROP COLUMN rate;",
    "ban-drop-table": b"-- squawk-ignore-file\nDROP TABLE loans;",
    "renaming-column": b"ALTER TABLE loans RENAME COLUMN rate TO interest;",
    "renaming-table": b"ALTER TABLE loans RENAME TO credits;",
    "changing-column-type": b"ALTER TABLE loans ALTER COLUMN rate TYPE text;",
    "adding-not-nullable-field": b"ALTER TABLE loans ALTER COLUMN rate SET NOT NULL;",
    "adding-required-field": b"ALTER TABLE loans ADD COLUMN kind text NOT NULL;",
    "syntax-error": b"ALTER TABEL loans;",
}


def findings(before: dict[str, bytes], after: dict[str, bytes], *waivers: ChartWaiver) -> list[str]:
    listed = listing(migrations_in(before))
    return migration_changes(listed, migrations_in(after), waivers).objections()


def test_the_list_has_what_sqlx_records() -> None:
    files = {"10_b.sql": b"b", "9_a.up.sql": b"a", "9_a.down.sql": b"x", "README.md": b"x"}
    lines = (f"{n} {hashlib.sha384(c).hexdigest()}\n" for n, c in ((9, b"a"), (10, b"b")))
    assert listing(migrations_in(files)) == "".join(lines).encode()


@pytest.mark.parametrize("sql", EXPANDING.values(), ids=EXPANDING)
def test_a_migration_that_expands_needs_nobody(sql: bytes) -> None:
    after = {"1_first.sql": FIRST, "2_second.sql": sql}
    assert findings({"1_first.sql": FIRST}, after) == []
    made = migration_changes(listing(migrations_in({"1_first.sql": FIRST})), after, ())
    assert made.added == ("2_second.sql",)
    assert "- adds 2_second.sql\n- once they have run" in made.report()


@pytest.mark.parametrize(("rule", "sql"), BREAKING.items(), ids=BREAKING)
def test_a_migration_that_breaks_the_previous_server_is_named(rule: str, sql: bytes) -> None:
    after = {"1_first.sql": FIRST, "2_second.sql": sql}
    found = findings({"1_first.sql": FIRST}, after)
    assert [line for line in found if line.endswith(f"[rule {rule}, address 2_second.sql]")]
    assert all(line.startswith("migrations do not only expand: 2_second.sql") for line in found)


def test_a_migration_that_was_pinned_stays_as_it_is() -> None:
    before = {"1_first.sql": FIRST, "2_second.sql": b"SELECT 2;"}
    after = {"1_first.sql": FIRST + b"\n", "3_second.sql": b"SELECT 2;"}
    refusal = "so the server refuses a database in which it has run"
    assert findings(before, after) == [
        f"migrations have another 1_first.sql, {refusal} [rule changed, address 1_first.sql]",
        f"migrations no longer have 2, {refusal} [rule removed, address 2]",
    ]
    today = datetime.datetime.now(datetime.UTC).date()
    waiver = ChartWaiver(
        place="migrations",
        address="2",
        rule="removed",
        owner="backend",
        reason="staging is made anew",
        expires=today,
    )
    assert len(findings(before, after, waiver)) == 1
    late = waiver.model_copy(update={"expires": today - datetime.timedelta(days=1)})
    assert len(findings(before, after, late)) == 2


def test_a_chart_without_a_list_is_compared_from_the_next_release_on() -> None:
    assert migration_changes(None, {"1_first.sql": BREAKING["ban-drop-table"]}, ()).report() == ""


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    text = quick_release_yml()[SETTINGS_FILE].decode()
    settings = text.replace("migrations: lana/app/migrations", "migrations: db/migrations")
    assert settings != text
    made = open_sandbox(tmp_path, registry, {SETTINGS_FILE: settings.encode()})
    made.commit("feat: loans", {"db/migrations/1_first.sql": FIRST})
    return made


def cut(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    release(sandbox.application)


def test_a_release_whose_migrations_break_is_not_merged_by_itself(sandbox: Sandbox) -> None:
    rule = AutoMerge(source=str(sandbox.git.dir), wait=0)
    cut(sandbox)
    first = bump_chart(sandbox.application, sandbox.charts)
    listed = sandbox.charts.git.file(first.head_commit, f"{FOLDER}/migrations")
    assert listed == listing({"1_first.sql": FIRST})
    assert automerge(sandbox.charts, first.number, rule).state == "merged"

    sandbox.commit("feat: no rate", {"db/migrations/2_x.sql": BREAKING["ban-drop-column"]})
    cut(sandbox)
    pull = bump_chart(sandbox.application, sandbox.charts)
    finding = "migrations do not only expand: 2_x.sql line 1: Dropping a column may break"
    assert f"## Database migrations\n\n- {finding}" in pull.body
    assert "- adds 2_x.sql\n" in pull.body
    with pytest.raises(NotCleared, match=finding):
        automerge(sandbox.charts, pull.number, rule)

    sandbox.commit_chart("chore: accept it", {WAIVERS: b"- {place: migrations}\n"})
    with pytest.raises(InvalidFile, match=r"read ci/waivers\.yml: 0\.address: Field required"):
        bump_chart(sandbox.application, sandbox.charts)
    waiver = (
        b"- {place: migrations, address: 2_x.sql, rule: ban-drop-column, owner: backend,"
        b" reason: unused since 0.1.0, expires: 2999-01-01}\n"
    )
    sandbox.commit_chart("chore: accept it", {WAIVERS: waiver})
    accepted = bump_chart(sandbox.application, sandbox.charts)
    assert finding not in accepted.body
    assert automerge(sandbox.charts, accepted.number, rule).state == "merged"
