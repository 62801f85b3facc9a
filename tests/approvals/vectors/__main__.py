"""Write the refusal vectors: see the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter.approvals.control import GitControl
from promoter.approvals.statement import SignedStatement, Statement
from promoter.gate.deployment import Deployment
from promoter.git import Git, Identity
from promoter.git.signing import sign_file
from tests.approvals.people import NAMES, RULES, TEAMS, key, signer
from tests.site.repository import CONFIG

FOLDER = Path(__file__).parent
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
FREEZE = "    windows: {deny: [{from: 2026-12-18, to: 2027-01-04, zone: UTC, reason: freeze}]}\n"
SUBJECTS = {"reason": "it is fine", "deployment": "app", "environment": "production"}


@dataclass(frozen=True)
class Scene:
    """The repository ``git`` at ``main``, where QA runs a change that Zoe wrote."""

    folder: Path
    git: Git
    main: str
    gate: str

    def vote(self, by: str, kind: str = "approve", **named: str) -> Statement:
        """Return the statement of a vote on the change."""
        deployment = Deployment.at_commit(self.git, self.main, "cepler/app.yml")
        control = GitControl(deployment, None, now=NOW)
        would = control.would("production", self.main)
        assert would is not None and control.in_force is not None
        case = control.case("production", None, would)
        facts = {**SUBJECTS, "runs": case.runs, "would": case.would, "rules": case.rules_digest}
        facts |= {"at": NOW.isoformat(), "commit": self.main, "kind": kind, **named}
        return replace(Statement(**facts), person=by)

    def gates(self, *made: Statement, gate: str = "", files: dict[str, bytes] | None = None) -> str:
        """Return a commit of the gates branch with these statements, one commit each."""
        tip = None
        for each in made:
            self.act_as(str(each.person))
            content = each.content()
            signed = SignedStatement(each, content, sign_file(self.git, content))
            own = {signed.path: content, f"{signed.path}.sig": signed.signature}
            tip = self.git.commit_files(tip, own, f"{each.kind}\n")
        entries = f"qa: HEAD\nproduction: {gate or self.main}\n".encode()
        return self.git.commit_files(tip, {"app.yml": entries, **(files or {})}, "gate\n")

    def act_as(self, name: str) -> None:
        """Let git sign as ``name``."""
        for setting, value in {
            "user.name": name,
            "user.email": f"{name}@bank.example",
            "gpg.format": "ssh",
            "user.signingkey": str(self.folder / f"{name}.pub"),
        }.items():
            self.git.text("config", setting, value)


def scene(folder: Path) -> Scene:
    """Return the repository that every vector is about."""
    git = Git(folder)
    git.text("init", "-q", "-b", "main")
    lines = "".join(signer(folder, name) for name in NAMES)
    key(folder, "eve")  # who is not listed
    files = {
        "cepler/app.yml": CONFIG,
        "cepler/app.rules.yml": RULES.replace("true}", "true, expires: 72h}", 1) + FREEZE,
        "cepler/teams.yml": TEAMS,
        "cepler/allowed_signers": lines,
        "shared/a": "1",
        "qa/b": "1",
        "production/c": "1",
    }
    contents = {path: text.encode() for path, text in files.items()}
    zoe, bot = Identity("Zoe", "zoe@bank.example"), Identity("Bot", "bot@bank.example")
    first = git.commit_files(None, contents, "feat: a change\n", author=zoe)
    from promoter.gate.decision import decide
    from promoter.gate.records import record

    deployment = Deployment.at_commit(git, first, "cepler/app.yml")
    recorded = record(deployment, decide(deployment, "qa"))
    files_of_record: dict[str, bytes | None] = {recorded.path: recorded.content}
    main = git.commit_files(first, files_of_record, recorded.message, author=bot)
    return Scene(folder, git, main, first)


def vectors(made: Scene) -> Iterator[tuple[str, str, datetime, str]]:
    """Yield name, gates commit, time and reason ("" where it is allowed) of each vector."""
    bob, cy, ann = made.vote("bob"), made.vote("cy"), made.vote("ann")
    both, later = made.gates(bob, cy), NOW + timedelta(hours=73)
    yield "two-people", both, NOW, ""
    yield "nobody", made.gates(), NOW, "0 of 2 approvals"
    yield "one-person", made.gates(bob), NOW, "1 of 2 approvals (bob), none of team risk"
    yield "no-required-team", made.gates(bob, ann), NOW, "none of team risk"
    yield "one-person-twice", made.gates(cy, replace(cy, reason="x")), NOW, "1 of 2 approvals (cy)"
    yield "expired", both, later, "0 of 2 approvals"
    yield "from-the-future", both, NOW - timedelta(hours=1), "in the future"
    yield "head", made.gates(bob, cy, gate="HEAD"), NOW, "its gate is HEAD"
    yield "rejected", made.gates(bob, cy, made.vote("ann", "reject")), NOW, "rejected by ann"
    again = (made.vote("ann", "reject"), replace(ann, at=(NOW + timedelta(1e-5)).isoformat()))
    yield "rejected-and-approved", made.gates(bob, cy, *again), NOW, ""
    other = [replace(each, would="0" * 64) for each in (bob, cy)]
    yield "other-content", made.gates(*other), NOW, "0 of 2 approvals"
    other = [replace(each, runs="1-abc") for each in (bob, cy)]
    yield "other-record", made.gates(*other), NOW, "0 of 2 approvals"
    other = [replace(each, rules="0" * 64) for each in (bob, cy)]
    yield "other-rules", made.gates(*other), NOW, "0 of 2 approvals"
    other = [replace(each, environment="qa") for each in (bob, cy)]
    yield "other-environment", made.gates(*other), NOW, "0 of 2 approvals"
    yield "not-in-a-team", made.gates(bob, made.vote("dee")), NOW, "none of team risk"
    yield "edited", edited(made, bob, cy), NOW, "1 of 2 approvals (bob)"
    yield "removed-reject", removed(made, bob, cy), NOW, "rejected by ann"
    stop = replace(made.vote("ann", "stop"), runs="", would="", rules="", commit="")
    yield "stopped", made.gates(bob, cy, stop), NOW, "stopped by ann"
    resume = replace(stop, kind="resume", commit=made.main)
    yield "resumed", made.gates(bob, cy, stop, resume), NOW, ""
    other_resume = replace(resume, commit="1" * 40)
    yield "other-repository-resumed", made.gates(bob, cy, stop, other_resume), NOW, "stopped by ann"
    frozen = datetime(2026, 12, 18, 1, tzinfo=UTC)
    votes = [replace(each, at=frozen.isoformat()) for each in (bob, cy)]
    yield "frozen", made.gates(*votes), frozen, "closed until 2027-01-04"
    override = replace(made.vote("dee", "override"), at=frozen.isoformat())
    yield "overridden", made.gates(override), frozen, ""
    yield "override-expired", made.gates(override), frozen + timedelta(hours=2), "closed until"
    hour = timedelta(hours=1)
    last = replace(cy, at=(NOW + hour / 60).isoformat(), expires=(NOW + hour).isoformat())
    yield "newest-expired", made.gates(bob, cy, last), NOW + 2 * hour, "1 of 2 approvals (bob)"
    early = replace(stop, at=(NOW + hour).isoformat())
    yield "stopped-by-a-fast-clock", made.gates(bob, cy, early), NOW, "stopped by ann"
    other = [replace(each, commit="1" * 40) for each in (bob, cy)]
    yield "other-repository", made.gates(*other), NOW, "0 of 2 approvals"
    yield "stranger", made.gates(bob, replace(cy, person="eve")), NOW, "1 of 2 approvals (bob)"
    words = replace(cy, at="9999-12-31T23:59:59-12:00").content()
    path = "votes/app/production/x.json"
    garbage = made.gates(bob, cy, files={path: words, f"{path}.sig": b"none"})
    yield "impossible-time", garbage, NOW, ""


def edited(made: Scene, bob: Statement, cy: Statement) -> str:
    """Return gates in which Cy's signature is below words that Cy did not sign."""
    made.act_as("cy")
    signature = sign_file(made.git, cy.content())
    words = replace(cy, reason="not mine").content()
    files = {"votes/app/production/x.json": words, "votes/app/production/x.json.sig": signature}
    return made.gates(bob, files=files)


def removed(made: Scene, *votes: Statement) -> str:
    """Return gates whose newest commit has removed the file of a rejection."""
    tip = made.gates(*votes, made.vote("ann", "reject"))
    gone: dict[str, bytes | None] = {
        path: None for path in made.git.listing(tip) if "-reject-" in path
    }
    return made.git.commit_files(tip, gone, "chore: tidy\n")


def main() -> int:
    """Write the bundle and the list."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        identity = {"NAME": "Vectors", "EMAIL": "vectors@bank.example"}
        os.environ |= {
            f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in identity.items()
        }
        made = scene(Path(folder))
        made.git.text("update-ref", "refs/heads/main", made.main)
        listed = []
        for name, gates, at, reason in vectors(made):
            made.git.text("update-ref", f"refs/heads/gates/{name}", gates)
            listed.append(
                {
                    "name": name,
                    "main": made.main,
                    "gates": gates,
                    "environment": "production",
                    "at": at.isoformat(),
                    "allowed": not reason,
                    "reason": reason,
                }
            )
        bundle = str(FOLDER / "repository.bundle")
        subprocess.run(["git", "bundle", "create", "-q", bundle, "--all"], cwd=folder, check=True)
    (FOLDER / "vectors.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
