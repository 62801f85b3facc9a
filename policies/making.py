"""Makes what is checked: every stack synthesized, and the chart rendered as it installs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policies.subject import CheckedStack
from promoter.common.errors import PromoterError
from promoter.synthesis.app import App

DIGEST = "sha256:" + "0" * 64
"""Stands in for a third party's digest that is not pinned yet: checks are about how, not what."""

_PINNED = re.compile(r'^(\s*digest:) ""', re.MULTILINE)


class MakingError(PromoterError):
    """A stack could not be synthesized, or its chart not rendered."""


@dataclass(frozen=True)
class Made:
    """A subject, and the files that it was read from."""

    subject: CheckedStack
    stack_file: Path
    chart_file: Path


def make(root: Path, folder: Path, *, node: Path, helm: Path) -> tuple[Made, ...]:
    """Give every stack of the tree ``root``; ``folder`` is an empty one for what is made."""
    _synthesize(root, folder / "cdktf.out", node)
    chart = _pinned_chart(root / "charts" / "lana-bank", folder / "chart")
    return tuple(_made(file, chart, folder, helm) for file in _stacks(folder / "cdktf.out"))


def _stacks(output: Path) -> Iterator[Path]:
    yield from sorted((output / "stacks").glob("*/cdk.tf.json"))


def _synthesize(root: Path, output: Path, node: Path) -> None:
    done = App(root, Path(sys.executable), node).run(output, ())
    if done.returncode:
        raise MakingError(f"synthesize the stacks: {done.stderr.strip()}")


def _pinned_chart(chart: Path, copy: Path) -> Path:
    """A copy of the chart in which every image has a digest."""
    for file in sorted(found for found in chart.rglob("*") if found.is_file()):
        target = copy / file.relative_to(chart)
        target.parent.mkdir(parents=True, exist_ok=True)
        content = file.read_bytes()
        if file.name == "values.yaml":
            content = _PINNED.sub(rf'\1 "{DIGEST}"', content.decode()).encode()
        target.write_bytes(content)
    return copy


def _made(file: Path, chart: Path, folder: Path, helm: Path) -> Made:
    name = file.parent.name
    content = json.loads(file.read_text(encoding="utf-8"))
    release = content["resource"]["helm_release"]["lana-bank"]
    command = [str(helm), "template", "lana-bank", str(chart), "--namespace", release["namespace"]]
    rendered = _render([*command, "--values", "-"], name, _known(json.loads(release["values"][0])))
    manifest = folder / f"{name}.yaml"
    objects = tuple(
        _placed(found, release["namespace"]) for found in yaml.safe_load_all(rendered) if found
    )
    manifest.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    return Made(CheckedStack(name, content, objects), file, manifest)


def _placed(found: dict[str, Any], namespace: str) -> dict[str, Any]:
    """An object in the release's namespace, where Helm puts what names none."""
    return {**found, "metadata": {"namespace": namespace, **found["metadata"]}}


def _known(value: Any) -> Any:
    """Values with something in the place of what Terraform knows only when it applies."""
    if isinstance(value, dict):
        return {key: _known(below) for key, below in value.items()}
    return "known-after-apply" if isinstance(value, str) and "${" in value else value


def _render(command: list[str], name: str, values: Any) -> str:
    done = subprocess.run(
        command, input=json.dumps(values), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MakingError(f"render the chart for {name}: {done.stderr.strip()}")
    return done.stdout
