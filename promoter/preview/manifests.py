"""A chart's rendered objects, secrets redacted, and how two renderings differ."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from promoter.common.text import redact
from promoter.synthesis.releases import StackRelease
from promoter.vendoring.errors import VendorError
from promoter.vendoring.summary import SECRET

HIDDEN = "(redacted)"
# The deployment's own hash over the chart differs whenever anything does, and says nothing.
_CHART_HASH = "chartHash=" + "0" * 64
_CREDENTIALS = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")
_AUTHORIZATION = re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}")
# A line of a configuration file that is a text inside of an object.
_SETTING = re.compile(
    rf"^(\s*[\w.\"'-]*(?:{SECRET.pattern})[\w\"']*\s*[:=]\s*)\S.*$", re.IGNORECASE | re.MULTILINE
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines line by line, so that their lines are compared."""


_Dumper.add_representer(
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


def render(helm: Path, chart: Path, release: StackRelease) -> dict[str, str]:
    """The objects that ``helm template`` gives, redacted YAML by name.

    Raises `VendorError` with what Helm said: a chart whose dependency is missing, values
    that its schema refuses, a template that fails.
    """
    with TemporaryDirectory(prefix="promoter-values-") as folder:
        arguments = ["--set-string", _CHART_HASH]
        for number, values in enumerate(release.values):
            file = Path(folder) / f"{number}.yaml"
            file.touch(mode=0o600)
            file.write_text(values)
            arguments += ["--values", str(file)]
        command = ["template", release.name, str(chart), "--namespace", release.namespace]
        done = subprocess.run(
            [helm, *command, *arguments], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        said = _hide_text(" ".join(done.stderr.split()))
        raise VendorError(
            f"render the chart for {release.environment}: {said.removeprefix('Error: ')}",
            next_step="mend the chart, or the environment's settings",
        )
    return objects(done.stdout)


def objects(rendered: str) -> dict[str, str]:
    """The objects of a multi-document YAML, redacted and with sorted keys, by name."""
    found: dict[str, str] = {}
    for document in yaml.load_all(rendered, Loader=_LOADER):
        if not isinstance(document, dict):
            continue
        name = _name(document)
        while name in found:
            name += "'"
        found[name] = yaml.dump(redacted(document), Dumper=_Dumper, width=100, allow_unicode=True)
    return found


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata") or {}
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{document.get('kind')}/{namespace}{metadata.get('name')}"


def redacted(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` without secrets: a Secret's values, and what is called like one elsewhere.

    A Secret may stand in a List, a secret's text in the middle of a configuration file.
    """
    return dict(_hide(document))


def _hide(value: Any) -> Any:
    if isinstance(value, list):
        return [_hide(one) for one in value]
    if isinstance(value, str):
        return _hide_text(value)
    if not isinstance(value, dict):
        return value
    hidden = {key: _hide_member(str(key), one) for key, one in value.items()}
    for key in ("data", "stringData") if value.get("kind") == "Secret" else ():
        if isinstance(value.get(key), dict):
            hidden[key] = dict.fromkeys(value[key], HIDDEN)
    if SECRET.search(str(value.get("name", ""))) and isinstance(value.get("value"), str):
        # An environment variable of a container.
        hidden["value"] = HIDDEN
    return hidden


def _hide_text(text: str) -> str:
    named = _SETTING.sub(rf"\1{HIDDEN}", _CREDENTIALS.sub(rf"\1:{HIDDEN}@", text))
    return redact(_AUTHORIZATION.sub(rf"\1{HIDDEN}", named))


def _hide_member(key: str, value: Any) -> Any:
    # A name is where a secret is, not what it is: secretName, secretKeyRef.name.
    if not SECRET.search(key) or key.lower().endswith("name"):
        return _hide(value)
    if isinstance(value, list):
        return [HIDDEN if isinstance(one, str) else _hide(one) for one in value]
    return HIDDEN if isinstance(value, str) else _hide(value)


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[ObjectChange, ...]:
    """The objects that differ, by name; one that is new or gone differs in every line."""
    found = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, "").splitlines(), new.get(name, "").splitlines()
        lines = tuple(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
        if lines:
            found.append(ObjectChange(name, lines))
    return tuple(found)
