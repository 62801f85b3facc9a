"""The contract is read from the sources of an application, and one edit is one difference."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dev.contract import FILE
from promoter.common.errors import InvalidFile
from promoter.release.contract import contract as contracts
from promoter.release.contract.contract import (
    READERS,
    Contract,
    parse_contract,
    read_facts,
    written_contract,
)
from tests.contract.application import write_application

SAMPLE = Path(__file__).parents[2] / "upstream/lana-bank"
IMAGE = {
    "argument VERSION": "",
    "argument DAGSTER": "default '1.12'",
    "variable PORT": "3000",
    "variable VERSION": "$VERSION",
    "user": "1001",
    "folder": "/app",
    "port": "3000",
    "cmd": "node server.js",
}
PANEL = {"AUTH_SECRET": "server, default 'secret'", "NEXT_PUBLIC_URL": "shared, required"}
MODULE = {
    "provider google": "hashicorp/google ~> 7.0",
    "variable name": "required",
    "variable owners": "optional",
    "output id": "",
}
FACTS = {
    "server.configuration": {
        "admin_server.port": "5253",
        "app.email": "null",
        "app.encryption": "{}",
    },
    "server.environment": {
        "PG_CON": "default ''",
        "ENCRYPTION_KEY": "required",
        "OLD_KEY": "optional",
        "CREDENTIALS": "optional",
        "LANA_SETTING_*": "optional",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "optional",
    },
    "server.routes": {
        "admin /health": "GET",
        "admin /graphql": "GET POST",
        "customer /health": "GET",
        "customer /graphql": "GET POST",
    },
    "server.graphql": {"Query.buildInfo": "BuildInfo!", "BuildInfo.version": "String!"},
    "admin-panel.environment": PANEL,
    "customer-portal.environment": PANEL,
    "panels.libraries": {"customer-portal next-auth": "5"},
    "dagster.environment": {
        "LANA_PG_CON": "read",
        "MODE": "read",
        "PROJECT": "required by dbt",
        "DATASET": "read",
    },
    "realm.internal": {
        "realm": "internal",
        "client admin-panel": "public, sign-in, claim lanaId",
        "client service": "confidential, service account",
        "roles service": "manage-users view-users",
    },
    "realm.customer": {"realm": "customer"},
    "gateway": {
        "issuer": "lana.bank",
        "admin-api": "admin /graphql, GET POST, jwt, audience https://api/graphql, subject lanaId",
    },
    "image Dockerfile.rc": IMAGE,
    "image Dockerfile.release": IMAGE,
    "image apps/admin-panel/Dockerfile": IMAGE,
    "image apps/customer-portal/Dockerfile": IMAGE,
    "image dagster/Dockerfile": IMAGE,
    "tf/bq-setup": MODULE,
    "tf/honeycomb": MODULE,
}


@pytest.fixture
def application(tmp_path: Path) -> Path:
    return write_application(tmp_path / "application")


def differences(contract: Contract, application: Path) -> list[str]:
    return [*map(str, contracts.differences(contract, application))]


def contract_of(application: Path) -> Contract:
    facts, missing = read_facts(application)
    assert not missing
    return Contract("https://example.com/application", "0" * 40, facts)


def test_every_fact_is_read(application: Path) -> None:
    facts, missing = read_facts(application)
    assert not missing
    assert facts == FACTS


def test_the_committed_contract_is_of_a_commit_and_has_every_section() -> None:
    contract = parse_contract(FILE.read_bytes())
    assert list(contract.facts) == list(READERS)
    assert len(contract.commit) == 40


def test_what_is_written_is_read_again(application: Path) -> None:
    contract = contract_of(application)
    read = parse_contract(written_contract(contract))
    assert read == contract
    assert differences(read, application) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "difference"),
    [
        (
            "dev/lana.default.yml",
            "5253",
            "5255",
            "server.configuration: admin_server.port is '5255', not '5253'",
        ),
        (
            "dagster/Dockerfile",
            "EXPOSE 3000",
            "EXPOSE 4000",
            "image dagster/Dockerfile: port is '4000', not '3000'",
        ),
        (
            "lana/admin-server/src/lib.rs",
            '.route("/health", get(health_check))',
            "",
            "server.routes: admin /health is gone (GET)",
        ),
        (
            "lana/cli/src/settings.rs",
            "pub",
            '// std::env::var("NEW")\npub',
            "server.environment: NEW is new (optional)",
        ),
        (
            "apps/customer-portal/package.json",
            "^5.0.0-beta.30",
            "6.1.0",
            "panels.libraries: customer-portal next-auth is '6', not '5'",
        ),
        (
            "tf/honeycomb/main.tf",
            'variable "name" {}',
            'variable "name" { default = "x" }',
            "tf/honeycomb: variable name is 'optional', not 'required'",
        ),
    ],
)
def test_one_edit_is_one_difference(
    application: Path, path: str, old: str, new: str, difference: str
) -> None:
    contract, file = contract_of(application), application / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert differences(contract, application) == [difference]


def test_a_patch_of_a_library_is_no_difference(application: Path) -> None:
    contract, file = contract_of(application), application / "apps/customer-portal/package.json"
    file.write_text(file.read_text(encoding="utf-8").replace("beta.30", "beta.31"))
    assert differences(contract, application) == []


def test_a_source_that_is_gone_is_named_once(application: Path) -> None:
    contract = contract_of(application)
    (application / "apps/admin-panel/env.ts").unlink()
    assert differences(contract, application) == [
        "admin-panel.environment: there is no apps/admin-panel/env.ts"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("dev/lana.default.yml", "a: [\n"),
        ("dev/keycloak/internal-realm.json", "{}"),
        ("dev/keycloak/internal-realm.json", "{"),
        ("dev/ory/oathkeeper_rules.yaml", "- id: other\n"),
        ("tf/bq-setup/main.tf", "variable {{\n"),
    ],
)
def test_a_source_in_another_form_is_an_error(application: Path, path: str, text: str) -> None:
    (application / path).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile):
        read_facts(application)


def run_command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "dev.contract", str(folder), *options]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_says_what_differs(application: Path) -> None:
    found = run_command(application)
    assert found.returncode == 1
    assert "server.configuration: admin_server.aud is gone" in found.stdout
    assert "differences in 18 sections" in found.stdout.splitlines()[-1]


def test_a_folder_without_a_commit_is_no_contract(application: Path) -> None:
    refused = run_command(application, "--update")
    assert refused.returncode == 64
    assert "has no commit" in refused.stderr
    assert run_command(application / "absent").returncode == 64


def test_the_sample_differs_as_it_is_known() -> None:
    """The sample in upstream/ is smaller than the application."""
    known = Path(__file__).with_name("sample.txt").read_text(encoding="utf-8")
    assert differences(parse_contract(FILE.read_bytes()), SAMPLE) == known.splitlines(), (
        "python -m dev.contract upstream/lana-bank | head -n -1 > tests/contract/sample.txt"
    )


def test_the_code_location_is_tested_with_the_versions_of_its_image() -> None:
    facts = read_facts(SAMPLE)[0]["image dagster/Dockerfile"]
    folder = SAMPLE / "dagster"
    tested = (folder / "requirements-test.txt").read_text(encoding="utf-8").splitlines()
    for name, argument in {
        "dagster": "DAGSTER_VERSION",
        "dagster-dbt": "DAGSTER_EXT_VERSION",
    }.items():
        version = facts[f"argument {argument}"].removeprefix("default ").strip("'")
        assert f"{name}~={version}" in tested
    installed = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert next(line for line in installed if line.startswith("dbt-core")) in tested
