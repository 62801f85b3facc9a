"""Providers are listed, come from their maintainer, and have a bounded version."""

import re

from policies.stack import CheckedStack, Violations

_SOURCES = {
    "azurerm": "azurerm",
    "google": "google",
    "helm": "helm",
    "honeycombio": "honeycombio/honeycombio",
    "kubernetes": "kubernetes",
    "random": "random",
}
_BOUND = re.compile(r"~>\s*[0-9]|<\s*[0-9]|^=?\s*[0-9]")
_ARGUMENTS = {"alias", "features", "kubernetes", "project", "region", "subscription_id"} | {
    *("tenant_id", "host", "token", "cluster_ca_certificate", "config_context"),
    *("storage_use_azuread", "qps", "burst_limit"),
    *("resource_provider_registrations", "resource_providers_to_register"),
}
"""Arguments of a provider; any other might lead it to another cloud, or hold a key."""


def check(stack: CheckedStack) -> Violations:
    """Return providers from elsewhere, unbounded versions, and unlisted arguments."""
    for name, required in stack.content["terraform"].get("required_providers", {}).items():
        source = required.get("source", "").removeprefix("hashicorp/")
        if _SOURCES.get(name) != source:
            yield f"terraform.required_providers.{name}", f"its source {source} is not listed"
        if not _BOUND.search(required.get("version", "")):
            yield f"terraform.required_providers.{name}", "its version has no upper bound"
    for name, bodies in stack.content.get("provider", {}).items():
        for body in bodies:
            for argument in sorted(set(body) - _ARGUMENTS):
                yield f"provider.{name}", f"its argument {argument} is not listed"
