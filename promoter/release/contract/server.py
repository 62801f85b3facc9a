"""Facts about the server: configuration, environment, routes and GraphQL types."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from promoter.release.contract.source import read, texts

CONFIGURATION = "dev/lana.default.yml"
OPTIONS = "lana/cli/src/lib.rs"
READERS_OF_VARIABLES = ("lana/cli/src", "lib/tracing-utils/src")
SCHEMA = "lana/admin-server/src/graphql/schema.graphql"

_OPTION = re.compile(r"#\[clap\(([^\]]*?)\)\]\s*\w+:\s*(Option<)?", re.DOTALL)
_ENV = re.compile(r'\benv\s*=\s*"(\w+)"')
_DEFAULT = re.compile(r'\bdefault_value\s*=\s*"([^"]*)"')
_READ = re.compile(r'\benv::var\(\s*"(\w+)"\s*\)')
_PREFIX = re.compile(r'\w*ENV_PREFIX: &str = "(\w+)"')
_ROUTE = re.compile(r'\.route\(\s*"([^"]+)"\s*,')
_METHOD = re.compile(r"\b(get|post|put|patch|delete)\(")
_TYPE = re.compile(r"^type (\w+)[^{]*\{(.*?)^\}", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^\s*(\w+)(?:\([^)]*\))?: (\S+)", re.MULTILINE)
_TESTS = re.compile(r"#\[cfg\(test\)\]\s*mod \w+ \{.*", re.DOTALL)


def configuration(root: Path) -> dict[str, str]:
    """Return the keys of the configuration, dotted, with their defaults."""
    return dict(leaves("", yaml.safe_load(read(root, CONFIGURATION))))


def environment(root: Path) -> dict[str, str]:
    """Return the environment variables: required, optional, or their defaults."""
    found: dict[str, str] = {}
    for option, optional in _OPTION.findall(read(root, OPTIONS)):
        if name := _ENV.search(option):
            default = _DEFAULT.search(option)
            value = f"default {default[1]!r}" if default else ""
            found[name[1]] = value or ("optional" if optional else "required")
    for folder in READERS_OF_VARIABLES:
        for text in texts(root, folder, "*.rs").values():
            program = _TESTS.sub("", text)
            found |= dict.fromkeys(_READ.findall(program), "optional")
            found |= {f"{prefix}*": "optional" for prefix in _PREFIX.findall(program)}
    return found


def routes(root: Path) -> dict[str, str]:
    """Return the methods of every path of both servers, as ``<server> <path>``."""
    found: dict[str, str] = {}
    for server in ("admin", "customer"):
        for text in texts(root, f"lana/{server}-server/src", "*.rs").values():
            for route in _ROUTE.finditer(text):
                handlers = _enclosed(text[route.end() :])
                methods = sorted({method.upper() for method in _METHOD.findall(handlers)})
                found[f"{server} {route[1]}"] = " ".join(methods)
    return found


def graphql(root: Path) -> dict[str, str]:
    """Return the fields of the query and of the type that the smoketest requests."""
    types = dict(_TYPE.findall(read(root, SCHEMA)))
    query = {f"Query.{n}": t for n, t in _FIELD.findall(types.get("Query", "")) if n == "buildInfo"}
    build = {f"BuildInfo.{n}": t for n, t in _FIELD.findall(types.get("BuildInfo", ""))}
    return query | build


def _enclosed(text: str) -> str:
    """Return ``text`` up to the parenthesis that closes one before it."""
    depth = 1
    for end, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return text[:end]
    return text


def leaves(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the dotted keys below ``prefix`` with their values as text."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves(f"{prefix}.{key}" if prefix else str(key), item)
    else:
        yield prefix, "null" if value is None else str(value)
