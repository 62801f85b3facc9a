"""The environments: one folder of YAML settings each, one CDK Terrain stack each.

``python -m stacks`` (the ``app`` of cdktf.json) synthesizes them. Nothing here imports promoter,
and promoter imports nothing from here: gated and gating code stay separate.
"""
