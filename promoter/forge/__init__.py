"""What GitHub is to us: pull requests, labels, releases, checks, branches.

`forge.py` has the Protocol and its records, `github.py` and `local.py` one implementation
each, `choose.py` says which one a remote's address means.
"""
