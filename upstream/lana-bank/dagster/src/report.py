"""The report that the server starts: loans as CSV in a bucket, announced to the server."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import requests
from dagster import AssetKey, ConfigurableResource, EnvVar, MaterializeResult, asset

from src.warehouse import BigQueryWarehouse

COLUMNS = ("customer_id", "loans", "amount")


class BucketReports(ConfigurableResource[Any]):
    """The bucket of the reports."""

    def write(self, name: str, text: str) -> str:
        """Write a report and return its place."""
        from google.cloud import storage

        key = json.loads(EnvVar("DBT_BIGQUERY_CREDENTIALS_JSON").get_value() or "{}")
        bucket = EnvVar("REPORTS_BUCKET_NAME").get_value()
        client = storage.Client.from_service_account_info(key)
        client.bucket(bucket).blob(name).upload_from_string(text, content_type="text/csv")
        return f"gs://{bucket}/{name}"


class ServerApi(ConfigurableResource[Any]):
    """The server's webhook, which makes it list the reports anew."""

    def sync_reports(self) -> None:
        """Announce a report; raises `requests.HTTPError` if the server refuses."""
        address = EnvVar("LANA_ADMIN_SERVER_URL").get_value() or ""
        requests.post(f"{address}/webhook/reports/sync", timeout=30).raise_for_status()


@asset(key=["file_report", "loans_csv"], deps=[AssetKey(["dbt_lana_dw", "loans"])])
def loans_report(
    warehouse: BigQueryWarehouse, reports: BucketReports, api: ServerApi
) -> MaterializeResult[Any]:
    """Write the loans of each customer."""
    dataset = EnvVar("DBT_BIGQUERY_DATASET").get_value()
    rows = warehouse.rows(f"select * from {dataset}.loans order by customer_id")  # noqa: S608
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    place = reports.write(f"reports/loans/{datetime.now(UTC):%Y-%m-%d}.csv", text.getvalue())
    api.sync_reports()
    return MaterializeResult(metadata={"rows": len(rows), "place": place})
