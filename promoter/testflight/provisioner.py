"""Provision the namespace of a testflight, find it again, and destroy it.

`Provisioner` is the extension point, `create_provisioner` its registry.
"""

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from promoter.common.errors import ClusterError
from promoter.common.holder import Holder
from promoter.programs.command import cluster_environment
from promoter.programs.kubectl import Kubectl
from promoter.programs.terraform import Terraform
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.synthesis.app import App, SynthesisError
from promoter.testflight.result import TestflightError

PREFIX = "lana-bank-testflight-"
LABELS = {"app.kubernetes.io/managed-by": "promoter-testflight"}
"""A namespace without this label is never destroyed."""

REF_LABEL = "lana.galoy.io/testflight-ref"
CREATED_LABEL = "lana.galoy.io/testflight-created"
HOLDER_ANNOTATION = "lana.galoy.io/testflight-holder"
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
class TestflightSpec:
    """One testflight: its chart ref (40 hex digits, or the hash of a folder) and its process."""

    ref: str
    holder: Holder
    created: datetime

    @property
    def namespace(self) -> str:
        """The name of its namespace, which ends with the first seven digits of the ref."""
        return f"{PREFIX}{self.ref[:7]}"

    @property
    def ref_label(self) -> str:
        """The ref as a label: a value has at most 63 characters, the hash of a folder 64."""
        return self.ref[:40]


@dataclass(frozen=True)
class ProvisionedNamespace:
    """An existing namespace of a testflight; ``uid`` distinguishes it from a later one.

    ``ref`` is the label with the ref that it tests.
    """

    name: str
    uid: str
    created: datetime
    holder: Holder | None
    ref: str = ""

    def is_stale(self, now: datetime, age: timedelta) -> bool:
        """Return True if it is older than ``age``, or its process ran on this host and ended."""
        return now - self.created >= age or (self.holder is not None and self.holder.dead())


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
        return tuple(_read_namespace(each) for each in found if each["name"].startswith(PREFIX))

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
        try:
            kubectl.create(namespace_object(spec))
        except ClusterError as error:
            if error.reason != "AlreadyExists":
                raise
            raise _namespace_exists(kubectl, spec) from error
        keys = _keys(kubectl, keys_from) if keys_from else {}
        metadata = {"name": SECRET, "labels": LABELS}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": keys}
        kubectl.within(spec.namespace).create(secret)
        return tuple(sorted(keys))


@dataclass(frozen=True)
class TerraformProvisioner(Provisioner):
    """Provisions with the stack modules/testflight; ``keys_from`` is a stack with a vault.

    ``folder`` has one folder per testflight, with its synthesized stack and its state. Terraform
    creates nothing outside of the namespace, so `Provisioner` can destroy it: also from another
    machine, and without the vault, which Terraform would open even to destroy.
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
            program = self.target.toolchain.terraform()
            environment = cluster_environment(self.target.kubeconfig)
            terraform = Terraform(program, folder, environment, self.target.progress)
            terraform.init()
            terraform.apply(terraform.plan())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return THIRD_PARTY_KEYS

    def destroy(self, namespace: ProvisionedNamespace) -> None:
        """See `Provisioner`. The state is removed last, so that none is lost too early."""
        super().destroy(namespace)
        if namespace.holder:
            shutil.rmtree(self._folder_of(namespace.name, namespace.holder), ignore_errors=True)

    def synthesize(self, spec: TestflightSpec, keys_from: str, folder: Path) -> None:
        """Write the stack as Terraform JSON into ``folder``."""
        properties = {
            "ref": spec.ref_label,
            "created": int(spec.created.timestamp()),
            "holder": json.dumps(asdict(spec.holder)),
            "keys_from": keys_from,
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
    """Return the third-party keys (base64) in ``namespace``; raises if it has none of them."""
    source = kubectl.within(namespace).object("secret", SECRET)
    data = (source or {}).get("data") or {}
    keys = {key: data[key] for key in THIRD_PARTY_KEYS if key in data}
    if not keys:
        cause = f"has none of {', '.join(THIRD_PARTY_KEYS)}" if source else "does not exist"
        raise TestflightError(
            f"copy keys from {namespace}: Secret {SECRET} {cause}",
            next_step="--keys-from names the namespace of the staging environment in this cluster; "
            "leave it out to test without third-party keys",
        )
    return keys


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
        cause += str(_read_namespace(metadata).holder or "an unknown process")
        next_step = (
            "wait until it ends; promoter testflight sweep removes one that was killed elsewhere "
            "once it is old enough"
        )
    return TestflightError(f"create namespace {spec.namespace}: {cause}", next_step=next_step)


def namespace_object(spec: TestflightSpec) -> Mapping[str, Any]:
    """Return the namespace of a testflight, which admits restricted pods only."""
    modes = (f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn"))
    own = {REF_LABEL: spec.ref_label, CREATED_LABEL: str(int(spec.created.timestamp()))}
    labels = {**LABELS, **dict.fromkeys(modes, "restricted"), **own}
    annotations = {HOLDER_ANNOTATION: json.dumps(asdict(spec.holder))}
    metadata = {"name": spec.namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _read_namespace(metadata: Mapping[str, Any]) -> ProvisionedNamespace:
    """Return the namespace; its labels and annotations may have been altered."""
    created = datetime.fromisoformat(metadata["creationTimestamp"])
    try:
        holder = Holder(**json.loads(metadata["annotations"][HOLDER_ANNOTATION]))
    except (KeyError, ValueError, TypeError):
        holder = None
    ref = metadata.get("labels", {}).get(REF_LABEL, "")
    return ProvisionedNamespace(metadata["name"], metadata["uid"], created, holder, ref)
