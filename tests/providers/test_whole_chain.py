"""The chain of tests/concourse/test_local_builds.py, its testflight provisioned by Terraform.

The task is the declared one of the charts' pipeline, with Azure's staging in the place of Google
Cloud's, whose provider cannot be built: that environment's name, and the credentials of its
provider under the names that every pipeline passes. The vault answers on loopback.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest
import yaml

from dev.scene import Scene
from promoter.common.environment import pipeline_credentials
from promoter.concourse.schema import Pipeline, parse_pipeline
from promoter.testflight.provisioner import THIRD_PARTY_KEYS
from tests.concourse.build import Engine
from tests.concourse.test_local_builds import (
    deployments,
    flying,
    require_deployed,
    scene,
    with_remotes,
    worker,
)
from tests.concourse.test_pipelines import ROOT
from tests.concourse.worker import Worker, pipeline_files
from tests.providers.azurerm_stack import OF_TESTS
from tests.providers.key_vault import KeyVault, key_vault
from tests.providers.obtained import engine, obtain

__all__ = ["deployments", "scene", "worker"]

pytestmark = [pytest.mark.providers, pytest.mark.timeout(1200)]

CLOUD, STAGING = "gcp-galoy-staging", "azure-volcano-staging"


class AzureCharts(Engine):
    """The charts' pipeline with the keys of a staging environment on Azure."""

    @cached_property
    def pipeline(self) -> Pipeline:  # type: ignore[override]
        text = pipeline_files(self.name).rendered(ROOT).read_text()
        assert text.count(CLOUD) == 1
        document: dict[str, Any] = yaml.safe_load(text.replace(CLOUD, STAGING))
        (params,) = (
            step["config"]["params"]
            for step in document["jobs"][0]["plan"]
            if step.get("task") == "testflight"
        )
        for name in pipeline_credentials(("google",)):
            del params[name]
        params |= {name: f"((staging.{name}))" for name in pipeline_credentials(("azurerm",))}
        return parse_pipeline(document, "the charts' pipeline")


@pytest.fixture(scope="module")
def vault(scene: Scene, worker: Worker) -> Iterator[KeyVault]:
    """A vault with every third-party key, which the OpenTofu of testflights reaches."""
    folder = scene.folder / "vault"
    folder.mkdir()
    obtained = obtain(scene.toolchain, folder)
    with key_vault(folder) as (found, variables):
        for key in THIRD_PARTY_KEYS:
            found.put(f"{STAGING}-{key}", secrets.token_urlsafe(20))
        for name in pipeline_credentials(("azurerm",)):
            worker.values[f"staging.{name}"] = variables.get(name, "")
        fakes = {name: value for name, value in variables.items() if OF_TESTS.fullmatch(name)}
        tofu = engine(obtained.program, folder, {**obtained.environment, **fakes})
        flying(worker, f'PATH="{tofu.parent}:$PATH"', "export PATH")
        worker.network["SSL_CERT_DIR"] = variables["SSL_CERT_DIR"]
        worker.outside.append(folder)
        yield found


@pytest.fixture(scope="module")
def charts(scene: Scene, worker: Worker) -> Engine:
    return with_remotes(AzureCharts("galoy-private-charts", worker, {}), scene)


def test_a_commit_of_the_chart_is_tested_with_the_keys_of_staging_and_deployed_to_qa(
    scene: Scene, charts: Engine, deployments: Engine, vault: KeyVault
) -> None:
    tested = require_deployed(scene, charts, deployments)
    assert f"created, with {len(THIRD_PARTY_KEYS)} third-party keys" in tested.log
    assert not [each for (each,) in vault.versions.values() if each in tested.log]
