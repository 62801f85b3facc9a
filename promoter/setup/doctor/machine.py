"""Checks of this machine: programs, cache, signing key, credentials."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from promoter.common.errors import PromoterError
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.setup.keys import own_key
from promoter.toolchain import InventoryEntry


@dataclass(frozen=True)
class ProviderLogin:
    """Places where the providers of a platform find credentials, and the command for one."""

    variables: tuple[str, ...]
    file: str
    remedy: str


LOGINS = {
    "gcp": ProviderLogin(
        ("GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
        ".config/gcloud/application_default_credentials.json",
        "gcloud auth application-default login, or set GOOGLE_CREDENTIALS",
    ),
    "azure": ProviderLogin(
        ("ARM_CLIENT_SECRET", "ARM_OIDC_TOKEN", "ARM_USE_MSI"),
        ".azure/azureProfile.json",
        "az login, or set ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID",
    ),
}


def check_programs(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find missing programs, and the ones that would be built, with the time that it takes."""
    toolchain = surroundings.toolchain
    entries = toolchain.inventory()
    for entry in entries:
        if entry.source == "missing":
            yield _missing(surroundings, entry)
    unbuilt = [entry.name for entry in entries if entry.source == "build"]
    present = len([entry for entry in entries if entry.path])
    if not unbuilt:
        yield CheckResult("programs", CheckState.OK, f"{present} programs are there")
        return
    cores = os.cpu_count() or 1
    minutes = sum(map(toolchain.seconds, unbuilt)) / cores / 60
    detail = (
        f"{present} are there; to be built, about {max(minutes, 1):.0f} min on {cores} cores: "
        f"{', '.join(unbuilt)}"
    )
    if shutil.which("go") is None:
        remedy = "install Go 1.26 or newer, or put these programs on PATH"
        yield CheckResult("programs", CheckState.PROBLEM, f"{detail}; go is not on PATH", remedy)
    else:
        yield CheckResult("programs", CheckState.OK, detail, "promoter toolchain build")


def _missing(surroundings: Surroundings, entry: InventoryEntry) -> CheckResult:
    try:
        surroundings.toolchain.program(entry.name)
    except PromoterError as error:
        return CheckResult.failed(f"program {entry.name}", error)
    return CheckResult(f"program {entry.name}", CheckState.OK, "it is there now")


def check_cache(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that the cache of built programs can be written."""
    folder = surroundings.toolchain.cache
    remedy = "make it writable, or set XDG_CACHE_HOME to another folder"
    yield probe_folder("cache", folder, remedy)


def probe_folder(check: str, folder: Path, remedy: str) -> CheckResult:
    """Write a file in ``folder``, or in its nearest parent that exists, and remove it."""
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with TemporaryFile(dir=existing):
            return CheckResult(check, CheckState.OK, f"{folder} is writable")
    except OSError as error:
        detail = f"write to {existing}: {error.strerror}"
        return CheckResult(check, CheckState.PROBLEM, detail, remedy)


def check_signing(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that git can sign, as approvals have to be."""
    key = own_key(surroundings.git)
    yield CheckResult("signing", CheckState.OK, f"git signs as {key.principal}")


def found_logins(platform: str) -> list[str]:
    """Return the variables and files here that have credentials of ``platform``."""
    login = LOGINS[platform]
    found = [name for name in login.variables if os.environ.get(name)]
    return found + ([f"~/{login.file}"] if (Path.home() / login.file).is_file() else [])


def check_credentials(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find platforms whose providers have no credentials here."""
    first = {each.platform: each.name for each in reversed(surroundings.environments)}
    for platform in sorted(first.keys() & LOGINS.keys()):
        login, check = LOGINS[platform], f"credentials of {platform}"
        if found := found_logins(platform):
            detail = f"{found[0]} is there; it was not tried"
            remedy = f"cdktf diff {first[platform]} tries it"
            yield CheckResult(check, CheckState.UNKNOWN, detail, remedy)
        else:
            detail = "none here: only a pipeline can deploy"
            yield CheckResult(check, CheckState.PROBLEM, detail, login.remedy)
