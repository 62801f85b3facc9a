"""Read models of a deployments repository: plan, status and evidence."""
