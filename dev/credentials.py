"""The table of credentials in docs/environments.md: ``python -m dev.credentials``."""

import sys
from collections.abc import Iterator
from pathlib import Path

from dev.generated import write_section
from promoter.common.environment import PIPELINE, PLATFORMS, PROVIDERS

PAGE = Path(__file__).parent.parent / "docs/environments.md"
SECTION = "credentials"


def table() -> str:
    """Return the variables of each provider, those that a pipeline passes, and its platforms."""
    return "".join(_rows())


def _rows() -> Iterator[str]:
    yield "| provider | variables | passed by the pipelines | platforms |\n|---|---|---|---|\n"
    for provider, variables in PROVIDERS.items():
        passed = _names(PIPELINE.get(provider, ())) or "the kubeconfig"
        platforms = [name for name, providers in PLATFORMS.items() if provider in providers]
        where = ", ".join(platforms) or "all"
        yield f"| {provider} | {_names(variables.split())} | {passed} | {where} |\n"


def _names(names: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def main() -> int:
    """Write the page; return the exit code."""
    write_section(PAGE, SECTION, table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
