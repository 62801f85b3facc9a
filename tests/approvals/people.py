"""People with keys, and a repository whose production needs two of them."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.site.proposal import ApprovalRequest, Vote, approve, propose
from promoter.site.site import Site
from tests.prototypes import Prototypes
from tests.site.repository import build_site, deployed, pull, push, site

__all__ = ["approved", "controlled", "first", "page", "site"]

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
        signed = "ssh" if (self.folder / name).exists() else "openpgp"
        # The last value of each counts.
        with (self.folder / "gitconfig").open("a") as file:
            file.write(
                f"[user]\n\tname = {name}\n\temail = {name}@bank.example\n"
                f"\tsigningkey = {self.folder}/{name}.pub\n[gpg]\n\tformat = {signed}\n"
            )

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


def control(
    site: Site, folder: Path, rules: str = RULES, teams: str = TEAMS, *others: str
) -> Controlled:
    """Return the site with rules, and keys of `NAMES` and ``others``; QA runs Zoe's change."""
    lines = "".join(signer(folder, name) for name in (*NAMES, *others))
    lines += f'bob-laptop namespaces="promoter" {key(folder, "laptop")}'
    key(folder, "bot")
    made = Controlled(folder, site)
    made.push(
        "ann",
        cepler__allowed_signers=lines,
        **{"cepler/app.rules.yml": rules, "cepler/teams.yml": teams},
    )
    made.push("zoe", production__c="2", qa__b="2")
    made.change("zoe", "2")
    return made


@pytest.fixture
def controlled(site: Site, tmp_path: Path, prototypes: Prototypes) -> Controlled:
    """QA runs a change that Zoe wrote; production waits for the approval of two."""
    prototypes.copy(build_controlled, tmp_path)
    return Controlled(tmp_path, site)


def build_controlled(folder: Path) -> None:
    """Build the repositories and keys of `controlled` below ``folder``."""
    control(build_site(folder), folder)


@pytest.fixture
def approved(controlled: Controlled, prototypes: Prototypes) -> Controlled:
    """Production's first deployment is approved by two."""
    prototypes.copy(build_approved, controlled.folder)
    return controlled


def build_approved(folder: Path) -> None:
    """Build the repositories and keys of `approved` below ``folder``."""
    found = control(build_site(folder), folder)
    for name in ("bob", "cy"):
        found.vote(name)
    assert found.reasons == ""


@pytest.fixture
def first(controlled: Controlled, prototypes: Prototypes) -> Controlled:
    """Production runs what QA runs."""
    prototypes.copy(build_first, controlled.folder)
    return controlled


def build_first(folder: Path) -> None:
    """Build the repositories and keys of `first` below ``folder``."""
    deploy_production(control(build_site(folder), folder))


def deploy_production(found: Controlled) -> None:
    """Approve what waits for production as Bob and Cy, and deploy it as a bot."""
    for name in ("bob", "cy"):
        found.vote(name)
    found.act_as("bot")
    deployed(found.site, "production")


PAGE_RULES = RULES.replace("exclude_authors: true}", "exclude_authors: true}\n    via: [web]")
PAGE_TEAMS = (
    TEAMS.replace("keys: [bob@bank.example, bob-laptop]", "keys: [bob@bank.example], SUBJECT_bob")
    .replace("keys: [ann@bank.example]", "keys: [ann@bank.example], SUBJECT_ann")
    .replace("keys: [cy@bank.example]", "keys: [cy@bank.example], SUBJECT_cy")
    .replace("keys: [dee@bank.example]", "keys: [dee@bank.example], SUBJECT_dee")
    + "servers: [page@bank.example]\n"
)


def subject(name: str, issuer: str = "https://id.bank.example/realms/staff") -> str:
    """Return the OpenID subject of ``name``, as the test's providers have it."""
    return f"{issuer} 0198-{name}"


def on_page(site: Site, folder: Path, rules: str = PAGE_RULES, **issuer: str) -> Controlled:
    """Return the site whose production counts what the page signs, by default; it acts as that."""
    teams = re.sub(
        r"SUBJECT_(\w+)", lambda found: f'subjects: ["{subject(found[1], **issuer)}"]', PAGE_TEAMS
    )
    made = control(site, folder, rules, teams, "page")
    made.act_as("page")
    return made


@pytest.fixture
def page(site: Site, tmp_path: Path, prototypes: Prototypes) -> Controlled:
    """Production counts votes via the page; the clone has the key of the server."""
    prototypes.copy(build_page, tmp_path)
    return Controlled(tmp_path, site)


def build_page(folder: Path) -> None:
    """Build the repositories and keys of `page` below ``folder``."""
    on_page(build_site(folder), folder)
