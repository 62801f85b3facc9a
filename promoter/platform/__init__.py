"""The embedded platform: a Kubernetes control plane and an OCI registry on loopback."""

from promoter.platform.layout import PARTS
from promoter.platform.platform import PartStatus, Platform, RunningPlatform

__all__ = ["PARTS", "PartStatus", "Platform", "RunningPlatform"]
