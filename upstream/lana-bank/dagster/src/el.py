"""Assets that copy tables of the server to the warehouse, each as it is at that moment."""

from typing import Any

import dlt
from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset
from dlt.sources.sql_database import sql_table

from src.warehouse import BigQueryWarehouse, Server

TABLES = ("core_customer_events_rollup", "core_credit_facility_events_rollup")


def _loaded(table: str) -> AssetsDefinition:
    @asset(key=["lana", table], description=f"{table} as the server has it.")
    def copy(
        context: AssetExecutionContext, server: Server, warehouse: BigQueryWarehouse
    ) -> MaterializeResult[Any]:
        pipeline = dlt.pipeline(
            f"lana_{table}",
            destination=warehouse.destination(),
            dataset_name=warehouse.dataset(),
        )
        source = sql_table(server.address(), table=table)
        context.log.info(pipeline.run(source, write_disposition="replace"))
        counted = pipeline.last_trace.last_normalize_info.row_counts
        return MaterializeResult(metadata={"rows": counted.get(table, 0)})

    return copy


loaded = [_loaded(table) for table in TABLES]
