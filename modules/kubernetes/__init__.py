"""What a release finds in the cluster: its namespace and its Secrets."""
