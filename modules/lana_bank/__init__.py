"""The Helm release of Lana Bank; only ``construct.py`` imports CDK Terrain."""
