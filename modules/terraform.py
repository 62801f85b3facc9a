"""Blocks of Terraform, typed by the stub beside this file: ``make generated`` writes it."""

from modules.elements import TerraformBlock, block, provider

__all__ = ["TerraformBlock", "block", "provider"]
