"""`bump-image-in-chart`: a pull request with a release's digests in the chart.

One commit on the charts repository's branch: values.yaml's pins, Chart.yaml's appVersion,
and the Terraform folders that belong to the released commit (seeds, step 2e).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from promoter.common.errors import NothingNewer, RegistryError, YamlEditError
from promoter.forge.forge import NewPullRequest, PullRequest
from promoter.git import Git
from promoter.release import changelog
from promoter.release.application import Application, HostedRepository
from promoter.release.bot_branch import propose
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild
from promoter.release.publication import read_release
from promoter.release.settings import ChartSettings, ReleaseSettings, read_settings
from promoter.release.source import SourceTree, source_of_commit
from promoter.vendoring.pins import Pin, read_pins, set_pins, set_value

BRANCH = "bot-bump-lana-bank"
LABELS = frozenset({"galoybot", "lana-bank"})


def bump_chart(
    application: Application, charts: HostedRepository, version: str = ""
) -> PullRequest:
    """Open the pull request that pins release ``version`` (default: the newest) in the chart.

    Raises `NothingNewer` where it is pinned already, `RegistryError` for a missing image,
    `VerificationError` for one that is not signed, `YamlEditError` where a pin cannot be
    written.
    """
    release = read_release(application, version)
    source = source_of_commit(application.git, release.commit)
    settings = read_settings(source)
    if settings.chart is None:
        raise ReleaseError(
            "bump the chart: ci/release/release.yml names none",
            next_step="add chart: {folder: charts/<name>} there",
        )
    pins = _pins(application, release, settings)
    tip = charts.git.tip(charts.remote, charts.branch)
    files = _changed_files(charts.git, tip, settings.chart, pins, source, release)
    if not files:
        raise NothingNewer(f"bump {settings.chart.folder}: it pins {release.version} already")
    values = _text(charts.git, tip, f"{settings.chart.folder}/values.yaml")
    title = f"bump lana-bank images to {release.version}"
    body = _body(application, values, release)
    proposal = NewPullRequest(f"chore: {title}", body, BRANCH, charts.branch, labels=LABELS)
    return propose(charts, tip, files, f"chore(lana-bank): {title}\n", proposal)


def set_app_version(text: str, version: str, file: str) -> str:
    """Return Chart.yaml with ``appVersion``, replaced or added after ``version``."""
    if re.search(r"^appVersion:", text, re.MULTILINE):
        return set_value(text, "appVersion", version, file=file)
    after = re.search(r"^version:[^\r\n]*(\r?\n|\Z)", text, re.MULTILINE)
    if after is None:
        raise YamlEditError(f"write {file}: it has neither appVersion nor version")
    line_end = after[1] or "\n"
    before = text[: after.end()] + ("" if after[1] else line_end)
    return f"{before}appVersion: {version}{line_end}{text[after.end() :]}"


def _pins(
    application: Application, release: VersionBuild, settings: ReleaseSettings
) -> tuple[Pin, ...]:
    """Return a pin for each image that the chart pins; each is in the registry and verified."""
    paths = {recipe.name: recipe.pin for recipe in settings.images if recipe.pin}
    images = [image for image in release.images if image.name in paths]
    for image in images:
        if application.registry.digest(image.name, image.digest) is None:
            raise RegistryError(f"pin {image.reference}: the registry does not have it")
        if application.supply_chain:
            application.supply_chain.verify(image, release.commit)
    return tuple(
        Pin(
            paths[image.name],
            image.repository,
            image.digest,
            settings.source,
            release.commit,
            image.name,
        )
        for image in images
    )


def _changed_files(
    git: Git,
    revision: str,
    chart: ChartSettings,
    pins: tuple[Pin, ...],
    source: SourceTree,
    release: VersionBuild,
) -> dict[str, bytes | None]:
    """Return the chart's files that the bump of ``revision`` changes (None: removed)."""
    values, about = f"{chart.folder}/values.yaml", f"{chart.folder}/Chart.yaml"
    app_version = set_app_version(_text(git, revision, about), str(release.version), about)
    files: dict[str, bytes | None] = {
        values: set_pins(_text(git, revision, values), pins, file=values).encode(),
        about: app_version.encode(),
        **_terraform(git, revision, chart, source),
    }
    return {path: content for path, content in files.items() if git.file(revision, path) != content}


def _text(git: Git, revision: str, path: str) -> str:
    content = git.file(revision, path)
    if content is None:
        raise ReleaseError(f"read {path} in {revision[:12]} of {git.dir}: no such file")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ReleaseError(f"read {path} in {revision[:12]}: not UTF-8") from error


def _terraform(
    git: Git, revision: str, chart: ChartSettings, source: SourceTree
) -> Mapping[str, bytes | None]:
    """Return the chart's tf/: the declared folders and repo-ref; any other file is removed."""
    if not chart.terraform:
        return {}
    target = f"{chart.folder}/tf"
    files: dict[str, bytes | None] = {
        f"{target}/{name}": None for name in git.listing(revision, target)
    }
    for folder in chart.terraform:
        for path, file in source.below(folder):
            files[f"{target}/{folder.rpartition('/')[2]}/{path}"] = file.content
    files[f"{target}/repo-ref"] = f"{source.commit}\n".encode()
    return files


def _body(application: Application, values: str, release: VersionBuild) -> str:
    pins = read_pins(values)
    old = next((pin.commit_ref for pin in pins if application.git.commit(pin.commit_ref)), "")
    digests = "\n".join(f"- `{image.name}` {image.digest}" for image in release.images)
    compare = application.forge.compare_url(old, release.commit) if old else "the first pins"
    return (
        f"# Bump lana-bank images to {release.version}\n\n{digests}\n\n"
        f"Code diff contained in these images: {compare}\n\n"
        f"{_changelog(application, old, release.commit)}"
    )


def _changelog(application: Application, old: str, new: str) -> str:
    """Return the changelog between the commit that was pinned and the released one."""
    if not old:
        return ""
    with (
        tempfile.TemporaryDirectory() as folder,
        application.git.worktree(Path(folder) / "tree", new) as tree,
    ):
        return changelog.between(tree.dir, old, new)
