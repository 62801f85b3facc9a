"""Facts about the Terraform modules that the chart carries."""

from pathlib import Path

from promoter.programs.hcl import parse_module
from promoter.release.contract.source import texts

MODULES = ("bq-setup", "honeycomb")


def module(root: Path, name: str) -> dict[str, str]:
    """Return the variables (required or not), outputs and providers of a module."""
    parsed = parse_module(texts(root, f"tf/{name}", "*.tf"))
    variables = parsed.get("variable", {})
    found = {
        f"variable {each}": "optional" if "default" in body else "required"
        for each, body in variables.items()
    }
    found |= {f"output {each}": "" for each in parsed.get("output", {})}
    providers = (parsed.get("terraform") or {}).get("required_providers") or {}
    for provider, body in providers.items():
        found[f"provider {provider}"] = (
            f"{body.get('source', '')} {body.get('version', '')}".strip()
        )
    return found
