"""Dangerous edits of the tree, each of which a policy, a schema or a lint rule must refuse."""
