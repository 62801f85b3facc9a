"""Checks of the places that a deploy reaches: cluster, registry, state."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from promoter.common.errors import PromoterError, RegistryError
from promoter.concourse.deployments import EMBEDDED
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import MIRROR_VARIABLE, ImageLookup, configured_mirrors
from promoter.setup.doctor.capacity import LEAST, LEAST_IN_PRODUCTION, ClusterSize
from promoter.setup.doctor.check import CheckResult, CheckState, ExaminedEnvironment, Surroundings
from promoter.setup.doctor.cluster import examine_cluster
from promoter.setup.doctor.machine import probe_folder
from promoter.site.gates import PRODUCTION
from promoter.site.status import VALUES
from promoter.synthesis.stack import target_of
from promoter.toolchain.versions import Version
from promoter.trace.sources import registry_mirrors
from promoter.vendoring.pins import read_pins

_SECONDS = 20


def check_clusters(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Query each cluster once; that of a kubeconfig's default context may be another one."""
    clusters: dict[Path | None, list[ExaminedEnvironment]] = {}
    failures: dict[str, tuple[PromoterError, list[str]]] = {}
    for environment in surroundings.environments:
        try:
            root, name = surroundings.git.dir, environment.name
            kubeconfig = target_of(root, name, surroundings.kubeconfig).kubeconfig
            clusters.setdefault(kubeconfig, []).append(environment)
        except PromoterError as error:
            failures.setdefault(str(error), (error, []))[1].append(name)
    for failure, names in failures.values():
        yield CheckResult.failed(f"cluster of {', '.join(names)}", failure)
    for kubeconfig, environments in clusters.items():
        program = surroundings.program("kubectl")
        row = _cluster(program, kubeconfig, environments)
        yield row
        if program and kubeconfig and row.state is CheckState.OK:
            newest = Version.parse(surroundings.toolchain.pin("kube-apiserver").version)
            yield from examine_cluster(Kubectl(program, kubeconfig), environments, newest)


def _cluster(
    program: Path | None, kubeconfig: Path | None, environments: Sequence[ExaminedEnvironment]
) -> CheckResult:
    check = f"cluster of {', '.join(each.name for each in environments)}"
    if program is None:
        detail = "not queried: kubectl is not built yet"
        return CheckResult(check, CheckState.UNKNOWN, detail, "promoter toolchain build kubectl")
    try:
        kubectl = Kubectl(program, kubeconfig)
        kubectl.run("get", "--raw=/readyz", seconds=_SECONDS)
        size = ClusterSize.of(kubectl.items("nodes"))
    except PromoterError as error:
        remedy = "name its kubeconfig: --kubeconfig <file or folder>"
        return CheckResult(check, CheckState.PROBLEM, str(error), remedy)
    if kubeconfig is None:
        detail = "the default kubeconfig's cluster responds; nothing says that it is theirs"
        remedy = "--kubeconfig <folder with environment>.kubeconfig files"
        return CheckResult(check, CheckState.UNKNOWN, detail, remedy)
    production = any(each.stage == PRODUCTION for each in environments)
    least = LEAST_IN_PRODUCTION if production else LEAST
    if size.lacks(least):
        detail = f"its nodes have {size}; the least is {least}"
        return CheckResult(check, CheckState.PROBLEM, detail, "add nodes, or larger ones")
    return CheckResult(check, CheckState.OK, f"responds; its nodes have {size}")


def check_images(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Look up every image that the vendored chart pins, where each platform pulls it."""
    site, crane = surroundings.site, surroundings.program("crane")
    values = site.git.file(site.tip, VALUES)
    pins = read_pins(values.decode(), file=VALUES) if values else ()
    images = [f"{pin.image}@{pin.digest}" for pin in pins if pin.image]
    platforms = {each.platform for each in surroundings.environments} if images else set()
    mirrors = {name: configured_mirrors() for name in sorted(platforms - {EMBEDDED})[:1]}
    if EMBEDDED in platforms:
        folder = surroundings.git.dir / ".local" / "platform"
        running = Platform(folder, surroundings.toolchain).running()
        if running:
            mirrors[EMBEDDED] = dict(registry_mirrors(running.registry))
        else:
            detail = "not looked up: the platform is not up"
            remedy = "promoter platform up"
            yield CheckResult("images of local", CheckState.UNKNOWN, detail, remedy)
    for platform, mirror in mirrors.items():
        check = "images of local" if platform == EMBEDDED else "images"
        yield _looked_up(check, crane, mirror, images)


def _looked_up(
    check: str, crane: Path | None, mirrors: Mapping[str, str], images: Sequence[str]
) -> CheckResult:
    if crane is None:
        detail, remedy = "not looked up: crane is not built yet", "promoter toolchain build crane"
        return CheckResult(check, CheckState.UNKNOWN, detail, remedy)
    lookup = ImageLookup(crane, mirrors)
    try:
        missing = [image for image in images if not lookup.exists(image)]
    except RegistryError as error:
        remedy = f"docker login, or {MIRROR_VARIABLE}=<registry>=<mirror>"
        return CheckResult(check, CheckState.PROBLEM, str(error.__cause__ or error), remedy)
    if missing:
        detail, remedy = f"missing: {', '.join(missing)}", f"pin images that exist: {VALUES}"
        return CheckResult(check, CheckState.PROBLEM, detail, remedy)
    return CheckResult(check, CheckState.OK, f"{len(images)} pinned images are there")


def check_states(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that Terraform's state on this machine can be written; name those in a cloud."""
    local = [each for each in surroundings.environments if each.platform == EMBEDDED]
    if local:
        folder = surroundings.git.dir / ".local" / "state"
        names = ", ".join(each.name for each in local)
        yield probe_folder(f"state of {names}", folder, "make it writable")
    for environment in surroundings.environments:
        if environment not in local:
            yield _remote_state(environment)


def _remote_state(environment: ExaminedEnvironment) -> CheckResult:
    check, settings = f"state of {environment.name}", environment.settings("shared.yml")
    state: Any = settings.get("state", {}) if isinstance(settings, dict) else {}
    if environment.platform == "gcp":
        bucket = state.get("bucket", "")
        place, remedy = f"bucket {bucket}", f"gcloud storage ls gs://{bucket}"
    else:
        account = state.get("storage_account", "")
        place, remedy = f"storage account {account}", f"az storage account show --name {account}"
    detail = f"{place} was not probed: only the cloud can say who may write there"
    return CheckResult(check, CheckState.UNKNOWN, detail, remedy)
