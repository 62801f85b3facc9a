"""Checks of a cloud: providers with a lock, what a first plan needs, copies of the databases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.concourse.deployments import EMBEDDED, FOUNDATION
from promoter.programs.cloud import CloudAnswer, CloudReader
from promoter.programs.provider_lock import lock_path
from promoter.setup.doctor.account import Read, copies, resources, secrets
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.setup.doctor.grants import missing_grants
from promoter.setup.doctor.machine import found_logins
from promoter.setup.doctor.problems import Document
from promoter.synthesis.app import App

_FOUND, _MISSING = 200, 404


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
        release, foundation = _synthesized(surroundings, each.name, founded)
        yield from examine_account(
            each.name, release, foundation, CloudReader(), deployed=each.recorded
        )


def examine_account(
    name: str,
    release: Document,
    foundation: Document,
    reader: CloudReader,
    *,
    deployed: bool,
    now: datetime | None = None,
) -> Iterator[CheckResult]:
    """Yield the rows of an account, of secrets stored by hand, and of copies of the databases.

    Databases that were not ``deployed`` have no copies yet.
    """
    moment = now or datetime.now(UTC)
    made = list(resources(foundation, f"promoter deploy {name}-{FOUNDATION}"))
    stored, copied = list(secrets(release, foundation)), list(copies(release, foundation, moment))
    wanted = [*made, *stored, *(copied if deployed else ())]
    answers = reader.answers(each.address for each in wanted)
    grants = missing_grants(foundation, answers, reader)
    yield _row(f"account of {name}", made, answers, moment, grants)
    yield _row(f"secrets of {name}", stored, answers, moment)
    if copied and deployed:
        yield _row(f"copies of {name}", copied, answers, moment)
    elif copied:
        detail = "not read: no deploy is recorded, so there are no databases"
        yield CheckResult(f"copies of {name}", CheckState.UNKNOWN, detail)


def _row(
    check: str,
    reads: Sequence[Read],
    answers: Mapping[str, CloudAnswer],
    now: datetime,
    further: Iterable[str] = (),
) -> CheckResult:
    """Return the row of ``reads``, and of ``further`` problems; its remedy is that of the first."""
    found = [(each, _problem(each, answers[each.address], now)) for each in reads]
    wrong = [(each, problem) for each, problem in found if problem]
    problems = dict.fromkeys([*(f"{each.name}: {problem}" for each, problem in wrong), *further])
    if not problems:
        return CheckResult(check, CheckState.OK, f"read {len(reads)}, none with a problem")
    first = wrong[0][0] if wrong else reads[0]
    return CheckResult(check, CheckState.PROBLEM, "; ".join(problems), first.remedy)


def _problem(read: Read, answer: CloudAnswer, now: datetime) -> str:
    if answer.status == _FOUND:
        return read.problem(answer.document, now)
    if answer.status == _MISSING:
        return f"not there (HTTP {answer.status})"
    return f"not read (HTTP {answer.status})" if answer.status else "no answer"


def _synthesized(surroundings: Surroundings, *names: str) -> tuple[Document, Document]:
    """Return the stacks of a release and of its foundation, as this checkout has them."""
    app = App.of(surroundings.toolchain.root, surroundings.toolchain)
    with TemporaryDirectory(prefix="promoter-synthesis-") as folder:
        found = {each.name: each.document for each in app.synthesize(Path(folder), names)}
        return found[names[0]], found[names[1]]
