"""The repositories that a trace leads through, cloned bare and without their files' contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.errors import GitError
from promoter.common.text import redact
from promoter.git import Git


@dataclass(frozen=True)
class Repositories:
    """Clones below ``folder``, each made when it is first asked for."""

    folder: Path
    _known: dict[str, Git | str] = field(default_factory=dict)

    def get(self, url: str) -> Git | str:
        """The clone of ``url``; a text says why there is none."""
        if url not in self._known:
            self._known[url] = self._clone(url)
        return self._known[url]

    def _clone(self, url: str) -> Git | str:
        if redact(url) != url:
            return f"clone {redact(url)}: there is a password or token in the address"
        target = self.folder / hashlib.sha256(url.encode()).hexdigest()[:16]
        flags = ("--quiet", "--bare", "--filter=blob:none")
        try:
            Git(self.folder).text("clone", *flags, "--", url, str(target))
        except GitError as error:
            return str(error)
        return Git(target)
