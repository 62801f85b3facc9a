"""The code location loads, and its tables have the sources that they are made from."""

from dagster import AssetKey, Definitions
from src.definitions import EVENTS, defs


def test_the_code_location_is_valid() -> None:
    Definitions.validate_loadable(defs)


def test_every_table_of_the_server_is_loaded() -> None:
    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {f"lana_el/{table}" for table in EVENTS} <= keys


def test_the_loans_are_made_from_every_loaded_table() -> None:
    loans = defs.resolve_asset_graph().get(AssetKey(["dbt_lana_dw", "stg_loans"]))
    assert loans.parent_keys == {AssetKey(["lana_el", table]) for table in EVENTS}
