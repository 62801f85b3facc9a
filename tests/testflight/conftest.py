"""Fixtures that testflights share with smoketests."""

from __future__ import annotations

from tests.smoketest.conftest import application, chart, target

__all__ = ["application", "chart", "target"]
