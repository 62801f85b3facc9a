"""Refusal vectors: a repository, a time, and the expected decision, for any implementation.

``repository.bundle`` is a git bundle to clone. Each entry of ``vectors.json`` names a commit of
main and one of the gates branch in it, an environment, a time, and whether it may be
deployed then; ``reason`` is a part of our message. ``python -m tests.approvals.vectors`` makes both
anew, with keys that it forgets.
"""
