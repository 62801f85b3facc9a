"""Helpers that run inside a pipeline's task."""
