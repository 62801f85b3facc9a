"""What each environment installs: the Helm releases of the synthesized stacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import PromoterError, UsageError
from promoter.synthesis.app import App, last_words

_UNKNOWN = "no settings describe it"
"""What the app says of a stack that there is not."""


@dataclass(frozen=True)
class StackRelease:
    """One Helm release of one environment, with its values as YAML documents in merge order."""

    environment: str
    name: str
    namespace: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Synthesis:
    """The releases of the stacks that ``app`` synthesizes."""

    app: App

    def releases(self, chart: str, wanted: Sequence[str] = ()) -> tuple[StackRelease, ...]:
        """The releases of ``chart`` (a path in the tree) in ``wanted`` stacks (none: in all).

        Runs the command of cdktf.json as the CDK Terrain CLI does, into a folder of its own.
        Raises `PromoterError` when that fails, `UsageError` for a stack that there is not.
        """
        with TemporaryDirectory(prefix="promoter-preview-") as output:
            self._run(Path(output), wanted)
            stacks = sorted(Path(output).glob("stacks/*/cdk.tf.json"))
            found = [one for stack in stacks for one in _releases(stack, Path(chart).name)]
        missing = [name for name in wanted if name not in {one.parent.name for one in stacks}]
        if missing:
            raise UsageError(f"preview {', '.join(missing)}: there is no such stack")
        return tuple(found)

    def _run(self, output: Path, wanted: Sequence[str]) -> None:
        done = self.app.run(output, wanted)
        if done.returncode != 0:
            if _UNKNOWN in done.stderr:
                raise UsageError(f"preview: {last_words(done.stderr)}")
            raise PromoterError(
                f"synthesize the stacks: {last_words(done.stderr) or 'no message'}",
                next_step="mend the settings, or name the environments that can be previewed",
            )


def _releases(stack: Path, chart: str) -> list[StackRelease]:
    declared = json.loads(stack.read_text()).get("resource", {}).get("helm_release", {})
    return [
        StackRelease(
            environment=stack.parent.name,
            name=release["name"],
            namespace=release.get("namespace", "default"),
            values=tuple(release.get("values", ())),
        )
        for release in declared.values()
        if Path(release["chart"]).name == chart
    ]
