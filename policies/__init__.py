"""Policies for every environment, checked on the resources that would really be applied.

``make policy`` synthesizes every stack, renders the chart with each stack's values, and runs
checkov and the checks of this package over both. One id is one file in checks/, one test, and
one heading in docs/policies.md; waivers.yml has the exceptions, each with a reason and the
date on which it expires.
"""
