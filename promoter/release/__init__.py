"""From a conventional commit to pinned images: versions, candidates, releases, pins.

Specification: seeds, "CI/CD & Release Engineering", steps 2a to 2e.
"""
