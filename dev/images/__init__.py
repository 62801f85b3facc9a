"""Our OCI images, built without a Docker engine: cepler's Concourse resource, the task image."""
