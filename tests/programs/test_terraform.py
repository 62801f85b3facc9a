"""The changes of a plan, read from Terraform's JSON."""

from __future__ import annotations

from typing import Any

from promoter.programs.terraform import Plan, changes, plan_digest


def change(address: str, type_: str, *actions: str, after: Any = None) -> dict[str, Any]:
    return {
        "address": address,
        "type": type_,
        "change": {"actions": list(actions), "before": None, "after": after},
    }


def plan(*resource_changes: dict[str, Any]) -> Plan:
    from pathlib import Path

    shown = {"resource_changes": list(resource_changes)}
    return Plan(Path("plan"), plan_digest(shown), changes(shown))


DATABASE = "google_sql_database_instance"


def test_replacing_a_database_destroys_state() -> None:
    replaced = plan(change("db", DATABASE, "delete", "create"))
    assert [each.address for each in replaced.destroys] == ["db"]


def test_updating_it_or_deleting_a_release_does_not() -> None:
    harmless = plan(change("db", DATABASE, "update"), change("app", "helm_release", "delete"))
    assert harmless.destroys == ()
    assert harmless.summary() == "0 to create, 1 to update, 1 to delete"


def test_what_does_nothing_is_no_change() -> None:
    assert plan(change("a", DATABASE, "no-op"), change("b", DATABASE, "read")).changes == ()


def test_the_digest_follows_the_values_and_nothing_else() -> None:
    first = plan(change("a", DATABASE, "update", after={"tier": "small"}))
    again = plan(change("a", DATABASE, "update", after={"tier": "small"}))
    other = plan(change("a", DATABASE, "update", after={"tier": "large"}))
    unrelated = plan(
        change("a", DATABASE, "update", after={"tier": "small"}),
        change("z", DATABASE, "no-op", after={"tier": "large"}),
    )
    assert first.digest == again.digest == unrelated.digest != other.digest
