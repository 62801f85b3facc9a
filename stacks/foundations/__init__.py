"""Foundations: what an environment's account has before Lana Bank is deployed there.

A stack of its own for each environment on a cloud, ``<environment>-foundation``, from shared.yml
and foundation.yml. An administrator deploys it: a pipeline that could would grant itself any role.
"""
