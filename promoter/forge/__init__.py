"""GitHub and its local counterpart: pull requests, labels, releases, checks.

`forge.py` has the Protocol and its records, `github.py` and `local.py` one implementation
each, `remote.py` finds the forge of a git remote.
"""
