"""Set up a deployments repository, and check what a first real run needs."""
