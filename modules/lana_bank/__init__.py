"""The helm release of Lana Bank: ``construct.py`` has it, the rest needs no CDK Terrain."""
