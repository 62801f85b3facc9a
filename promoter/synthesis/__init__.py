"""Synthesize the CDK Terrain app, and list what its stacks install."""
