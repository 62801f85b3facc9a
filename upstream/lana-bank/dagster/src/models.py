"""The models of the dbt project as assets; their sources are the loaded tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetKey
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

PROJECT = Path(__file__).parent / "dbt_lana_dw"
# Written by `dbt parse` when the image is built; DBT_TARGET_PATH is for what runs write.
MANIFEST = PROJECT / "target" / "manifest.json"


class Translator(DagsterDbtTranslator):
    """Keys of assets: a source is the loaded table, a model is named by its path."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Return the key of a source or a model."""
        if dbt_resource_props["resource_type"] == "source":
            return AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return AssetKey(dbt_resource_props["fqn"])


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=Translator())
def models(context: AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test every model."""
    yield from dbt.cli(["build"], context=context).stream()


def dbt() -> DbtCliResource:
    """Return dbt, run in the project."""
    return DbtCliResource(project_dir=str(PROJECT))
