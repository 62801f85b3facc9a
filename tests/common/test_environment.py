"""Tests of the variables that a child process gets of the caller's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.credentials import PAGE, SECTION, table
from dev.generated import with_section
from promoter.common.environment import (
    BUILD,
    CLUSTER,
    GIT,
    PIPELINE,
    PLATFORMS,
    PROVIDERS,
    REGISTRY,
    allowed_names,
    child_environment,
)
from promoter.common.progress import Silent
from promoter.programs.command import cluster_environment, kubeconfig_variables
from promoter.programs.cosign import Cosign
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import Registry
from promoter.setup.doctor.machine import LOGINS
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain

VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
STEERING = {
    "CDKTF_A": "other.py",
    "CDKTFAPP": "other.py",
    "CDKTF_app": "other.py",
    "CDKTN_DISABLE_LOGGING": "1",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/other",
    "GIT_ATTR_SOURCE": "other",
    "GIT_AUTHOR_DATE": "2001-01-01T00:00:00",
    "GIT_CONFIG": "/other",
    "GIT_CONFIG_PARAMETERS": "'core.bare'='true'",
    "GIT_DIR": "/other",
    "GIT_EXEC_PATH": "/other",
    "GIT_EXTERNAL_DIFF": "/other",
    "GIT_INDEX_FILE": "/other",
    "GIT_NAMESPACE": "other",
    "GIT_OBJECT_DIRECTORY": "/other",
    "GIT_REPLACE_REF_BASE": "refs/other",
    "GIT_TEMPLATE_DIR": "/other",
    "GIT_WORK_TREE": "/other",
    "HELM_DRIVER": "memory",
    "HELM_KUBECONTEXT": "other",
    "HELM_NAMESPACE": "other",
    "HELM_POST_RENDERER": "other",
    "JSII_RUNTIME": "/other",
    "KUBE_CTX": "other",
    "KUBE_CTX_CLUSTER": "other",
    "KUBE_HOST": "https://other",
    "KUBE_TOKEN": "other",
    "LANA_STACKS": "other",
    "LD_PRELOAD": "/other",
    "NODE_OPTIONS": "--require /other",
    "NODE_PATH": "/other",
    "PYTHONPATH": "/other",
    "PYTHONSTARTUP": "/other",
    "TF_CLI_ARGS": "-refresh-only",
    "TF_CLI_ARGS_plan": "-refresh-only",
    "TF_CLI_CONFIG_FILE": "/other",
    "TF_DATA_DIR": "/other",
    "TF_REATTACH_PROVIDERS": "{}",
    "TF_VAR_replicas": "0",
    "TF_WORKSPACE": "other",
}
"""Variables of the caller's that would change what is applied, read or recorded."""


@pytest.fixture(autouse=True)
def _steered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in STEERING.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that writes the names of its variables to a file next to itself."""
    program = tmp_path / "program"
    seen = tmp_path / "seen"
    program.write_text(f"#!/bin/sh\nenv | sed 's/=.*//' > {seen}\necho '[]'\n")
    program.chmod(0o755)
    return program


def stack_of(folder: Path, terraform: str) -> Stack:
    """A stack that was synthesized with ``terraform`` as its settings."""
    stack = Stack("gcp-qa", folder, Toolchain(folder), Target(folder, None), Silent())
    stack.folder.mkdir(parents=True)
    (stack.folder / "cdk.tf.json").write_text(f'{{"terraform": {terraform}}}')
    return stack


def test_nothing_that_steers_a_program_is_passed_on() -> None:
    everything = child_environment(CLUSTER, GIT, REGISTRY, *PROVIDERS.values())
    assert not STEERING.keys() & everything.keys()


def test_programs_run_without_it(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("LC_TIME", "C")
    runs = (
        lambda: Helm(program).history("a", "b"),
        lambda: Kubectl(program, None).run("get", "pods"),
        lambda: Registry("127.0.0.1:1/a", program).tag("a", "sha256:0", "b"),
        lambda: Cosign(program, "hashivault://key").sign("a@sha256:0"),
    )
    for run in runs:
        run()
        seen = set((program.parent / "seen").read_text().split())
        assert {"PATH", "HOME", "HTTPS_PROXY", "LC_TIME"} <= seen
        assert not STEERING.keys() & seen


def test_a_stack_gets_the_credentials_of_its_own_providers_and_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOOGLE_CREDENTIALS", "ARM_CLIENT_SECRET", "HONEYCOMB_API_KEY", "AWS_PROFILE"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    monkeypatch.setattr(Toolchain, "terraform", lambda _: Path("tofu"))
    providers = {"google": '{"google": {"source": "hashicorp/google"}}', "none": "{}"}
    cases = (
        (f'{{"required_providers": {providers["google"]}}}', {"GOOGLE_CREDENTIALS"}),
        ('{"backend": {"azurerm": {}}, "required_providers": {}}', {"ARM_CLIENT_SECRET"}),
        (
            '{"backend": {"gcs": {}}, "required_providers": '
            '{"honeycombio": {"source": "honeycombio/honeycombio"}}}',
            {"GOOGLE_CREDENTIALS", "HONEYCOMB_API_KEY"},
        ),
    )
    for number, (settings, expected) in enumerate(cases):
        stack = stack_of(tmp_path / str(number), settings)
        given = stack.terraform().environment
        assert {name for name, value in given.items() if value == "mine"} == expected
        assert not STEERING.keys() & given.keys()


def test_the_page_lists_the_variables_of_every_provider() -> None:
    text = PAGE.read_text()
    assert text == with_section(text, SECTION, table()), "make generated"


def test_what_a_pipeline_passes_is_passed_on_to_the_provider() -> None:
    for provider, names in PIPELINE.items():
        assert set(names) <= set(PROVIDERS[provider].split())
    assert PIPELINE.keys() == {each for providers in PLATFORMS.values() for each in providers}


ROOT = Path(__file__).parents[2]
STACK_TESTS = (
    *(ROOT / "tests" / "stacks").glob("*.py"),
    *(ROOT / "tests" / "providers").glob("*.py"),
    ROOT / "tests" / "testflight" / "test_terraform_providers.py",
)
FAKE_CLOUD = r"GOOGLE_\w+_CUSTOM_ENDPOINT ARM_METADATA_HOSTNAME ARM_USE_CLI"
"""The variables that lead a provider to a fake cloud, and away from the login of a person."""
LOCAL = r"TERRAFORM_BINARY_NAME CHECKPOINT_DISABLE TF_PLUGIN_CACHE_\w+ LANA_STACKS"
"""The Terraform program, where it keeps providers, and the stacks to synthesize."""


def variables_in(file: Path) -> Iterator[str]:
    """The variables that a test sets: keys of a mapping, keyword arguments, `setenv`."""
    for node in ast.walk(ast.parse(file.read_text())):
        names: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            names += node.keys
        if isinstance(node, ast.Call):
            yield from (each.arg for each in node.keywords if each.arg and each.arg.isupper())
            if getattr(node.func, "attr", "") == "setenv":
                names += node.args[:1]
        texts = (each.value for each in names if isinstance(each, ast.Constant))
        yield from (text for text in texts if isinstance(text, str) and VARIABLE.fullmatch(text))


def test_tests_of_stacks_set_only_what_is_declared() -> None:
    """Anything else would not be there in a pipeline, nor on a laptop."""
    found = {name for file in STACK_TESTS for name in variables_in(file)}
    assert {"HONEYCOMB_API_KEY", "GOOGLE_OAUTH_ACCESS_TOKEN"} <= found
    assert found == allowed_names(found, *PROVIDERS.values(), FAKE_CLOUD, LOCAL)


def test_the_doctor_looks_for_variables_of_the_providers() -> None:
    for platform, login in LOGINS.items():
        known = {name for each in PLATFORMS[platform] for name in PROVIDERS[each].split()}
        assert set(login.variables) <= known


def test_a_build_gets_the_settings_of_go_and_no_credentials_of_google(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("GOPROXY", *PROVIDERS["google"].split()):
        monkeypatch.setenv(name, "x")
    found = child_environment(BUILD)
    assert found["GOPROXY"] == "x"
    assert not found.keys() & set(PROVIDERS["google"].split())


def test_every_program_uses_one_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBECONFIG", "KUBE_CONFIG", "KUBE_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    assert kubeconfig_variables(None) == {}
    monkeypatch.setenv("KUBE_CONFIG_PATH", "/applied")
    monkeypatch.setenv("KUBECONFIG", "/verified")
    used = {cluster_environment(None)[name] for name in ("KUBECONFIG", "KUBE_CONFIG_PATH")}
    assert used == {"/verified"}
    assert set(kubeconfig_variables(Path("/named")).values()) == {"/named"}
