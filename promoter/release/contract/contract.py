"""The contract file, and its differences from a checkout of the application."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_yaml
from promoter.release.contract import identity, images, modules, panels, pipeline, server
from promoter.release.contract.source import MissingSource

FILE = "contract/application.yml"
"""The contract's path in the chart."""
HEADER = """\
# Facts of the application that the chart, the smoketest and the sample in upstream/ rely on.
# `make contract REPO=<clone>` prints the differences of a clone; UPDATE=1 writes this file from it.
"""

Facts = Mapping[str, Mapping[str, str]]
"""Facts by section and name."""

READERS: Mapping[str, Callable[[Path], Mapping[str, str]]] = {
    "server.configuration": server.configuration,
    "server.environment": server.environment,
    "server.routes": server.routes,
    "server.graphql": server.graphql,
    **{f"{each}.environment": partial(panels.environment, panel=each) for each in panels.PANELS},
    "panels.libraries": panels.libraries,
    "dagster.environment": pipeline.environment,
    **{f"realm.{each}": partial(identity.realm, name=each) for each in identity.REALMS},
    "gateway": identity.gateway,
    **{f"image {each}": partial(images.image, path=each) for each in images.DOCKERFILES},
    **{f"tf/{each}": partial(modules.module, name=each) for each in modules.MODULES},
}
"""Sections of the contract, each read from a place of its own: one edit is one difference."""


@dataclass(frozen=True)
class Contract:
    """The facts of the application at ``commit`` of ``repository``."""

    repository: str
    commit: str
    facts: Facts


@dataclass(frozen=True)
class ContractDifference:
    """A fact, or a source of facts, that differs from the contract."""

    section: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.section}: {self.text}"


def parse_contract(content: bytes) -> Contract:
    """Return the contract in ``content``; raises `InvalidFile`."""
    try:
        return Contract(**read_yaml(content, FILE))
    except TypeError as error:
        raise InvalidFile(FILE, "", f"not a contract ({error})") from error


def written_contract(contract: Contract) -> bytes:
    """Return the file of the contract, its names sorted."""
    content = {
        "repository": contract.repository,
        "commit": contract.commit,
        "facts": {name: dict(sorted(found.items())) for name, found in contract.facts.items()},
    }
    text = yaml.safe_dump(content, sort_keys=False, width=1000, allow_unicode=True)
    return (HEADER + text).encode()


def read_facts(root: Path) -> tuple[dict[str, Mapping[str, str]], list[ContractDifference]]:
    """Return the facts of a checkout, and its missing sources.

    Raises `InvalidFile` for a source in another form.
    """
    facts: dict[str, Mapping[str, str]] = {}
    missing = []
    for section, reader in READERS.items():
        try:
            facts[section] = reader(root)
        except MissingSource as source:
            missing.append(ContractDifference(section, str(source), f"there is no {source}"))
        except (ValueError, LookupError, TypeError, AttributeError, yaml.YAMLError) as error:
            raise InvalidFile(section, "", f"not in the expected form ({error})") from error
    return facts, missing


def differences(contract: Contract, root: Path) -> list[ContractDifference]:
    """Return the differences of a checkout from the contract."""
    facts, missing = read_facts(root)
    return missing + [each for section in facts for each in _changes(section, contract, facts)]


def _changes(section: str, contract: Contract, facts: Facts) -> Iterator[ContractDifference]:
    agreed, found = contract.facts.get(section, {}), facts[section]
    for name in sorted(agreed.keys() | found.keys()):
        if name not in found:
            text = f"{name} is gone ({agreed[name] or 'agreed'})"
        elif name not in agreed:
            text = f"{name} is new ({found[name] or 'no value'})"
        elif agreed[name] != found[name]:
            text = f"{name} is {found[name]!r}, not {agreed[name]!r}"
        else:
            continue
        yield ContractDifference(section, name, text)
