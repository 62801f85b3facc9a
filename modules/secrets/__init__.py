"""The secrets of an environment: generated or read in a vault, written to the cluster.

The vault is where a secret lives: Secret Manager on Google's cloud, Key Vault on Azure. What is
generated goes there first, and is read from there by whatever needs it, so a run that fails
half way is finished by the next with the same values. No value is in the synthesized JSON, in
a plan or in a state: they pass through ephemeral blocks and write-only attributes.
"""
