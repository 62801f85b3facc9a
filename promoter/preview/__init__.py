"""Render what a chart's ref would change in each environment."""
