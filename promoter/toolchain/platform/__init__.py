"""The embedded platform: a Kubernetes control plane and an OCI registry on loopback."""

from promoter.toolchain.platform.parts import PARTS
from promoter.toolchain.platform.platform import PartStatus, Platform, Running
from promoter.toolchain.platform.record import Forward

__all__ = ["PARTS", "Forward", "PartStatus", "Platform", "Running"]
