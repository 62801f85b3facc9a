"""One stack of a prepared tree, and the cluster that it is deployed to."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.environment import child_environment
from promoter.common.errors import PlatformError
from promoter.common.progress import Progress
from promoter.platform import Platform
from promoter.programs.cdk_terrain import WITHOUT_HOME
from promoter.programs.command import kubeconfig_variables
from promoter.programs.provider_lock import require_lock
from promoter.programs.terraform import Terraform, restore_state
from promoter.synthesis.app import App, StackRelease, SynthesisError, SynthesizedStack
from promoter.toolchain import Toolchain

LOCAL = "local-"
"""The prefix of the environments of the embedded platform (platform `local`)."""

_OUTPUT = "cdktf.out"


@dataclass(frozen=True)
class Target:
    """The cluster that a command works on, and this machine's folder for its files.

    ``local`` is the checkout's ``.local`` folder. ``kubeconfig`` None is the kubeconfig that
    kubectl and the providers use by default.
    """

    local: Path
    kubeconfig: Path | None

    def work(self, stack: str) -> Path:
        """Return the folder of a deploy's work tree."""
        return self.local / "work" / stack

    def state(self, stack: str) -> Path:
        """Return the file of a Terraform state kept on this machine; its folder is created."""
        file = self.local / "state" / f"{stack}.tfstate"
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def variables(self, stack: str, toolchain: Toolchain) -> Mapping[str, str]:
        """Return the variables that Terraform and the providers of ``stack`` need."""
        mirror = toolchain.terraform_environment() if stack.startswith(LOCAL) else {}
        return {**mirror, **kubeconfig_variables(self.kubeconfig)}


TargetOf = Callable[[str], Target]
"""Returns the target of an environment; raises as `target_of` does."""


def target_of(root: Path, environment: str, kubeconfig: Path | None) -> Target:
    """Return the target of ``environment`` for a command in the checkout ``root``.

    A local environment is in the embedded platform of this checkout unless a kubeconfig is
    named; raises `PlatformError` if that is not up, or without that kubeconfig. A
    folder as ``kubeconfig`` has one per environment, ``<environment>.kubeconfig``.
    """
    local = root / ".local"
    if kubeconfig is not None and kubeconfig.is_dir():
        kubeconfig /= f"{environment}.kubeconfig"
    if kubeconfig is None and environment.startswith(LOCAL):
        kubeconfig = Platform(local / "platform", Toolchain(root)).require().kubeconfig
    if kubeconfig is not None and not kubeconfig.is_file():
        raise PlatformError(
            f"read kubeconfig {kubeconfig}: no such file",
            next_step="name another with --kubeconfig, or leave it out for the default",
        )
    return Target(local, kubeconfig.absolute() if kubeconfig else None)


def stack_folder(tree: Path, name: str) -> Path:
    """Return the folder of the synthesized stack ``name`` in ``tree``."""
    return tree / _OUTPUT / "stacks" / name


@dataclass(frozen=True)
class Stack:
    """The stack ``name`` of the prepared ``tree``, built with the versions that it locks."""

    name: str
    tree: Path
    toolchain: Toolchain
    target: Target
    progress: Progress

    @property
    def folder(self) -> Path:
        """The folder of its synthesized JSON, in which Terraform runs."""
        return stack_folder(self.tree, self.name)

    def probe_programs(self) -> None:
        """Find out the versions of the programs on PATH, which `synthesize` then knows."""
        for name in (*self._programs(), "node"):
            self.toolchain.probe(name)

    def synthesize(self) -> None:
        """Run the app of the tree's cdktf.json for this stack alone.

        Programs that a deploy of it needs later are built first, by one build.
        """
        self.toolchain.programs(self._programs())
        app = App.of(self.tree, self.toolchain)
        with self.progress.task(f"synthesize {self.name}"):
            app.synthesize(self.tree / _OUTPUT, (self.name,))
        if not self.folder.is_dir():
            raise SynthesisError((self.name,), "the app wrote no such stack")

    def releases(self) -> tuple[StackRelease, ...]:
        """Return every Helm release that the synthesized stack declares."""
        return SynthesizedStack(self.folder).releases()

    def repair_state(self) -> None:
        """Restore a Terraform state of this machine that a killed apply has cut off."""
        if self.name.startswith(LOCAL) and restore_state(self.target.state(self.name)):
            self.progress.note(f"{self.name}: the state was cut off, its backup is used")

    def terraform(self) -> Terraform:
        """Return Terraform for the synthesized stack, with the target's state and cluster."""
        variables = self.target.variables(self.name, self.toolchain)
        program = Path(variables.get("TERRAFORM_BINARY_NAME") or self.toolchain.terraform())
        local = self.name.startswith(LOCAL)
        backend = [f"-backend-config=path={self.target.state(self.name)}"] if local else []
        environment = {**child_environment(*self._credentials()), **variables}
        init_arguments = ("-reconfigure", *backend, *self._locked())
        return Terraform(program, self.folder, environment, self.progress, init_arguments)

    def cli_environment(self) -> dict[str, str]:
        """Return the variables by which the CDK Terrain CLI uses the same program and state."""
        terraform = self.terraform()
        variables = {
            **child_environment(*self._credentials()),
            **App.of(self.tree, self.toolchain).environment((self.name,)),
            **self.target.variables(self.name, self.toolchain),
            "TERRAFORM_BINARY_NAME": str(terraform.program),
            "TF_CLI_ARGS_init": shlex.join(terraform.init_arguments),
            **WITHOUT_HOME,
        }
        variables.pop("TF_INPUT", None)  # The CLI answers Terraform's question for the user.
        return variables

    def _programs(self) -> tuple[str, ...]:
        if self.name.startswith(LOCAL):
            return ("kubectl", "helm", "crane", "tofu", "terraform-provider-helm")
        return ("kubectl", "helm", *self.toolchain.terraform_programs())

    def _locked(self) -> tuple[str, ...]:
        """Put the tree's lock of the providers into the folder; return init's arguments."""
        stack = SynthesizedStack(self.folder)
        if not stack.file.is_file():
            return ()
        platform = self.name.partition("-")[0]
        return require_lock(self.tree, platform, stack.required_providers(), self.folder)

    def _credentials(self) -> tuple[str, ...]:
        return SynthesizedStack(self.folder).credentials()
