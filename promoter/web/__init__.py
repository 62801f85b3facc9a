"""The page: the read models of a deployments repository as HTML, served or written as files."""
