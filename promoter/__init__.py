"""Carries a change of Lana Bank from a commit to a gated production."""
