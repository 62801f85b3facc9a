"""What must hold for every environment, checked on what would really be applied.

``make policy`` synthesizes every stack, renders the chart with each stack's values, and runs
checkov and the checks of this package over both. One id is one file in checks/, one test, and
one heading in docs/policies.md; what is let through is in waivers.yml, with a reason and a
date on which that ends.
"""
