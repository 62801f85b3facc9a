"""A chart repository and a repository that vendors from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.vendoring import sync
from tests.vendoring.sources import CONFIG, Source, Target


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source.new(tmp_path / "charts.git")


@pytest.fixture
def target(tmp_path: Path, source: Source) -> Target:
    """Synced at the source's first commit, and committed."""
    target = Target.new(tmp_path / "deployments", CONFIG.format(url=source.url, ref=source.head))
    sync(target.folder)
    target.commit_all()
    return target
