"""People with keys, and a repository whose production needs two of them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.site.proposal import ApprovalRequest, Vote, approve, propose
from promoter.site.site import Site
from tests.site.repository import deployed, pull, push, site

__all__ = ["controlled", "site"]

NAMES = ("ann", "bob", "cy", "dee")
RULES = """\
environments:
  production:
    approval: {count: 2, from: [release, risk], required: [risk], exclude_authors: true}
    override: {count: 1, from: [incident], expires: 2h}
"""
TEAMS = """\
people:
  ann: {mail: [ann@bank.example], keys: [ann@bank.example]}
  bob: {mail: [bob@bank.example], keys: [bob@bank.example, bob-laptop]}
  cy: {mail: [cy@bank.example], keys: [cy@bank.example]}
  dee: {mail: [dee@bank.example], keys: [dee@bank.example]}
  zoe: {mail: [zoe@bank.example]}
teams:
  release: [ann, bob]
  risk: [cy]
  incident: [dee]
bots: [bot@bank.example]
"""


@dataclass(frozen=True)
class Controlled:
    """A site with rules, and the keys of its people in ``folder``."""

    folder: Path
    site: Site

    def act_as(self, name: str) -> None:
        """Let git author commits as ``name``, who signs with the key of that name, if any."""
        config = {
            "user.name": name,
            "user.email": f"{name}@bank.example",
            "gpg.format": "ssh" if (self.folder / name).exists() else "openpgp",
            "user.signingkey": str(self.folder / f"{name}.pub"),
        }
        for key, value in config.items():
            Git(self.folder).text("config", "--file", "gitconfig", key, value)

    def push(self, by: str, **files: str | None) -> None:
        """Push files to main as ``by``; names have ``__`` for a slash."""
        self.act_as(by)
        pull(self.site.fetched())
        contents = {
            name.replace("__", "/"): None if text is None else text.encode()
            for name, text in files.items()
        }
        push(self.site.git, contents)

    def change(self, by: str, content: str) -> None:
        """Push a change of the shared files as ``by``, and deploy it to QA as a bot."""
        self.push(by, shared__a=content)
        self.act_as("bot")
        deployed(self.site, "qa")

    def vote(self, name: str, vote: Vote = "approve", **options: object) -> str:
        """Vote on production as ``name``; return what the command prints."""
        self.act_as(name)
        now = self.site.fetched()
        request = ApprovalRequest("production", f"{name} says so", vote=vote, **options)
        return str(approve(now, propose(now, request)))

    def vote_on_rules(self, name: str) -> str:
        """Approve the control files of main as ``name``; return what the command prints."""
        self.act_as(name)
        now = self.site.fetched()
        return str(approve(now, propose(now, ApprovalRequest("app", "fine", rules=True))))

    @property
    def gate(self) -> str:
        """The entry of production in the gates file."""
        return self.site.fetched().approvals.gates("app").entries["production"]

    @property
    def reasons(self) -> str:
        """The reasons that hold production back, "" if nothing does."""
        return "; ".join(map(str, self.site.fetched().decide("production").holds))


def key(folder: Path, name: str) -> str:
    """Return the public key of ``name``, made anew."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text()


def signer(folder: Path, name: str, options: str = 'namespaces="git,promoter"') -> str:
    """Return a line of the allowed signers with a new key of ``name``."""
    return f"{name}@bank.example {options} {key(folder, name)}"


@pytest.fixture
def controlled(site: Site, tmp_path: Path) -> Controlled:
    """QA runs a change that Zoe wrote; production waits for the approval of two."""
    lines = "".join(signer(tmp_path, name) for name in NAMES)
    lines += f'bob-laptop namespaces="promoter" {key(tmp_path, "laptop")}'
    key(tmp_path, "bot")
    made = Controlled(tmp_path, site)
    made.push(
        "ann",
        cepler__allowed_signers=lines,
        **{"cepler/app.rules.yml": RULES, "cepler/teams.yml": TEAMS},
    )
    made.push("zoe", production__c="2", qa__b="2")
    made.change("zoe", "2")
    return made
