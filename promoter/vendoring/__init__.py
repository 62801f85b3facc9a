"""Vendoring: vendir.yml in, charts/ and vendir.lock.yml out."""

from promoter.vendoring.bump import Bumped, Images, Terms, bump
from promoter.vendoring.check import Difference, check
from promoter.vendoring.sync import sync

__all__ = ["Bumped", "Difference", "Images", "Terms", "bump", "check", "sync"]
