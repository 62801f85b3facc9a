"""Finds or builds the outside programs, and runs the embedded platform."""

from promoter.toolchain.build import BuildFailed
from promoter.toolchain.toolchain import NAMES, TerraformBinary, Toolchain

__all__ = ["NAMES", "BuildFailed", "TerraformBinary", "Toolchain"]
