"""The Dagster code location of the warehouse."""
