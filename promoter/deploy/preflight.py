"""Everything that recording a deploy needs, checked before anything is applied.

The right to push to the branch itself is proved by the mark that a deploy pushes (`begun`): a
rejection by a branch's rules shows in a push only.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from promoter.approvals.signed_records import is_signed
from promoter.common.errors import GitError, PromoterError
from promoter.common.progress import Progress
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git.objects import EMPTY_TREE
from promoter.git.signing import can_sign
from promoter.site.site import Site
from promoter.synthesis.stack import Target, stack_folder

_ROOM = 100 * 2**20
_WAIT_SECONDS = 960.0  # Longer than the timeout of a release.
_POLL_SECONDS = 0.5


def require_recordable(site: Site, target: Target, environment: str, progress: Progress) -> None:
    """Raise `PromoterError` where a deploy could be applied but not recorded.

    A killed deploy of the same environment that still applies is waited for.
    """
    site.git.require_full_history(f"deploy {environment}")
    _require_identity(site, environment)
    _require_one_repository(site, environment)
    _require_room(target, environment)
    here = stack_folder(site.git.dir, environment)  # of a deploy without the gate
    _wait_for_orphans((target.work(environment), here), environment, progress)


def require_signer(site: Site, environment: str) -> None:
    """Raise `PromoterError` where a record made here would not count for the next environment."""
    control = site.control(site.deployment(environment))
    if not control.requires_signed(environment):
        return
    git = site.git
    sample = git.commit_tree(EMPTY_TREE, [], "chore: check that git can sign", sign=can_sign(git))
    if not is_signed(git, sample, control.deployers):
        raise PromoterError(
            f"record deploys of {environment}: its records have to be signed by a deployer of "
            f"{ALLOWED_DEPLOYERS}, and git has no such key",
            next_step="git config gpg.format ssh; git config user.signingkey <file>.pub; or list "
            "the key: promoter init --deployer <file>.pub",
        )


def _require_identity(site: Site, environment: str) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        done = site.git.attempt("var", f"GIT_{role}_IDENT")
        if done.returncode != 0:
            raise PromoterError(
                f"record deploys of {environment}: git has no name and mail for the commit",
                next_step="git config --global user.name '...' and user.email '...'",
            )


def _require_one_repository(site: Site, environment: str) -> None:
    """Raise unless records are pushed to where decisions are fetched from."""
    try:
        fetched = site.git.lines("remote", "get-url", site.remote)
    except GitError:  # An address instead of a remote's name is one repository.
        return
    pushed = site.git.lines("remote", "get-url", "--push", "--all", site.remote)
    if pushed != fetched:
        raise PromoterError(
            f"record deploys of {environment}: {site.remote} is fetched from {fetched[0]}, but "
            f"pushed to {', '.join(pushed)}",
            next_step=f"git config --unset-all remote.{site.remote}.pushurl",
        )


def _require_room(target: Target, environment: str) -> None:
    """Raise where the folders of states and work trees cannot be written, or are full."""
    for folder in (target.local / "state", target.local / "work"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            raise PromoterError(
                f"deploy {environment}: {folder} cannot be written: {error.strerror}",
                next_step=f"make {folder} a folder that you can write to",
            ) from error
    if free < _ROOM:
        raise PromoterError(
            f"deploy {environment}: {free >> 20} MB are free in {target.local}, "
            f"{_ROOM >> 20} MB are needed",
            next_step="free some space, then run the command again",
        )


def _wait_for_orphans(folders: Sequence[Path], environment: str, progress: Progress) -> None:
    if not (left := list(processes_below(*folders))):
        return
    named = ", ".join(map(str, left))
    until = time.monotonic() + _WAIT_SECONDS
    with progress.task(f"wait for process {named}, which a killed deploy left applying"):
        while time.monotonic() < until:
            if not list(processes_below(*folders)):
                return
            time.sleep(_POLL_SECONDS)
    raise PromoterError(
        f"deploy {environment}: process {named} of a killed deploy is still applying",
        next_step=f"kill -INT {left[0]}, wait until it has ended, then run the command again",
    )


def processes_below(*folders: Path) -> Iterator[int]:
    """Yield the processes that work below ``folders`` without a terminal: those of a deploy."""
    places = [str(folder.resolve()) for folder in folders]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = str((process / "cwd").readlink())
            # proc(5): after the name in parentheses, the terminal is field 7 of stat.
            terminal = (process / "stat").read_text().rpartition(")")[2].split()[4]
        except OSError:
            continue
        inside = any(place == each or place.startswith(f"{each}/") for each in places)
        if inside and terminal == "0":
            yield int(process.name)
