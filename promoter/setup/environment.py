"""``promoter environment add``: settings, cepler entry and pipeline of a copy of an environment."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.errors import ProgramMissing, PromoterError, UsageError
from promoter.common.files import write_atomically
from promoter.common.progress import Progress
from promoter.common.yaml_file import read_yaml
from promoter.concourse import deployments
from promoter.concourse.checks.variables import VARIABLE
from promoter.concourse.pipelines import DEPLOYMENTS, existing_pipelines
from promoter.gate.config import is_config, read_config
from promoter.setup.copies import Renaming, cepler_copy, settings_copy, unique_values
from promoter.synthesis.app import App, SynthesisError
from promoter.toolchain import Toolchain

_NAME = re.compile(r"(?:azure|gcp|local)-[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 44
"""The longest name: a server's, ``<name>-keycloak-replica-5``, may have 63 characters."""


@dataclass(frozen=True)
class NewEnvironment:
    """A copy of an environment: the content of its files, by path from the repository's top.

    ``entries`` are its entries in the cepler files, by the name of the deployment.
    """

    root: Path
    renaming: Renaming
    entries: Mapping[str, Renaming]
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of the copy."""
        return self.renaming.new

    @property
    def stage(self) -> str:
        """The stage in its settings."""
        return str(self._settings("shared.yml").get("stage", ""))

    def lines(self) -> Iterator[str]:
        """Yield the new settings, and the change of the cepler file."""
        for path, text in self.files.items():
            file = self.root / path
            old = file.read_text(encoding="utf-8") if file.exists() else ""
            yield from unified_diff(
                old.splitlines(), text.splitlines(), path, path, n=1, lineterm=""
            )

    def write(self, progress: Progress) -> None:
        """Write settings, cepler entry and pipeline values; nothing where the app refuses them.

        Raises `PromoterError` with the app's message.
        """
        folder = self.root / self.renaming.folders[1]
        try:
            self._write(f"{self.renaming.folders[1]}/")
            self._synthesize(progress)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._write("cepler/")

    def _write(self, below: str) -> None:
        for path, text in self.files.items():
            if path.startswith(below):
                write_atomically(self.root / path, text.encode())

    def _synthesize(self, progress: Progress) -> None:
        app = App.of(self.root, Toolchain(self.root, progress=progress))
        try:
            with TemporaryDirectory() as output, progress.task(f"synthesize {self.name}"):
                app.synthesize(Path(output), [each.entries[1] for each in self.entries.values()])
        except SynthesisError as error:
            raise PromoterError(
                f"add {self.name}: its settings are refused: {error.cause}",
                next_step=f"choose another name, or correct {self.renaming.folders[0]}/ first",
            ) from error

    def remaining(self) -> Iterator[str]:
        """Yield what nobody can write here: pipeline without ytt, vault, variables, DNS."""
        yield from self._render()
        old, (_, folder) = self.renaming.old, self.renaming.folders
        shared, release = (self._settings(name) for name in ("shared.yml", "lana-bank.yml"))
        kept = sorted(key for key in ("network", "project", "cluster", "state") if key in shared)
        if kept:
            named = f"create what {folder}/shared.yml names ({', '.join(kept)})"
            yield f"{named}, or correct it; addresses and sizes are those of {old}"
        for deployment in (each for each, copy in self.entries.items() if copy.suffix):
            deploy = f"promoter deploy {self.name}-{deployment}"
            yield f"the account: docs/environments.md, then {deploy}"
        if (domain := release.get("lana_domain")) and self.renaming.platform != "local":
            yield f"DNS: admin., app., auth. and dagster.{domain} lead to the cluster's ingress"
        if secrets := self._external(release):
            yield f"vault: {', '.join(f'{self.name}-{secret}' for secret in secrets)}"
        rendered = DEPLOYMENTS.rendered(self.root)
        text = rendered.read_text(encoding="utf-8") if rendered.is_file() else ""
        variables = sorted({each for each in VARIABLE.findall(text) if each.startswith(f"{old}.")})
        if variables:
            names = (f"{self.name}{each.removeprefix(old)}" for each in variables)
            yield f"Concourse's credential manager: {', '.join(names)}"
        yield f"commit {folder}/ and the changed files; promoter lint checks the commit"

    def _render(self) -> Iterator[str]:
        if DEPLOYMENTS not in existing_pipelines(self.root):
            return
        try:
            list(deployments.generate(self.root))
        except ProgramMissing:
            text = deployments.values(self.root)
            write_atomically(deployments.values_file(self.root), text.encode())
            if not self.name.startswith(f"{deployments.EMBEDDED}-"):
                yield "where ytt is on PATH: promoter pipeline generate; promoter pipeline graph"

    def _external(self, release: Mapping[str, Any]) -> list[str]:
        schema = self.root / f"stacks/schemas/{self.renaming.platform}-lana-bank.json"
        if not schema.is_file():
            return []
        definitions = json.loads(schema.read_bytes()).get("$defs", {})
        fields = definitions.get("SecretSettings", {}).get("properties", {})
        default = fields.get("external", {}).get("default", [])
        return list((release.get("secrets") or {}).get("external", default))

    def _settings(self, name: str) -> dict[str, Any]:
        path = f"{self.renaming.folders[1]}/{name}"
        return dict(read_yaml(self.files.get(path, ""), path) or {})


def plan_environment(root: Path, name: str, like: str) -> NewEnvironment:
    """Return the environment ``name`` as a copy of ``like``, both read in the work tree.

    Raises `UsageError` for a name that exists, is not valid, is too long or would collide with
    another one, for an unknown ``like``, and for another platform.
    """
    configs = {
        path.relative_to(root).as_posix(): read_config(path.read_bytes(), path.name)
        for path in sorted((root / "cepler").glob("*.yml"))
        if is_config(str(path))
    }
    names = [each for config in configs.values() for each in config.environments]
    _require_valid(root, name, like, names)
    renaming = Renaming(like, name)
    old, new = renaming.folders
    settings = {path: path.read_text(encoding="utf-8") for path in root.glob("stacks/*/*/*.yml")}
    taken = {value for path, each in settings.items() for value in unique_values(each, path.name)}
    files = {
        f"{new}/{path.name}": settings_copy(each, renaming, f"{old}/{path.name}", taken)
        for path, each in sorted(settings.items())
        if path.parent == root / old
    }
    entries = {}
    for file, config in configs.items():
        for each in (renaming, replace(renaming, suffix=f"-{config.deployment}")):
            if each.entries[0] in config.environments:
                text = (root / file).read_text(encoding="utf-8")
                files[file] = cepler_copy(text, each, file)
                entries[config.deployment] = each
    return NewEnvironment(root, renaming, entries, files)


def _require_valid(root: Path, name: str, like: str, names: list[str]) -> None:
    if like not in names:
        known = f"one of: {', '.join(names) or 'none is defined'}"
        raise UsageError(f"copy environment {like}: no cepler file has it", next_step=known)
    folder = root / Renaming(like, name).folders[1]
    if name in names or folder.exists():
        place = "a cepler file" if name in names else folder.relative_to(root)
        raise UsageError(
            f"add {name}: it exists already, in {place}; nothing was changed",
            next_step="choose another name, or remove what is left of it first",
        )
    platform = like.partition("-")[0]
    if not name.startswith(f"{platform}-"):
        raise UsageError(
            f"add {name}: {like} is on platform {platform}, and settings differ by platform",
            next_step=f"name it {platform}-<name>, or copy an environment of its platform",
        )
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise UsageError(
            f"add {name}: not a valid name",
            next_step=f"use a-z, 0-9 and single dashes, {LONGEST} characters at most",
        )
