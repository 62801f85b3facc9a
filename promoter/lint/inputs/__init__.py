"""What the synthesis of each stack reads, tells of, and hands to Terraform."""

from promoter.lint.inputs.tracing import Input, Kind, Traced, Tracing, trace

__all__ = ["Input", "Kind", "Traced", "Tracing", "trace"]
