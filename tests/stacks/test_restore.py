"""A restore as docs/restore.md describes it, synthesized."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.stacks.stack_tree import REPOSITORY, Tree
from tests.stacks.test_blocks import SCHEMAS, blocks, faults

PAGE = (REPOSITORY / "docs/restore.md").read_text()
STACK = "gcp-volcano-production"
SETTINGS = "stacks/gcp/volcano-production/lana-bank.yml"


def settings_of_page() -> Any:
    (example,) = re.findall(r"(?s)```yaml\n(.*?)```", PAGE)
    return YAML(typ="safe").load(example)["postgres"]


def change(tree: Tree, **postgres: Any) -> None:
    """Set keys of ``postgres`` in the settings."""
    yaml, file = YAML(), tree.root / SETTINGS
    settings = yaml.load(file.read_text())
    settings["postgres"].update(postgres)
    written = io.StringIO()
    yaml.dump(settings, written)
    file.write_text(written.getvalue())


def revisions(stack: dict[str, Any]) -> dict[str, int]:
    secrets = stack["resource"]["kubernetes_secret_v1"]
    return {name: body["data_wo_revision"] for name, body in secrets.items()}


def test_the_copy_replaces_the_old_server_and_pods_follow(tree: Tree) -> None:
    assert SETTINGS in PAGE
    tree.synthesize(STACK)
    before, version = tree.json(STACK), tree.values(STACK)["global"]["secrets"]["version"]
    change(tree, **settings_of_page())
    tree.synthesize(STACK)
    after = tree.json(STACK)
    bodies = ((SCHEMAS[kind]["attributes"], body, place) for kind, place, body in blocks(after))
    assert [fault for each in bodies for fault in faults(*each)] == []
    made = after["resource"]["google_sql_database_instance"]
    assert f"`promoter deploy {STACK}`" in PAGE
    assert f"creates `{made['postgres_server_2_instance']['name']}`" in PAGE
    old = before["resource"]["google_sql_database_instance"]
    assert (
        made["postgres_server_2_instance"]["clone"]["source_instance_name"]
        == (old["postgres_server_instance"]["name"])
    )
    gone = {f"google_sql_database_instance.{name}" for name in old.keys() - made.keys()}
    assert gone == {
        "google_sql_database_instance.postgres_server_instance",
        "google_sql_database_instance.postgres_server_replica_1",
    }
    kept = {each["from"] for each in after["removed"] if not each["lifecycle"]["destroy"]}
    assert kept >= gone
    changed = {name for name, each in revisions(after).items() if each != revisions(before)[name]}
    assert changed == {
        f"secrets_lana_bank_db_{user}" for user in ("server", "server_admin", "reader")
    }
    assert tree.values(STACK)["global"]["secrets"]["version"] != version


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        ({"instance_suffix": ""}, "set instance_suffix"),
        ({"restore_from": {"instance": "x", "at": "yesterday"}}, "restore_from.at"),
        ({"disk_gb": 900}, "limit the disk to 500 GB: it starts with 900"),
        ({"tier": "db-perf-optimized-N-4", "log_days": 40}, "log_days"),
    ],
)
def test_impossible_settings_are_refused_with_file_and_line(
    tree: Tree, server: dict[str, Any], problem: str
) -> None:
    change(tree, server={**settings_of_page()["server"], **server})
    run = tree.run(STACK)
    assert run.returncode == 1
    assert re.search(rf"{SETTINGS}:\d+: postgres\.server", run.stderr)
    assert problem in run.stderr


def test_a_part_and_its_database_come_together(tree: Tree) -> None:
    change(tree, dagster=None)
    run = tree.run(STACK)
    assert "dagster has no database; add postgres.dagster" in run.stderr
