"""The chart repository and the target repository of the vendoring tests."""

from __future__ import annotations

from tests.vendoring.conftest import source, target

__all__ = ["source", "target"]
