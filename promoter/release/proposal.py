"""A proposal for ci/release/release.yml, from what a repository and its chart have.

Read are Dockerfiles (of each image the ones that pipelines name, if they name any), .env files,
cog.toml, git-cliff's configuration, the pipelines' own bump of the chart, and the chart's values.
What cannot be known is named, in the file and to the person who runs it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import yaml

from promoter.common.errors import PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.git.objects import SourceFile
from promoter.release.bases import Lookup
from promoter.release.dockerfile import Dockerfile, parse_dockerfile
from promoter.release.migrations import migration_folders
from promoter.release.pipelines import Pipelines
from promoter.release.settings import CLIFF_FILE, GITHUB_TOKEN, parse_settings
from promoter.release.source import SourceTree
from promoter.vendoring.pins import has_value, images_of

_ARGS = {
    "VERSION": "{version}",
    "APP_VERSION": "{version}",
    "COMMITHASH": "{commit}",
    "COMMIT": "{commit}",
    "GIT_COMMIT": "{commit}",
    "BUILDTIME": "{time}",
    "BUILD_TIME": "{time}",
    "GH_TOKEN": GITHUB_TOKEN,
    "GITHUB_TOKEN": GITHUB_TOKEN,
}
_PUBLIC = re.compile(rb"\bNEXT_PUBLIC_[A-Z0-9_]+\b")
_APP_VERSION = "NEXT_PUBLIC_APP_VERSION"
_HEADING = "# The content of a release, by `promoter release init`. Review it, then commit it.\n"


@dataclass
class ProposedSettings:
    """The proposed file, and what a person has to decide or look up."""

    document: dict[str, Any]
    unknown: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the file."""
        notes = "".join(f"# Check: {line}\n" for line in self.unknown)
        return _HEADING + notes + yaml.safe_dump(self.document, sort_keys=False, width=100)


def propose_settings(
    source: SourceTree, address: str, chart: Mapping[str, SourceFile], lookup: Lookup
) -> ProposedSettings:
    """Return the proposal for the repository at ``address`` (https).

    ``chart`` has the files of the charts repository, if there is a clone. Raises `InvalidFile`
    where the result is not valid.
    """
    proposal = _Writer(source, address, chart, lookup).proposal()
    parse_settings(proposal.text().encode())
    return proposal


@dataclass
class _Writer:
    source: SourceTree
    address: str
    chart: Mapping[str, SourceFile]
    lookup: Lookup
    unknown: list[str] = field(default_factory=list)
    artifacts: dict[str, str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)

    def proposal(self) -> ProposedSettings:
        images = [self._image(name, files) for name, files in self._dockerfiles().items()]
        document: dict[str, Any] = {"source": self.address}
        if registry := self._registry(images):
            document["registry"] = registry
        document["images"] = images
        if self.bases:
            document["bases"] = self.bases
        if self.artifacts:
            entries = [{"name": name, "context": path} for name, path in self.artifacts.items()]
            document["artifacts"] = entries
        document["changelog"] = self._changelog()
        if chart := self._chart():
            document["chart"] = chart
        document |= self._cog()
        return ProposedSettings(document, self.unknown)

    @property
    def repository(self) -> str:
        """The name of the application's repository."""
        return self.address.rpartition("/")[2]

    @cached_property
    def pipelines(self) -> Pipelines:
        """The repository's own pipelines."""
        return Pipelines(self.source)

    def _dockerfiles(self) -> dict[str, list[str]]:
        """Return the Dockerfiles of each image by its name: a candidate's and a release's."""
        found = [p for p in self.source.files if PurePosixPath(p).name.startswith("Dockerfile")]
        found = [p for p in found if not p.startswith(".") and not p.endswith(".dockerignore")]
        images: dict[str, list[str]] = {}
        for path in sorted(found):
            images.setdefault(self._name(path), []).append(path)
        return {name: self._used(name, paths) for name, paths in images.items()}

    def _used(self, name: str, dockerfiles: list[str]) -> list[str]:
        """Return those of an image's Dockerfiles that a pipeline names; all if none is named."""
        used = self.pipelines.dockerfiles(dockerfiles)
        if not used:
            files = ", ".join(dockerfiles)
            self.unknown.append(f"image {name}: no pipeline names its Dockerfile ({files})")
        return [path for path in dockerfiles if path in used or not used]

    def _name(self, path: str) -> str:
        folder = PurePosixPath(path).parent
        if folder == PurePosixPath():
            return self.repository
        names = [n for n in (*self._repositories(), *self.pipelines.images()) if folder.name in n]
        name = names[0] if names else f"{self.repository}-{folder.name}"
        if not names:
            self.unknown.append(f"image {name} of {path}: its name is a guess")
        return name

    def _image(self, name: str, files: list[str]) -> dict[str, Any]:
        candidate = next((f for f in files if f.endswith((".rc", ".candidate"))), files[0])
        released = next((f for f in files if f.endswith(".release")), "")
        recipe: dict[str, Any] = {"candidate": candidate}
        if released and released != candidate:
            recipe["release"] = released
        context = self.pipelines.context(candidate)
        if context != ".":
            recipe["context"] = context
        parsed = [self._parsed(file) for file in dict.fromkeys((candidate, released or candidate))]
        if args := self._args(name, {arg for each in parsed for arg in each.args}):
            recipe["args"] = args
        if env := self._env_files(name, candidate):
            recipe["env_files"] = env
        if contains := self._contains(context, parsed[0]):
            recipe["contains"] = contains
        for each in parsed:
            self._pin_bases(each)
        image: dict[str, Any] = {"name": name}
        if not (args or env or contains or released):
            image["rebuilt"] = False
        if repository := self._repositories().get(name):
            image["registry"] = repository
        if pin := self._pin(name):
            image["pin"] = pin
        else:
            self.unknown.append(f"image {name}: the key of its digest in the chart (pin)")
        return {**image, "dockerfile": recipe}

    def _parsed(self, path: str) -> Dockerfile:
        return parse_dockerfile(self.source.file(path).decode(errors="replace"), {})

    def _args(self, name: str, required: set[str]) -> dict[str, str]:
        for arg in sorted(required - _ARGS.keys()):
            self.unknown.append(f"image {name}: the value of its build argument {arg}")
        return {arg: _ARGS.get(arg, "") for arg in sorted(required)}

    def _contains(self, context: str, dockerfile: Dockerfile) -> dict[str, str]:
        """Return the artifacts that a Dockerfile copies: its sources that the commit has not."""
        found = {}
        for source, target in dockerfile.copies:
            path = str(PurePosixPath(context) / source)
            if "*" in path or path in self.source.files or self._is_folder(path):
                continue
            name = PurePosixPath(path).name
            self.artifacts[name] = path
            found[name] = target if not target.endswith("/") else f"{target}{name}"
        return found

    def _is_folder(self, path: str) -> bool:
        return path == "." or any(file.startswith(f"{path}/") for file in self.source.files)

    def _env_files(self, name: str, dockerfile: str) -> dict[str, dict[str, str]]:
        """Return the .env file of a Next.js frontend; its other public variables are reported."""
        folder = f"{PurePosixPath(dockerfile).parent}/"
        if folder == "./":
            return {}
        public: set[str] = set()
        for path, file in self.source.files.items():
            if path.startswith(folder):
                public |= {each.decode() for each in _PUBLIC.findall(file.content)}
        env = f"{folder}.env"
        present = self.source.files[env].content if env in self.source.files else b""
        for variable in sorted(public - {_APP_VERSION}):
            if variable.encode() not in present:
                self.unknown.append(
                    f"image {name}: {variable} is compiled into it: its value cannot differ between"
                    f" environments; name it below env_files, or read it at run time"
                )
        named = _APP_VERSION in public or self.pipelines.mentions(_APP_VERSION, folder)
        return {env: {_APP_VERSION: "{version}"}} if named else {}

    def _pin_bases(self, dockerfile: Dockerfile) -> None:
        for base in dockerfile.bases:
            if "@" in base or base in self.bases:
                continue
            try:
                digest = self.lookup(base)
            except PromoterError:
                self._note(f"base image {base}: its digest (its registry cannot be read here)")
                continue
            if digest:
                self.bases[base] = digest
            else:
                self._note(f"base image {base}: its digest")

    def _note(self, line: str) -> None:
        if line not in self.unknown:
            self.unknown.append(line)

    def _registry(self, images: list[dict[str, Any]]) -> str:
        """Return the registry of most images; it is left out of their own entries."""
        named = [image["registry"] for image in images if "registry" in image]
        if not named:
            found = self.pipelines.registry()
            self.unknown.append(
                f"registry: {found} is read in the pipelines; name other ones per image"
                if found
                else "registry: where images are published"
            )
            return found
        most = max(named, key=named.count)
        for image in images:
            if image.get("registry") == most:
                del image["registry"]
        return str(most)

    def _changelog(self) -> dict[str, Any]:
        config = CLIFF_FILE if CLIFF_FILE in self.source.files else None
        own = "cliff.toml" if "cliff.toml" in self.source.files else None
        if self.pipelines.writes_changelog_without_config():
            return {"config": own, **({"notes": config} if config else {})}
        return {"config": own or config}

    def _cog(self) -> dict[str, Any]:
        if "cog.toml" in self.source.files:
            return {}
        found = [path for path in self.source.files if path.endswith("/cog.toml")]
        if not found:
            self.unknown.append("cog.toml: there is none, so cog's own settings hold")
        return {"cog": found[0]} if found else {}

    @cached_property
    def _chart_folder(self) -> str:
        folder = f"charts/{self.repository}"
        if self.chart and f"{folder}/values.yaml" not in self.chart:
            self.unknown.append(f"chart: the charts repository has no {folder}/values.yaml")
        return folder

    def _chart(self) -> dict[str, Any]:
        if not self.chart:
            self.unknown.append("chart: no clone of the charts repository was named (--charts)")
        entry: dict[str, Any] = {"folder": self._chart_folder}
        if terraform := self.pipelines.terraform_folders():
            entry["terraform"] = terraform
        if folders := migration_folders(self.source.files):
            entry["migrations"] = folders[0]
        self.unknown += [f"migrations: of the server's database, not {f}" for f in folders[1:]]
        path, values = (
            self.pipelines.app_version_key(),
            self.chart.get(f"{self._chart_folder}/values.yaml"),
        )
        if path and values and not has_value(values.content.decode(errors="replace"), path):
            self.unknown.append(f"chart: app_version, for its values.yaml has no {path}")
        elif path:
            entry["app_version"] = path
        if self.pipelines.writes_short_commits():
            entry["short_commit"] = True
        return entry

    def _repositories(self) -> dict[str, str]:
        """Return the registry of each image that the chart names, by its name."""
        return {name: registry for name, registry, _ in self._chart_images}

    def _pin(self, name: str) -> str:
        pins = {image: path for image, _, path in self._chart_images}
        return pins.get(name) or self.pipelines.pin(name, self.repository)

    @cached_property
    def _chart_images(self) -> list[tuple[str, str, str]]:
        file = self.chart.get(f"{self._chart_folder}/values.yaml")
        return list(images_of(read_yaml(file.content, "values.yaml"))) if file else []
