"""The data warehouse of an environment."""
