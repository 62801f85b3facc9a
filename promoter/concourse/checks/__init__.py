"""Checks of a pipeline, one subject per file."""
