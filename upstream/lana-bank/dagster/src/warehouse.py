"""The server's database, and the warehouse that its tables are loaded to."""

import json
from typing import Any

import dlt
from dagster import ConfigurableResource, EnvVar
from dlt.common.destination import Destination


class Server(ConfigurableResource[Any]):
    """The server's PostgreSQL, as a role that only reads."""

    def address(self) -> str:
        """Return the address in LANA_PG_CON, with the scheme that SQLAlchemy knows."""
        given = EnvVar("LANA_PG_CON").get_value() or ""
        return given.replace("postgres://", "postgresql+psycopg2://", 1)


class BigQueryWarehouse(ConfigurableResource[Any]):
    """BigQuery, with the key of a service account."""

    def destination(self) -> Destination[Any, Any]:
        """Return dlt's destination."""
        key = json.loads(EnvVar("DBT_BIGQUERY_CREDENTIALS_JSON").get_value() or "{}")
        return dlt.destinations.bigquery(credentials=key)

    def dataset(self) -> str:
        """Return the dataset of the loaded tables."""
        return EnvVar("TARGET_BIGQUERY_DATASET").get_value() or "lana"

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        from google.cloud import bigquery
        from google.oauth2 import service_account

        key = json.loads(EnvVar("DBT_BIGQUERY_CREDENTIALS_JSON").get_value() or "{}")
        credentials = service_account.Credentials.from_service_account_info(key)
        client = bigquery.Client(EnvVar("DBT_BIGQUERY_PROJECT").get_value(), credentials)
        return [dict(row) for row in client.query(query)]
