"""Checks of a cloud: providers with a lock, and whether what a first plan needs is there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.concourse.deployments import EMBEDDED, FOUNDATION
from promoter.programs.cloud import CloudReader
from promoter.programs.provider_lock import lock_path
from promoter.setup.doctor.account import Document, reads
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.setup.doctor.machine import found_logins
from promoter.synthesis.app import App

_FOUND = 200


def check_locks(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Name the platforms whose providers have no committed lock."""
    site = surroundings.site
    platforms = {each.platform for each in surroundings.environments} - {EMBEDDED}
    for platform in sorted(platforms):
        check, path = f"providers of {platform}", lock_path(platform)
        if site.git.tree(site.tip, path):
            yield CheckResult(check, CheckState.OK, f"{path} is committed; init reads it alone")
        else:
            detail = "no lock is committed: each init takes the newest version that fits"
            remedy = f"promoter providers lock {platform}, and commit {path}"
            yield CheckResult(check, CheckState.UNKNOWN, detail, remedy)


def check_foundations(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Read what the foundation of each environment makes, and the secrets that it needs."""
    chosen = [each for each in surroundings.environments if each.platform != EMBEDDED]
    names = {each.name for each in surroundings.selected()}
    for each in chosen:
        check, founded = f"account of {each.name}", f"{each.name}-{FOUNDATION}"
        if founded not in names:
            continue
        if not found_logins(each.platform):
            detail = f"not read: there are no credentials of {each.platform} here"
            yield CheckResult(check, CheckState.UNKNOWN, detail)
            continue
        documents = _synthesized(surroundings, each.name, founded)
        yield examine_account(check, *documents, CloudReader(), f"promoter deploy {founded}")


def examine_account(
    check: str,
    release: Document,
    foundation: Document,
    reader: CloudReader,
    remedy: str,
    now: datetime | None = None,
) -> CheckResult:
    """Return one row: what ``foundation`` makes is there and right, and ``release``'s secrets.

    ``remedy`` is the command that makes what is missing.
    """
    wanted, moment = list(reads(release, foundation)), now or datetime.now(UTC)
    answers = reader.answers(each.address for each in wanted)
    absent, wrong = [], []
    for each in wanted:
        answer = answers[each.address]
        if answer.status != _FOUND:
            status = f"HTTP {answer.status}" if answer.status else "no answer"
            absent.append(f"{each.name} ({status})")
        elif problem := each.problem(answer.document, moment):
            wrong.append(f"{each.name}: {problem}")
    parts = [f"not there: {', '.join(absent)}"] if absent else []
    if details := "; ".join([*parts, *dict.fromkeys(wrong)]):
        return CheckResult(check, CheckState.PROBLEM, details, remedy)
    return CheckResult(check, CheckState.OK, f"read {len(wanted)} resources without a problem")


def _synthesized(surroundings: Surroundings, *names: str) -> tuple[Document, Document]:
    """Return the stacks of a release and of its foundation, as this checkout has them."""
    app = App.of(surroundings.toolchain.root, surroundings.toolchain)
    with TemporaryDirectory(prefix="promoter-synthesis-") as folder:
        found = {each.name: each.document for each in app.synthesize(Path(folder), names)}
        return found[names[0]], found[names[1]]
