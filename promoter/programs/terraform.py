"""OpenTofu as a subprocess: one saved plan of a synthesized stack, then applied."""

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from promoter.common.child import child
from promoter.common.errors import PromoterError
from promoter.common.files import write_atomically
from promoter.common.progress import Progress
from promoter.common.text import redact

_LOCK_TIMEOUT = "-lock-timeout=120s"
_ASKING = ("init", "plan", "apply", "import")

_OVERRIDDEN = "Provider development overrides are in effect"
_RELOCK = "promoter providers lock, and commit the result: the lock does not fit"
_REMEDIES = {
    "Error acquiring the state lock": "wait for the other run, then run the command again",
    "the lock file is read-only": _RELOCK,
    "checksums previously recorded in the dependency lock file": _RELOCK,
    "does not match configured version constraint": _RELOCK,
    "is no longer available": _RELOCK,
}
"""Next steps by the text of OpenTofu's message."""

_PLACE = re.compile(r"^(?:(with .+?), )?on \S+ line \d+.*")
_PARAGRAPHS = 4

# Types that hold data or an identity which no apply brings back: a plan that deletes or
# replaces one of these needs an approval of its own.
STATEFUL = frozenset(
    {
        "azurerm_dns_zone",
        "azurerm_key_vault",
        "azurerm_key_vault_key",
        "azurerm_postgresql_flexible_server",
        "azurerm_postgresql_flexible_server_database",
        "azurerm_storage_account",
        "azurerm_storage_container",
        "google_bigquery_dataset",
        "google_dns_managed_zone",
        "google_kms_crypto_key",
        "google_kms_key_ring",
        "google_sql_database",
        "google_sql_database_instance",
        "google_storage_bucket",
        "honeycombio_dataset",
        "kubernetes_namespace",
        "kubernetes_namespace_v1",
        "kubernetes_persistent_volume_claim",
        "kubernetes_persistent_volume_claim_v1",
    }
)


@dataclass(frozen=True)
class ResourceChange:
    """A planned change of one resource; ``actions`` as Terraform's plan JSON names them."""

    address: str
    type: str
    actions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'/'.join(self.actions)} {self.address}"


@dataclass(frozen=True)
class Plan:
    """A saved plan.

    ``digest`` is over the changes, not over the file (which carries the time of planning):
    the same changes planned again have the same digest, and an approval holds for them alone.
    """

    file: Path
    digest: str
    changes: tuple[ResourceChange, ...]

    @property
    def destroys(self) -> tuple[ResourceChange, ...]:
        """The changes that delete something stateful, or leave it to nobody.

        A replacement deletes, too. What a ``removed`` block forgets is replaced by an empty one
        in the next plan.
        """
        lost = {"delete", "forget"}
        return tuple(c for c in self.changes if lost & {*c.actions} and c.type in STATEFUL)

    def summary(self) -> str:
        """Return one line: the number of resources to create, update and delete."""
        return ", ".join(
            f"{sum(action in change.actions for change in self.changes)} to {action}"
            for action in ("create", "update", "delete")
        )


@dataclass(frozen=True)
class StateVersion:
    """A version of a stack's state: every write has another, and ``resources`` counts them."""

    lineage: str = ""
    serial: int = 0
    resources: int = 0


@dataclass(frozen=True)
class Terraform:
    """The program in the folder of one synthesized stack; ``environment`` has all its variables."""

    program: Path
    folder: Path
    environment: Mapping[str, str]
    progress: Progress
    init_arguments: Sequence[str] = ()

    def init(self) -> None:
        """Install the providers and open the state; raise where this machine replaces one."""
        if _OVERRIDDEN in self._run("init", *self.init_arguments):
            raise PromoterError(
                f"init stack {self.folder.name}: dev_overrides of this machine replace a provider",
                next_step="remove them from ~/.tofurc and ~/.terraformrc",
            )

    def validate(self) -> None:
        """Check the configuration against the schemas of its providers."""
        self._run("validate")

    def plan(self, *options: str) -> Plan:
        """Plan into a file and return what it contains."""
        return self.read_plan(self.save_plan(*options))

    def save_plan(self, *options: str) -> Path:
        """Plan into a file, and return that; the state's lock is waited for."""
        file = self.folder / "plan.tfplan"
        self._run("plan", f"-out={file}", _LOCK_TIMEOUT, *options)
        return file

    def read_plan(self, file: Path) -> Plan:
        """Return the plan that was saved in ``file``."""
        shown = json.loads(self._run("show", "-json", str(file)))
        return Plan(file, plan_digest(shown), changes(shown))

    def show(self, plan: Plan) -> str:
        """Return ``plan`` as Terraform shows it to a person."""
        return self._run("show", str(plan.file))

    def apply(self, plan: Plan) -> None:
        """Apply exactly ``plan``; Terraform itself rejects it if the state has changed since."""
        self._run("apply", _LOCK_TIMEOUT, str(plan.file))

    def destroy(self) -> None:
        """Destroy everything in the state. Only for what has no other owner: a testflight."""
        self._run("destroy", "-auto-approve", _LOCK_TIMEOUT)

    def addresses(self) -> frozenset[str]:
        """Return the address of every resource in the state, without instance keys."""
        resources = self._pulled().get("resources", ())
        return frozenset(f"{each['type']}.{each['name']}" for each in resources)

    def adopt(self, address: str, identity: str) -> None:
        """Read the object ``identity`` into the state anew, whatever the state says of it."""
        if address in self.addresses():
            self._run("state rm", address)
        self._run("import", _LOCK_TIMEOUT, address, identity)

    def state(self) -> StateVersion:
        """Return the version of the state, the first one if there is no state yet."""
        pulled = self._pulled()
        resources = sum(len(each["instances"]) for each in pulled.get("resources", ()))
        return StateVersion(pulled.get("lineage", ""), pulled.get("serial", 0), resources)

    def _pulled(self) -> dict[str, Any]:
        return dict(json.loads(self._run("state pull") or "{}"))

    def _run(self, command: str, *arguments: str) -> str:
        quiet = ("-input=false",) if command in _ASKING else ()
        argv = [str(self.program), *command.split(), "-no-color", *quiet, *arguments]
        with (
            self.progress.task(f"{self.program.name} {command} {self.folder.name}"),
            # Files, not pipes: if this process is killed, a broken pipe would end Terraform
            # before it has saved its state.
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            child(
                argv,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            ) as process,
        ):
            code = process.wait()
            said, failed = map(_content, (out, err))
        if code != 0:
            raise _failure(command, self.folder.name, failed or said)
        return said


def restore_state(file: Path) -> bool:
    """Put the backup in the place of a state file that is cut off; return whether it was.

    OpenTofu writes the file in place, so one that is killed meanwhile leaves a part of it, or
    nothing. Without a backup there was no state before, and the file is removed.
    """
    if not file.exists() or _is_json(file):
        return False
    backup = file.with_name(f"{file.name}.backup")
    if backup.exists() and _is_json(backup):
        write_atomically(file, backup.read_bytes())
    else:
        file.unlink()
    return True


def _is_json(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_bytes()), dict)
    except ValueError:
        return False


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def changes(shown: Mapping[str, Any]) -> tuple[ResourceChange, ...]:
    """Return the changes in ``terraform show -json <plan>`` without no-ops and reads."""
    return tuple(
        ResourceChange(each["address"], each["type"], tuple(each["change"]["actions"]))
        for each in shown.get("resource_changes", ())
        if set(each["change"]["actions"]) - {"no-op", "read"}
    )


def plan_digest(shown: Mapping[str, Any]) -> str:
    """Return the sha256 (64 hex) of a plan's changes: addresses, actions and values."""
    essence = [
        (each["address"], each["change"])
        for each in shown.get("resource_changes", ())
        if each["change"]["actions"] != ["no-op"]
    ]
    canonical = json.dumps([essence, shown.get("output_changes", {})], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _failure(command: str, stack: str, message: str) -> PromoterError:
    stripped = "\n".join(line.strip(" │╷╵\t") for line in redact(message).splitlines())
    paragraphs = [" ".join(each.split()) for each in re.split(r"\n{2,}", stripped)]
    start = next((n for n, each in enumerate(paragraphs) if each.startswith("Error")), 0)
    # Of a place in the configuration, which is generated, the resource is enough.
    said = (_PLACE.sub(r"\1", each) for each in paragraphs[start:])
    cause = "; ".join(list(filter(None, said))[:_PARAGRAPHS]) or "no message"
    text = " ".join(paragraphs)
    remedies = (remedy for known, remedy in _REMEDIES.items() if known in text)
    otherwise = "fix the cause and run the command again; nothing was recorded"
    return PromoterError(f"{command} stack {stack}: {cause}", next_step=next(remedies, otherwise))
