"""``promoter init``: the gates branch, and the keys whose signatures count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Self

from promoter.approvals.approvals import ALLOWED_SIGNERS, gates_file
from promoter.common.errors import GitError, PromoterError
from promoter.gate.gates import BRANCH
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git.ledger import Entry, Ledger
from promoter.git.signing import listed_keys
from promoter.setup.keys import SigningKey, own_key, with_key
from promoter.setup.remote import require_push
from promoter.site.gates import missing_gates, with_gate_of_copy
from promoter.site.site import Site
from promoter.testflight.attestation import ALLOWED_TESTERS


@dataclass(frozen=True)
class BranchChange:
    """One commit that `push` makes: a branch, its tip, and the new content of files."""

    branch: str
    tip: str | None
    files: Mapping[str, bytes]
    message: str


@dataclass(frozen=True)
class InitPlan:
    """The commits that set up a repository; none where it is set up."""

    site: Site
    changes: tuple[BranchChange, ...]

    @classmethod
    def of(cls, site: Site, *changes: BranchChange) -> Self:
        """Return the plan of those ``changes`` that have files.

        Raises `PromoterError` where the remote refuses a push from here.
        """
        plan = cls(site, tuple(change for change in changes if change.files))
        for change in plan.changes:
            require_push(site, change.branch)
        return plan

    def lines(self) -> Iterator[str]:
        """Yield the commits as people read them: branch, message, and a diff per file."""
        for change in self.changes:
            yield f"{change.branch}: {change.message}"
            for path, content in change.files.items():
                old = self.site.git.file(change.tip, path) if change.tip else None
                yield from unified_diff(
                    (old or b"").decode().splitlines(),
                    content.decode().splitlines(),
                    f"{path} (now)",
                    f"{path} (new)",
                    lineterm="",
                )

    def push(self) -> tuple[str, ...]:
        """Commit and push every change; return the commits.

        Signers are pushed before gates, so that no approval is possible that nobody may give.
        """
        return tuple(self._push(change) for change in self.changes)

    def _push(self, change: BranchChange) -> str:
        ledger = Ledger(self.site.git, self.site.remote, change.branch)
        try:
            return ledger.push(change.tip, Entry(change.files, change.message, sign=True))
        except GitError as error:
            raise PromoterError(
                f"push {change.branch} to {self.site.remote}: {error}",
                next_step=f"push it with an account that may, or open a pull request for "
                f"{', '.join(change.files)}",
            ) from error


def plan_init(
    site: Site, testers: Sequence[SigningKey] = (), deployers: Sequence[SigningKey] = ()
) -> InitPlan:
    """Return the commits that ``site`` lacks: signers, ``deployers``, ``testers``, and gates.

    Without ``deployers`` the list of them gets your own key, if it is empty.

    Raises `UsageError` where git cannot sign, `PromoterError` where a production cannot be
    held at any commit, or where the remote refuses a push from here.
    """
    own = own_key(site.git)
    listed = listed_keys(site.git.file(site.tip, ALLOWED_DEPLOYERS))
    keys = {
        ALLOWED_SIGNERS: (own,),
        ALLOWED_DEPLOYERS: tuple(deployers) or (() if listed else (own,)),
        ALLOWED_TESTERS: tuple(testers),
    }
    lists = {path: _with_keys(site, path, listed) for path, listed in keys.items()}
    main = {
        path: content
        for path, content in lists.items()
        if content and content != site.git.file(site.tip, path)
    }
    return InitPlan.of(
        site,
        BranchChange(site.branch, site.tip, main, "chore: list signers, deployers and testers"),
        BranchChange(BRANCH, site.gates_tip, missing_gates(site), "chore: open the gates"),
    )


def has_testers(site: Site) -> bool:
    """Return whether the list of testers has a key."""
    return bool(listed_keys(site.git.file(site.tip, ALLOWED_TESTERS)))


def plan_gates(site: Site, copies: Mapping[str, tuple[str, str]], stage: str) -> InitPlan:
    """Return the commit that adds the gates of copies; raises as `with_gate_of_copy`.

    ``copies`` are the names of an environment and of its copy, by deployment.
    """
    files = {}
    for deployment, (like, name) in copies.items():
        file = gates_file(deployment)
        content = with_gate_of_copy(site, deployment, like, name, stage)
        if content != site.git.file(site.gates_tip or "", file):
            files[file] = content
    message = f"chore: add the gate of {', '.join(name for _, name in copies.values())}"
    return InitPlan.of(site, BranchChange(BRANCH, site.gates_tip, files, message))


def _with_keys(site: Site, path: str, keys: Sequence[SigningKey]) -> bytes:
    content = site.git.file(site.tip, path) or b""
    for key in keys:
        content = with_key(content, key)
    return content
