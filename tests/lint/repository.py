"""A small deployments repository to lint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from promoter.common.finding import Finding
from promoter.common.progress import Silent
from promoter.git import Git
from promoter.lint import lint

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
        """Commit files (None removes one) on top of HEAD; return the commit."""
        content = {path: None if text is None else text.encode() for path, text in files.items()}
        commit = self.git.commit_files(self.git.commit("HEAD"), content, message)
        self.git.text("reset", "-q", "--hard", commit)
        return commit

    def replace(self, path: str, old: str, new: str) -> str:
        """Commit one file with ``new`` in place of ``old``."""
        text = (self.git.dir / path).read_text()
        assert old in text
        return self.commit({path: text.replace(old, new)})

    def config(self, old: str, new: str) -> str:
        """Commit the cepler file with ``new`` in place of ``old``."""
        return self.replace("cepler/app.yml", old, new)

    def findings(self, rule: str, base: str | None = None) -> list[Finding]:
        """Return the findings of ``rule``; all rules run."""
        return [found for found in lint(self.git, Silent(), base).findings if found.rule == rule]

    def reasons(self, rule: str, base: str | None = None) -> list[str]:
        """Return the reasons of the findings of ``rule``."""
        return [found.reason for found in self.findings(rule, base)]
