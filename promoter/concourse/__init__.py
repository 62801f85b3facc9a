"""Concourse pipelines as code: rendered reproducibly, read with types, checked and drawn."""
