"""Synthesize every stack, and render the chart as each stack installs it."""

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from policies.stack import UNPINNED, CheckedStack
from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.programs.hcl import parse_module
from promoter.programs.helm import Helm, HelmError
from promoter.synthesis.app import App, SynthesizedStack
from promoter.toolchain import Toolchain
from stacks.environments import EnvironmentFiles, discover
from stacks.platforms import FOUNDATION, PLATFORMS

_RELEASE = "lana-bank"
_EMPTY_DIGEST = re.compile(r'^(\s*digest:) (""|\'\')', re.MULTILINE)


class PolicyError(PromoterError):
    """The stacks cannot be checked."""


def render_stacks(toolchain: Toolchain, folder: Path) -> tuple[CheckedStack, ...]:
    """Return every stack of the toolchain's tree; ``folder`` is an empty one for their files.

    Raises `SynthesisError`, or `PolicyError` when the chart cannot be rendered.
    """
    root, helm = toolchain.root, toolchain.program("helm")
    app = App(root, Path(sys.executable), toolchain.program("node"))
    chart = renderable_chart(root / "charts" / _RELEASE, folder / "chart")
    stacks = app.synthesize(folder / "cdktf.out")
    if not stacks:
        raise PolicyError("synthesize the stacks: none found")
    sources = {source.stack: source for source in discover(root, tuple(PLATFORMS))}
    rendered = tuple(
        _render(stack, chart, folder / f"{stack.name}.yaml", helm, sources[stack.name])
        for stack in stacks
    )
    return tuple(
        replace(one, others=tuple(each for each in rendered if each.environment != one.environment))
        for one in rendered
    )


def renderable_chart(chart: Path, copy: Path) -> Path:
    """Copy a chart, with `UNPINNED` for each missing digest, without which it does not render."""
    shutil.copytree(chart, copy)
    for file in copy.rglob("values.yaml"):
        file.write_text(_EMPTY_DIGEST.sub(rf'\1 "{UNPINNED}"', file.read_text(encoding="utf-8")))
    return copy


def render_objects(
    chart: Path, namespace: str, values: Any, helm: Path
) -> tuple[dict[str, Any], ...]:
    """Return the objects of ``chart`` with ``values``, each with the namespace it is put in."""
    document = json.dumps(_resolved(values))
    rendered = Helm(helm).template(_RELEASE, chart, namespace, [document])
    return tuple(
        {**item, "metadata": {"namespace": namespace, **item["metadata"]}}
        for item in yaml.safe_load_all(rendered)
        if item
    )


def _render(
    stack: SynthesizedStack, chart: Path, manifest: Path, helm: Path, source: EnvironmentFiles
) -> CheckedStack:
    stage = str((read_yaml(source.shared.read_bytes(), str(source.shared)) or {}).get("stage"))
    is_foundation = source.deployment == FOUNDATION
    objects = () if is_foundation else _objects(stack, chart, helm)
    blocks = manifest.with_suffix(".tf.json")
    # Checkov cannot read a file that has import blocks; they grant and create nothing.
    without_imports = {key: value for key, value in stack.document.items() if key != "import"}
    blocks.write_text(json.dumps(without_imports, indent=2), encoding="utf-8")
    if objects:
        manifest.write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    return CheckedStack(
        stack.name,
        stack.document,
        objects,
        platform=source.platform,
        stage=stage,
        environment=str(source.shared.parent),
        is_foundation=is_foundation,
        modules=_modules(stack),
        files=(blocks, manifest) if objects else (blocks,),
    )


def _objects(stack: SynthesizedStack, chart: Path, helm: Path) -> tuple[dict[str, Any], ...]:
    release = next((each for each in stack.releases() if each.name == _RELEASE), None)
    if release is None:
        raise PolicyError(f"render the chart for {stack.name}: it has no release {_RELEASE}")
    try:
        return render_objects(chart, release.namespace, json.loads(release.values[0]), helm)
    except HelmError as error:
        raise PolicyError(f"render the chart for {stack.name}: {error.cause}") from error


def _modules(stack: SynthesizedStack) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the blocks of each Terraform module of the stack by its folder in the chart."""
    return tuple(
        (f"module.{name}/", _module((stack.folder / body["source"]).resolve()))
        for name, body in stack.document.get("module", {}).items()
    )


def _resolved(value: Any) -> Any:
    """Replace values that Terraform knows only after an apply, and missing digests."""
    if isinstance(value, dict):
        return {
            key: UNPINNED if (key, item) == ("digest", "") else _resolved(item)
            for key, item in value.items()
        }
    return "known-after-apply" if isinstance(value, str) and "${" in value else value


def _module(folder: Path) -> dict[str, Any]:
    """Return the blocks of the Terraform module in ``folder``."""
    try:
        files = {str(file): file.read_text(encoding="utf-8") for file in folder.glob("*.tf")}
    except UnicodeDecodeError as error:
        raise InvalidFile(str(folder), "", f"not UTF-8: {error.reason}") from error
    return parse_module(files)
