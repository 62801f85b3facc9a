"""The Concourse resource: clone, prepare, record and push as cepler does."""
