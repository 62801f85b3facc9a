"""Provision the namespace of a testflight, find it again, and destroy it.

`Provisioner` is the extension point, `create_provisioner` its registry.
"""

import json
import shutil
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from promoter.common.errors import ClusterError, PromoterError
from promoter.common.holder import Holder
from promoter.programs.command import cluster_environment
from promoter.programs.kubectl import Kubectl
from promoter.programs.terraform import Terraform
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.synthesis.app import App, SynthesisError
from promoter.testflight.namespace import (
    LABELS,
    PREFIX,
    REF_LABEL,
    ProvisionedNamespace,
    TestflightSpec,
    namespace_object,
    read_namespace,
)
from promoter.testflight.result import TestflightError

SECRET = "lana-bank-external"  # noqa: S105 - its name
THIRD_PARTY_KEYS = (
    "honeycomb-api-key",
    "smtp-password",
    "smtp-username",
    "sumsub-key",
    "sumsub-secret",
)
"""The keys to copy from staging; with those of its databases a test would write to staging."""

_DESTROY_SECONDS = 120
_GRACE_SECONDS = 1


@dataclass(frozen=True)
class Provisioner(ABC):
    """Creates the namespaces of testflights with the secrets in them, finds and destroys them.

    Namespaces are found and destroyed through kubectl, by label and uid, whatever created them.
    """

    target: SmoketestTarget

    def programs(self) -> tuple[str, ...]:
        """Return the names of the programs that only this provisioner runs."""
        return ()

    @abstractmethod
    def provision(self, spec: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """Create the namespace; return the keys copied from ``keys_from``.

        Raises `TestflightError` if it exists.
        """

    def namespaces(self) -> tuple[ProvisionedNamespace, ...]:
        """Return every existing namespace of a testflight."""
        selector = ",".join(f"{name}={value}" for name, value in LABELS.items())
        found = (item["metadata"] for item in self.target.kubectl.items("namespaces", selector))
        return tuple(read_namespace(each) for each in found if each["name"].startswith(PREFIX))

    def destroy(self, namespace: ProvisionedNamespace) -> None:
        """Destroy exactly this namespace, identified by its uid, and wait until it is gone."""
        kubectl, resource = self.target.kubectl, f"namespace/{namespace.name}"
        path = f"--raw=/api/v1/namespaces/{namespace.name}"
        conditions = json.dumps({"preconditions": {"uid": namespace.uid}})
        try:
            kubectl.run("delete", path, "--filename=-", stdin=conditions)
        except ClusterError as error:
            if error.reason not in ("NotFound", "Conflict"):
                raise
            return
        # Kubernetes would wait for half of the longest grace period before it looks again.
        flags = (f"--grace-period={_GRACE_SECONDS}", "--wait=false", "--ignore-not-found")
        kubectl.within(namespace.name).run("delete", "pods", "--all", *flags)
        flags = ("--for=delete", f"--timeout={_DESTROY_SECONDS}s", resource)
        try:
            kubectl.run("wait", *flags, seconds=_DESTROY_SECONDS + 10)
        except ClusterError as error:
            if "timed out" not in str(error):
                raise
            raise TestflightError(
                f"destroy {resource}: it still exists after {_DESTROY_SECONDS} s",
                next_step=f"kubectl get {resource} -o yaml shows the reason; "
                "promoter testflight sweep tries again",
            ) from error


def create_provisioner(
    kind: Literal["cluster", "terraform"], root: Path, target: SmoketestTarget
) -> Provisioner:
    """Return the provisioner ``kind`` on the cluster of ``target``, for the checkout ``root``."""
    if kind == "terraform":
        return TerraformProvisioner(target, root, root / ".local" / "testflight-stacks")
    return ClusterProvisioner(target)


class ClusterProvisioner(Provisioner):
    """Provisions through kubectl; ``keys_from`` is a namespace, or empty for no keys."""

    def provision(self, spec: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """See `Provisioner`. The values of keys are neither printed nor stored elsewhere."""
        kubectl = self.target.kubectl
        keys = _keys(kubectl, keys_from) if keys_from else {}
        try:
            kubectl.create(namespace_object(spec))
        except ClusterError as error:
            if error.reason != "AlreadyExists":
                raise
            raise _namespace_exists(kubectl, spec) from error
        metadata = {"name": SECRET, "labels": LABELS}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": keys}
        kubectl.within(spec.namespace).create(secret)
        return tuple(sorted(keys))


@dataclass(frozen=True)
class TerraformProvisioner(Provisioner):
    """Provisions with the stack modules/testflight; ``keys_from`` is a stack with a vault.

    ``folder`` has one folder per testflight, with its synthesized stack and its state. Terraform
    destroys what it created where it can. It creates nothing outside of the namespace, so
    `Provisioner` can destroy the rest: from another machine, which has no state, and without the
    vault, which Terraform opens even to destroy.
    """

    root: Path
    folder: Path

    def programs(self) -> tuple[str, ...]:
        """See `Provisioner`."""
        return self.target.toolchain.terraform_programs()

    def provision(self, spec: TestflightSpec, keys_from: str) -> tuple[str, ...]:
        """See `Provisioner`. The namespace of a failed attempt is found by its holder."""
        if self.target.kubectl.object("namespace", spec.namespace):
            raise _namespace_exists(self.target.kubectl, spec)
        folder = self._folder_of(spec.namespace, spec.holder)
        folder.mkdir(parents=True, mode=0o700)
        try:
            self.synthesize(spec, keys_from, folder)
            terraform = self._terraform(folder)
            terraform.init()
            terraform.apply(terraform.plan())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return THIRD_PARTY_KEYS

    def destroy(self, namespace: ProvisionedNamespace) -> None:
        """See `Provisioner`: by Terraform, and what that leaves by its label and uid.

        The state is removed last, so that none is lost too early.
        """
        folder = self._folder_of(namespace.name, namespace.holder) if namespace.holder else None
        if folder and folder.is_dir():
            try:
                self._terraform(folder).destroy()
            except PromoterError as error:
                self.target.progress.note(f"{namespace.name}: destroyed by its label: {error}")
        super().destroy(namespace)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)

    def _terraform(self, folder: Path) -> Terraform:
        environment = cluster_environment(self.target.kubeconfig)
        program = self.target.toolchain.terraform()
        return Terraform(program, folder, environment, self.target.progress)

    def synthesize(self, spec: TestflightSpec, keys_from: str, folder: Path) -> None:
        """Write the stack as Terraform JSON into ``folder``."""
        properties = {
            "ref": spec.ref_label,
            "created": int(spec.created.timestamp()),
            "holder": json.dumps(asdict(spec.holder)),
            "keys_from": keys_from,
            "digits": spec.digits,
        }
        app, module = App.of(self.root, self.target.toolchain), "stacks.testflight"
        variables = {"TESTFLIGHT": json.dumps(properties)}
        try:
            with self.target.progress.task(f"synthesize {spec.namespace}"):
                (stack,) = app.synthesize(folder / "out", variables=variables, module=module)
        except SynthesisError as error:
            raise TestflightError(
                f"synthesize {spec.namespace}: {error.cause}",
                next_step="--keys-from names the stack of a cloud's environment, for example "
                "gcp-galoy-staging",
            ) from error
        stack.file.rename(folder / stack.file.name)

    def _folder_of(self, namespace: str, holder: Holder) -> Path:
        # The token comes from an annotation, which anybody may have written.
        return self.folder / f"{namespace}-{''.join(filter(str.isalnum, holder.token))}"


def _keys(kubectl: Kubectl, namespace: str) -> dict[str, str]:
    """Return the third-party keys (base64) in ``namespace``; raises if one is absent."""
    source = kubectl.within(namespace).object("secret", SECRET)
    data = (source or {}).get("data") or {}
    if absent := [key for key in THIRD_PARTY_KEYS if key not in data]:
        cause = f"has no {', '.join(absent)}" if source else "does not exist"
        raise TestflightError(
            f"copy keys from {namespace}: Secret {SECRET} {cause}",
            next_step="--keys-from names the namespace of the staging environment in this cluster; "
            "leave it out to test without third-party keys",
        )
    return {key: data[key] for key in THIRD_PARTY_KEYS}


def _namespace_exists(kubectl: Kubectl, spec: TestflightSpec) -> TestflightError:
    metadata = (kubectl.object("namespace", spec.namespace) or {}).get("metadata", {})
    labels = metadata.get("labels", {})
    if not metadata or "deletionTimestamp" in metadata:
        cause = "the previous one is still being deleted"
        next_step = f"run it again once kubectl get namespace {spec.namespace} finds none"
    elif not LABELS.items() <= labels.items():
        cause = "it exists and was not created by a testflight"
        next_step = "find out who uses it, and delete or rename it by hand"
    else:
        ref = labels.get(REF_LABEL, "")
        of = "that ref" if ref == spec.ref_label else f"{ref}, which has the same first digits,"
        cause = f"a testflight of {of} is running, started by "
        cause += str(read_namespace(metadata).holder or "an unknown process")
        next_step = (
            "wait until it ends; promoter testflight sweep removes one that was killed elsewhere "
            "once it is old enough"
        )
    return TestflightError(f"create namespace {spec.namespace}: {cause}", next_step=next_step)
