"""The Dagster code location: the server's tables, dbt's models of them, and a report of those."""

from dagster import Definitions, define_asset_job

from src.automation import schedules
from src.el import loaded
from src.models import dbt, models
from src.report import BucketReports, ServerApi, loans_report
from src.warehouse import BigQueryWarehouse, Server

# The server starts this job by its name (app.report.dagster of its configuration).
reports = define_asset_job("file_reports_generation", selection=[loans_report])
warehouse = define_asset_job("warehouse", selection=[*loaded, models])

defs = Definitions(
    assets=[*loaded, models, loans_report],
    jobs=[reports, warehouse],
    schedules=schedules(warehouse, reports),
    resources={
        "server": Server(),
        "warehouse": BigQueryWarehouse(),
        "dbt": dbt(),
        "reports": BucketReports(),
        "api": ServerApi(),
    },
)
