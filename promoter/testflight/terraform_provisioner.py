"""A testflight's ground as a Terraform stack, where the kubernetes provider is in reach.

Each testflight has a folder with its synthesized stack (modules/testflight) and a state of its
own. All that Terraform makes is the namespace and what is in it, so it is found and destroyed as
`ClusterProvisioner` does: by label and uid, also from another machine, and when the vault, the
provider or the state is out of reach. Terraform would open the vault even to destroy.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.programs.terraform import Terraform
from promoter.synthesis.app import App
from promoter.testflight.errors import TestflightError
from promoter.testflight.provisioner import (
    THIRD_PARTY_KEYS,
    ClusterProvisioner,
    Left,
    TestflightSpec,
    taken,
)
from promoter.toolchain import Toolchain

_SYNTHESIZED = "stacks/testflight/cdk.tf.json"


class Synthesis(Protocol):
    """Writes the stack of a flight."""

    def __call__(self, flight: TestflightSpec, keys_from: str, folder: Path) -> None:
        """Write it as Terraform JSON into ``folder``."""
        ...


@dataclass(frozen=True)
class TerraformProvisioner:
    """The port `Ground` through Terraform; ``keys_from`` is the stack whose vault is read.

    ``folder`` keeps the stacks that are there, ``terraform`` gives OpenTofu or Terraform in one
    of them.
    """

    cluster: ClusterProvisioner
    folder: Path
    synthesize: Synthesis
    terraform: Callable[[Path], Terraform]

    def make(self, flight: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """See `Ground`. What only came half into being is found by its holder, as any other."""
        if self.cluster.kubectl.object("namespace", flight.namespace):
            raise taken(self.cluster.kubectl, flight)
        folder = self._of(flight.namespace, flight.holder.token)
        folder.mkdir(parents=True, mode=0o700)
        try:
            self.synthesize(flight, keys_from, folder)
            terraform = self.terraform(folder)
            terraform.init()
            terraform.apply(terraform.plan())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return THIRD_PARTY_KEYS

    def left(self) -> tuple[Left, ...]:
        """See `Ground`."""
        return self.cluster.left()

    def destroy(self, left: Left) -> None:
        """See `Ground`. Its state goes last, so that what is there is not forgotten."""
        self.cluster.destroy(left)
        if left.holder:
            shutil.rmtree(self._of(left.namespace, left.holder.token), ignore_errors=True)

    def _of(self, namespace: str, token: str) -> Path:
        # The token comes from an annotation, which anybody may have written.
        return self.folder / f"{namespace}-{''.join(filter(str.isalnum, token))}"


@dataclass(frozen=True)
class AppSynthesis:
    """Runs ``python -m stacks.testflight`` of the tree ``root`` with the stacks' Python."""

    root: Path
    toolchain: Toolchain
    progress: Progress

    def __call__(self, flight: TestflightSpec, keys_from: str, folder: Path) -> None:
        """See `Synthesis`."""
        python, node = self.toolchain.stacks_python(), self.toolchain.program("node")
        told = {
            "ref": flight.ref[:40],
            "created": int(flight.created.timestamp()),
            "holder": json.dumps(asdict(flight.holder)),
            "keys_from": keys_from,
        }
        app, variables = App(self.root, python, node), {"TESTFLIGHT": json.dumps(told)}
        with self.progress.task(f"synthesize {flight.namespace}"):
            done = app.run_module("stacks.testflight", folder / "out", variables)
        if done.returncode != 0:
            said = redact(done.stderr).strip().splitlines()[-1:] or ["no message"]
            raise TestflightError(
                f"synthesize {flight.namespace}: {said[0]}",
                next_step="--keys-from names the stack of a cloud's environment, for example "
                "gcp-galoy-staging",
            )
        (folder / "out" / _SYNTHESIZED).rename(folder / "cdk.tf.json")
