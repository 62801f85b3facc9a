"""One stack, synthesized in a prepared tree with exactly the versions which that tree locks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import PlatformError, PromoterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.platform import Platform
from promoter.programs.command import kubeconfig_variables
from promoter.programs.terraform import Terraform
from promoter.synthesis.app import App, last_words
from promoter.toolchain import Toolchain

LOCAL = "local-"
"""The prefix of the environments of the embedded platform (platform `local`)."""

_OUTPUT = "cdktf.out"


@dataclass(frozen=True)
class StackCluster:
    """Where this machine keeps what a deploy needs, and the cluster that it goes to.

    ``local`` is the checkout's ``.local`` folder. ``kubeconfig`` None means the kubeconfig
    that kubectl and the providers would use by themselves.
    """

    local: Path
    kubeconfig: Path | None

    def work(self, stack: str) -> Path:
        """The folder of one deploy's work tree."""
        return self.local / "work" / stack

    def state(self, stack: str) -> Path:
        """The Terraform state of a stack whose backend is this machine."""
        return self.local / "state" / f"{stack}.tfstate"


def place_of(root: Path, environment: str, kubeconfig: Path | None) -> StackCluster:
    """Where a deploy from the checkout ``root`` works, and which cluster it goes to.

    A local environment goes to the embedded platform of this checkout where no kubeconfig is
    named; raises `PlatformError` when that is not up, or when there is no such kubeconfig.
    """
    local = root / ".local"
    if kubeconfig is None and environment.startswith(LOCAL):
        kubeconfig = Platform(local / "platform", Toolchain(root)).require().kubeconfig
    if kubeconfig is not None and not kubeconfig.is_file():
        raise PlatformError(
            f"read kubeconfig {kubeconfig}: there is no such file",
            next_step="name another with --kubeconfig, or leave it out for the default",
        )
    return StackCluster(local, kubeconfig.absolute() if kubeconfig else None)


@dataclass(frozen=True)
class Stack:
    """The stack ``name`` of the prepared ``tree``."""

    name: str
    tree: Path
    toolchain: Toolchain
    place: StackCluster
    progress: Progress

    @property
    def is_local(self) -> bool:
        """Whether it goes to the embedded platform."""
        return self.name.startswith(LOCAL)

    @property
    def folder(self) -> Path:
        """Where its synthesized JSON is, and where Terraform runs."""
        return self.tree / _OUTPUT / "stacks" / self.name

    def synthesize(self) -> None:
        """Run the app of the tree's cdktf.json for this stack alone."""
        python, node = self.toolchain.stacks_python(), self.toolchain.program("node")
        with self.progress.task(f"synthesize {self.name}"):
            done = App(self.tree, python, node).run(self.tree / _OUTPUT, (self.name,))
        if done.returncode != 0 or not self.folder.is_dir():
            raise _failure(self.name, done.stderr)

    def releases(self) -> tuple[tuple[str, str], ...]:
        """Name and namespace of every Helm release that the synthesized stack declares."""
        declared = json.loads((self.folder / "cdk.tf.json").read_text()).get("resource", {})
        return tuple(
            (release["name"], release.get("namespace", "default"))
            for release in declared.get("helm_release", {}).values()
        )

    def terraform(self) -> Terraform:
        """Terraform for the synthesized stack, with the state and the cluster of its place."""
        variables = self.variables()
        chosen = variables.get("TERRAFORM_BINARY_NAME")
        return Terraform(
            program=Path(chosen) if chosen else self.toolchain.terraform().path,
            folder=self.folder,
            environment={**os.environ, **variables},
            progress=self.progress,
            init_arguments=self._backend(),
        )

    def variables(self) -> Mapping[str, str]:
        """What providers and CLI need to know beyond the inherited environment."""
        mirror = self.toolchain.terraform_environment() if self.is_local else {}
        return {**mirror, **kubeconfig_variables(self.place.kubeconfig)}

    def _backend(self) -> tuple[str, ...]:
        if not self.is_local:
            return ()
        state = self.place.state(self.name)
        state.parent.mkdir(parents=True, exist_ok=True)
        return (f"-backend-config=path={state}",)


def _failure(stack: str, said: str) -> PromoterError:
    return PromoterError(
        f"synthesize {stack}: {last_words(redact(said)) or 'the app wrote no such stack'}",
        next_step="mend it, commit, and deploy again; nothing was recorded",
    )
