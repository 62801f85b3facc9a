"""A deployments repository of a few files, for one rule to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Silent
from promoter.git import Git
from promoter.lint import Finding, lint

CONFIG = """\
deployment: app
environments:
  staging:
    latest: [shared/*, staging/*]
  qa:
    passed: staging
    propagated: [shared/*]
    latest: [qa/*]
  production:
    passed: qa
    propagated: [shared/*]
    latest: [production/*]
"""
FILES = {
    "cepler/app.yml": CONFIG,
    "shared/a": "1",
    "shared/b": "1",
    "staging/settings": "1",
    "qa/settings": "1",
    "production/settings": "1",
}
STATE = """\
---
version: 1
current:
  head_commit: 1111111111111111111111111111111111111111
  files: {}

"""


@dataclass(frozen=True)
class Repository:
    """A real git repository with a work tree."""

    git: Git

    @classmethod
    def at(cls, folder: Path) -> Repository:
        folder.mkdir(parents=True)
        git = Git(folder)
        git.text("init", "-q", "--initial-branch=main")
        return cls(git)

    def commit(self, files: dict[str, str | None], message: str = "feat: change") -> str:
        """Files set (None: removed) on top of HEAD; gives the commit."""
        content = {path: None if text is None else text.encode() for path, text in files.items()}
        made = self.git.commit_files(self.git.commit("HEAD"), content, message)
        self.git.text("reset", "-q", "--hard", made)
        return made

    def replace(self, path: str, old: str, new: str) -> str:
        """A commit in which ``old`` is ``new`` in one file."""
        text = (self.git.dir / path).read_text()
        assert old in text
        return self.commit({path: text.replace(old, new)})

    def config(self, old: str, new: str) -> str:
        """A commit in which the cepler file is another."""
        return self.replace("cepler/app.yml", old, new)

    def findings(self, rule: str, base: str | None = None) -> list[Finding]:
        """What ``rule`` finds; the other rules run, too."""
        return [found for found in lint(self.git, Silent(), base) if found.rule == rule]

    def told(self, rule: str, base: str | None = None) -> list[str]:
        """What ``rule`` says is wrong."""
        return [found.what for found in self.findings(rule, base)]
