"""Render a chart's objects without their secrets, and compare two renderings."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from promoter.common.text import HIDDEN, SECRET_NAME, redact_settings
from promoter.programs.helm import Helm, HelmError
from promoter.synthesis.app import StackRelease
from promoter.vendoring.errors import VendorError

# The deployment's own hash over the chart differs whenever anything does; it is no change.
_CHART_HASH = "chartHash=" + "0" * 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _ManifestDumper(yaml.SafeDumper):
    """Writes texts of several lines line by line, so that their lines are compared."""


_ManifestDumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


@dataclass(frozen=True)
class ObjectChange:
    """One object that is rendered differently: ``Kind/name``, and the unified diff's lines."""

    name: str
    diff: tuple[str, ...]


def render(helm: Helm, chart: Path, release: StackRelease) -> dict[str, str]:
    """Return the `objects` of ``helm template``; raise `VendorError` with Helm's message."""
    options = ("--set-string", _CHART_HASH)
    try:
        rendered = helm.template(release.name, chart, release.namespace, release.values, *options)
    except HelmError as error:
        message = f"render the chart for {release.environment}: {redact_settings(error.cause)}"
        next_step = "correct the chart, or the environment's settings"
        raise VendorError(message, next_step=next_step) from error
    return objects(rendered)


def objects(rendered: str) -> dict[str, str]:
    """Return the objects of a multi-document YAML, redacted and with sorted keys, by name."""
    documents: dict[str, str] = {}
    for document in yaml.load_all(rendered, Loader=_LOADER):
        if isinstance(document, dict):
            name = _name(document)
            while name in documents:
                name += "'"
            redacted = _redacted(document)
            documents[name] = yaml.dump(
                redacted, Dumper=_ManifestDumper, width=100, allow_unicode=True
            )
    return documents


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata") or {}
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{document.get('kind')}/{namespace}{metadata.get('name')}"


def _redacted(value: Any) -> Any:
    """Return ``value`` without Secrets' data (also in a List) and values named like secrets."""
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    if isinstance(value, str):
        return redact_settings(value)
    if not isinstance(value, dict):
        return value
    members = {key: _redacted_member(str(key), each) for key, each in value.items()}
    for key in ("data", "stringData") if value.get("kind") == "Secret" else ():
        if isinstance(value.get(key), dict):
            members[key] = dict.fromkeys(value[key], HIDDEN)
    if SECRET_NAME.search(str(value.get("name", ""))) and isinstance(value.get("value"), str):
        # An environment variable of a container.
        members["value"] = HIDDEN
    return members


def _redacted_member(key: str, value: Any) -> Any:
    # A name refers to a secret and is none itself: secretName, secretKeyRef.name.
    if not SECRET_NAME.search(key) or key.lower().endswith("name"):
        return _redacted(value)
    if isinstance(value, list):
        return [HIDDEN if isinstance(each, str) else _redacted(each) for each in value]
    return HIDDEN if isinstance(value, str) else _redacted(value)


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[ObjectChange, ...]:
    """Return the objects that differ, by name; an added or removed one differs in every line."""
    changed = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, "").splitlines(), new.get(name, "").splitlines()
        if lines := tuple(difflib.unified_diff(before, after, lineterm=""))[2:]:
            changed.append(ObjectChange(name, lines))
    return tuple(changed)
