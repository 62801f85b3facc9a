"""The secrets of an environment: generated or read in a vault, written to the cluster.

Secrets live in the vault: Secret Manager on Google Cloud, Key Vault on Azure. Generated values
are stored there first and then read from there, so that a run that fails half-way is completed
by the next one with the same values. No value is in the synthesized JSON, a plan or a state:
they pass through ephemeral blocks and write-only attributes.
"""
