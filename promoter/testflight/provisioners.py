"""Which ground a testflight is given: one is chosen by name, none is guessed."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import partial
from pathlib import Path

from promoter.programs.command import cluster_environment
from promoter.programs.terraform import Terraform
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.testflight.provisioner import ClusterProvisioner, Provisioner
from promoter.testflight.terraform_provisioner import AppSynthesis, TerraformProvisioner


class Kind(StrEnum):
    """How namespace and secrets are made: by kubectl, or as a Terraform stack."""

    CLUSTER = "cluster"
    STACK = "stack"


def ground_of(kind: Kind, root: Path, place: SmoketestTarget) -> Provisioner:
    """The ground of ``kind`` on the cluster of ``place``, from the checkout ``root``."""
    cluster = ClusterProvisioner(place.kubectl)
    if kind is Kind.CLUSTER:
        return cluster
    return TerraformProvisioner(
        cluster,
        root / ".local" / "testflight-stacks",
        AppSynthesis(root, place.toolchain, place.progress),
        partial(terraform_in, place),
    )


def terraform_in(place: SmoketestTarget, folder: Path) -> Terraform:
    """OpenTofu or Terraform in ``folder``, on the cluster of ``place``."""
    chosen = os.environ.get("TERRAFORM_BINARY_NAME")
    binary = Path(chosen) if chosen else place.toolchain.terraform().path
    return Terraform(binary, folder, cluster_environment(place.kubeconfig), place.progress)
