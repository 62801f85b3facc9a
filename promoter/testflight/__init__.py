"""The throwaway installation of a chart that decides whether it moves on, and its smoketest."""
