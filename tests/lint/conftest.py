"""Fixtures for the tests of lint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.repository import CONFIG, FILES, Repository
from tests.lint.stacks import FILES as STACKS
from tests.lint.stacks import MADE_OF


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Three environments in a row, without any finding."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n\tname = Ann\n\temail = ann@bank.example\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    found = Repository.at(tmp_path / "repository")
    found.commit(dict(FILES))
    return found


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def stacks(repository: Repository, _cache: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The same with an app that has a stack for each environment; all inputs are covered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(_cache))
    config = CONFIG.replace("shared/*", f"shared/*, {MADE_OF}")
    repository.commit({**STACKS, "cepler/app.yml": config})
    return repository
