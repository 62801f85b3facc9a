"""The Dagster code location: tables of the warehouse with their sources."""

from dagster import AssetSpec, Definitions

EVENTS = ("core_customer_events", "core_credit_facility_events")

loaded = [AssetSpec(["lana_el", table], description="As the server has it.") for table in EVENTS]
loans = AssetSpec(["dbt_lana_dw", "stg_loans"], deps=loaded, description="A row a loan.")

defs = Definitions(assets=[*loaded, loans])
