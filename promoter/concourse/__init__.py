"""Concourse pipelines as code: read with types, checked, drawn, rendered reproducibly."""
