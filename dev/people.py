"""The demo's people: each with a key and a git configuration of their own, and the teams."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.rules_file import TEAMS
from promoter.forge.forge import BOT_LOGIN
from promoter.git import Git
from promoter.release.application import BOT
from promoter.release.upstream import AUTHOR
from promoter.setup.keys import SigningKey, key_in, with_key
from promoter.site.platform_remote import IDENTITY

DOMAIN = "demo.localhost"
ENGINEER = "erin"
"""The author of every change, who also tests and deploys."""

MEMBERS: Mapping[str, tuple[str, ...]] = {"release": ("erin", "rachel"), "risk": ("rob",)}
"""The teams of those who may approve, and their people."""

FORGE_ADDRESS = "engineer@localhost"
"""The address of the engineer's merges on the forge."""

BOTS = (AUTHOR.email, IDENTITY.email, BOT.email, f"{BOT_LOGIN}@localhost")


@dataclass(frozen=True)
class People:
    """The people of the demo, whose keys and git configurations are in ``folder``."""

    folder: Path

    def create(self, gitconfig: Path) -> None:
        """Create keys, and configurations that include ``gitconfig``, which is the engineer's."""
        self.folder.mkdir(parents=True)
        for name in self.names:
            key = str(self.folder / name)
            comment = mail(name)
            command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", key)
            subprocess.run(command, check=True)
            self._configure(self.config(name), name, {"include.path": str(gitconfig)})
        self._configure(gitconfig, ENGINEER, {})

    def _configure(self, file: Path, name: str, settings: Mapping[str, str]) -> None:
        own = {
            "user.name": name.capitalize(),
            "user.email": mail(name),
            "user.signingkey": str(self.folder / f"{name}.pub"),
            "gpg.format": "ssh",
        }
        for key, value in {**settings, **own}.items():
            Git(self.folder).text("config", "--file", str(file), key, value)

    @property
    def names(self) -> list[str]:
        """The names of all."""
        return sorted({name for members in MEMBERS.values() for name in members})

    def config(self, name: str) -> Path:
        """Return the git configuration of one."""
        return self.folder / f"{name}.gitconfig"

    def key(self, name: str) -> SigningKey:
        """Return the public key of one."""
        return key_in(self.folder / f"{name}.pub")

    def files(self, signers: bytes) -> dict[str, bytes]:
        """Return the teams file, and the list ``signers`` with everybody's key."""
        for name in self.names:
            signers = with_key(signers, self.key(name))
        return {TEAMS: _teams(self.names).encode(), ALLOWED_SIGNERS: signers}


def mail(name: str) -> str:
    """Return the mail address of one, which is also the name of the key."""
    return f"{name}@{DOMAIN}"


def _teams(names: list[str]) -> str:
    mails = {name: mail(name) for name in names} | {ENGINEER: f"{mail(ENGINEER)}, {FORGE_ADDRESS}"}
    people = "".join(
        f"  {name}: {{mail: [{mails[name]}], keys: [{mail(name)}]}}\n" for name in names
    )
    teams = "".join(f"  {team}: [{', '.join(members)}]\n" for team, members in MEMBERS.items())
    bots = ", ".join(map(json.dumps, BOTS))
    return f"people:\n{people}teams:\n{teams}bots: [{bots}]\n"
