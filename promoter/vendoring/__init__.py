"""Vendoring: vendir.yml in, charts/ and vendir.lock.yml out."""

from promoter.vendoring.bump import Bumped, Images, Terms, bump
from promoter.vendoring.sync import sync

__all__ = ["Bumped", "Images", "Terms", "bump", "sync"]
