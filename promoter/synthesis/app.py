"""Run a tree's CDK Terrain app, as the CDK Terrain CLI does, and read the stacks it writes."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.environment import BACKENDS, PROVIDERS, child_environment
from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.common.values import merge
from promoter.common.yaml_file import read_yaml
from promoter.programs.command import run_program
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import without_home

_FILE = "cdk.tf.json"
_SHOWN = 5
_UNKNOWN = "no settings describe it"
"""Part of the app's message about a stack that does not exist."""


class SynthesisError(PromoterError):
    """The app failed; ``cause`` is the end of its message, or its exit code."""

    def __init__(self, stacks: Sequence[str], cause: str) -> None:
        super().__init__(
            f"synthesize {', '.join(stacks) or 'the stacks'}: {cause}",
            next_step="fix the settings or the code that the message names, commit, and try again",
        )
        self.cause = cause


@dataclass(frozen=True)
class StackRelease:
    """One Helm release of one environment, with its values as YAML documents in merge order.

    ``address`` is Terraform's name of it.
    """

    environment: str
    name: str
    namespace: str
    values: tuple[str, ...]
    chart: str = ""
    address: str = ""

    def merged_values(self) -> dict[str, Any]:
        """Return the values as Helm merges them; raises `InvalidFile`."""
        documents = (read_yaml(each, self.name) or {} for each in self.values)
        return reduce(merge, documents, {})


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack as Terraform JSON in its own ``folder``."""

    folder: Path

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """The Terraform JSON."""
        return self.folder / _FILE

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The content of the Terraform JSON."""
        return dict(json.loads(self.file.read_text(encoding="utf-8")))

    def credentials(self) -> tuple[str, ...]:
        """Return the variables of its providers and its backend, as `child_environment` takes.

        Those of every provider where it is not synthesized yet.
        """
        if not self.file.is_file():
            return tuple(PROVIDERS.values())
        settings = self.document.get("terraform", {})
        names = [source.rpartition("/")[2] for source in self.required_providers()]
        names += [BACKENDS.get(kind, "") for kind in settings.get("backend", {})]
        return tuple(PROVIDERS[name] for name in names if name in PROVIDERS)

    def required_providers(self) -> dict[str, str]:
        """Return the version constraints of the stack's providers by source."""
        required = self.document.get("terraform", {}).get("required_providers", {})
        return {each["source"]: each.get("version", "") for each in required.values()}

    def releases(self) -> tuple[StackRelease, ...]:
        """Return every Helm release that the stack declares."""
        declared = self.document.get("resource", {}).get("helm_release", {})
        return tuple(
            StackRelease(
                environment=self.name,
                name=release["name"],
                namespace=release.get("namespace", "default"),
                values=tuple(release.get("values", ())),
                chart=release["chart"],
                address=f"helm_release.{name}",
            )
            for name, release in declared.items()
        )


@dataclass(frozen=True)
class App:
    """The app of ``tree``, run by the stacks' ``python`` and by ``node``."""

    tree: Path
    python: Path
    node: Path

    @classmethod
    def of(cls, tree: Path, toolchain: Toolchain) -> App:
        """Return the app of ``tree`` with the Python and the Node of ``toolchain``."""
        return cls(tree, toolchain.stacks_python(), toolchain.program("node"))

    def synthesize(
        self,
        output: Path,
        stacks: Sequence[str] = (),
        *,
        variables: Mapping[str, str] | None = None,
        module: str = "",
    ) -> tuple[SynthesizedStack, ...]:
        """Synthesize ``stacks`` (none: all) into ``output`` and return what is there then.

        The CDK Terrain CLI's contract: the command of cdktf.json is run in the tree with the
        output folder in CDKTF_OUTDIR. ``variables`` are added to its `environment`; with
        ``module``, ``python -m <module>`` is run instead. Raises `SynthesisError` if the app
        fails, `InvalidFile` if cdktf.json names no app.
        """
        command = [str(self.python), "-m", module] if module else self._command()
        environment = {**self.environment(stacks), "CDKTF_OUTDIR": str(output), **(variables or {})}
        done = run_program(command, folder=self.tree, environment=environment)
        if done.returncode != 0:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            cause = "; ".join(lines[-_SHOWN:]) or f"exit code {done.returncode}"
            raise SynthesisError(stacks, cause)
        files = sorted(output.glob(f"stacks/*/{_FILE}"))
        return tuple(SynthesizedStack(file.parent) for file in files)

    def releases(self, chart: str, stacks: Sequence[str] = ()) -> tuple[StackRelease, ...]:
        """Return the releases of ``chart`` (a path in the tree) in ``stacks`` (none: in all).

        Raises `UsageError` for a stack that does not exist, `SynthesisError` if the app fails.
        """
        with TemporaryDirectory(prefix="promoter-synthesis-") as folder:
            try:
                found = self.synthesize(Path(folder), stacks)
            except SynthesisError as error:
                if _UNKNOWN in error.cause:
                    raise UsageError(str(error)) from error
                raise
            releases = [each for stack in found for each in stack.releases()]
        missing = [name for name in stacks if name not in {stack.name for stack in found}]
        if missing:
            raise UsageError(f"synthesize {', '.join(missing)}: no such stack")
        name = Path(chart).name
        return tuple(each for each in releases if Path(each.chart).name == name)

    def environment(self, stacks: Sequence[str] = ()) -> dict[str, str]:
        """Return the variables by which the app finds its Python, its Node and ``stacks``."""
        search = (str(self.python.parent), str(self.node.parent), os.environ.get("PATH", ""))
        limit = {"LANA_STACKS": " ".join(stacks)} if stacks else {}
        jsii = {
            # The Python's folder may have a Node of its own, for which jsii prints a warning.
            "JSII_NODE": str(self.node),
            **without_home(JSII_RUNTIME_PACKAGE_CACHE_ROOT="jsii"),
        }
        return {**child_environment(), "PATH": os.pathsep.join(search), **jsii, **limit}

    def _command(self) -> list[str]:
        try:
            return shlex.split(json.loads((self.tree / "cdktf.json").read_text())["app"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFile(
                "cdktf.json",
                "",
                f"it names no app: {error!r}",
                next_step="restore it; the environment's patterns in cepler/ must name it, too",
            ) from error
