"""Commands that run inside of a pipeline's task."""
