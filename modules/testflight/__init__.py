"""The ground of a testflight in Terraform: a namespace and others' keys; no release."""
