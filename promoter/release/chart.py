"""`bump-image-in-chart`: a release's digests into the chart, as a pull request.

One commit on the charts repository's branch: values.yaml's pins, Chart.yaml's appVersion,
and the Terraform folders that belong to the released commit (seeds, step 2e).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import NothingNewer, RegistryError, YamlEditError
from promoter.forge.forge import Forge, NewPullRequest, PullRequest, PullRequestState, Query
from promoter.git import Git, Identity
from promoter.release import changelog
from promoter.release.application import BOT, Application
from promoter.release.errors import ReleaseError
from promoter.release.publish import Released, released
from promoter.release.settings import ChartSettings, ReleaseSettings, read_settings
from promoter.release.source import SourceTree, source_of_commit
from promoter.vendoring.pins import Pin, read_pins, set_pins, set_value

BRANCH = "bot-bump-lana-bank"
LABELS = frozenset({"galoybot", "lana-bank"})


@dataclass(frozen=True)
class Charts:
    """The charts repository: a clone whose ``remote`` counts, and its forge."""

    git: Git
    forge: Forge
    remote: str = "origin"
    branch: str = "main"
    author: Identity = BOT


def bump_chart(application: Application, charts: Charts, version: str = "") -> PullRequest:
    """The pull request that pins release ``version`` (default: the newest) in the chart.

    Raises `NothingNewer` where it is pinned already, `RegistryError` for an image that is
    not there, `VerificationError` for one that is not signed, `YamlEditError` where a pin cannot
    be written.
    """
    made = released(application, version)
    source = source_of_commit(application.git, made.commit)
    settings = read_settings(source)
    chart = _chart(settings)
    pins = pins_of(application, made, settings)
    tip = charts.git.tip(charts.remote, charts.branch)
    files = changed_files(charts.git, tip, chart, pins, source, made)
    if not files:
        raise NothingNewer(f"bump {chart.folder}: it pins {made.version} already")
    commit = _pushed(charts, tip, files, made)
    return _pull_request(application, charts, tip, commit, made, chart)


def pins_of(application: Application, made: Released, settings: ReleaseSettings) -> tuple[Pin, ...]:
    """A pin for each image that the chart pins; each is in the registry and verified."""
    paths = {recipe.name: recipe.pin for recipe in settings.images if recipe.pin}
    images = [image for image in made.images if image.name in paths]
    for image in images:
        if application.registry.digest(image.name, image.digest) is None:
            raise RegistryError(f"pin {image.reference}: the registry does not have it")
        if application.supply_chain:
            application.supply_chain.verify(image, made.commit)
    return tuple(
        Pin(
            paths[image.name],
            image.repository,
            image.digest,
            settings.source,
            made.commit,
            image.name,
        )
        for image in images
    )


def changed_files(
    git: Git,
    revision: str,
    chart: ChartSettings,
    pins: tuple[Pin, ...],
    source: SourceTree,
    made: Released,
) -> dict[str, bytes | None]:
    """The chart's files that differ after the bump from ``revision`` (None: removed)."""
    values, about = f"{chart.folder}/values.yaml", f"{chart.folder}/Chart.yaml"
    files: dict[str, bytes | None] = {
        values: set_pins(_text(git, revision, values), pins, file=values).encode(),
        about: set_app_version(_text(git, revision, about), str(made.version), about).encode(),
        **_terraform(git, revision, chart, source),
    }
    return {path: content for path, content in files.items() if git.file(revision, path) != content}


def set_app_version(text: str, version: str, file: str) -> str:
    """Chart.yaml with ``appVersion``: replaced, or added after ``version`` where it is missing."""
    if re.search(r"^appVersion:", text, re.MULTILINE):
        return set_value(text, "appVersion", version, file=file)
    after = re.search(r"^version:[^\r\n]*(\r?\n|\Z)", text, re.MULTILINE)
    if after is None:
        raise YamlEditError(f"write {file}: it has neither appVersion nor version")
    line_end = after[1] or "\n"
    before = text[: after.end()] + ("" if after[1] else line_end)
    return f"{before}appVersion: {version}{line_end}{text[after.end() :]}"


def _chart(settings: ReleaseSettings) -> ChartSettings:
    if settings.chart is None:
        raise ReleaseError(
            "bump the chart: ci/release/release.yml names none",
            next_step="add chart: {folder: charts/<name>} there",
        )
    return settings.chart


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
    """The chart's tf/ as it has to be: the declared folders and repo-ref, nothing else."""
    if not chart.terraform:
        return {}
    target = f"{chart.folder}/tf"
    tree = git.tree(revision, target)
    there = git.text("ls-tree", "-r", "--name-only", "-z", tree).split("\0") if tree else []
    files: dict[str, bytes | None] = {f"{target}/{name}": None for name in there if name}
    for folder in chart.terraform:
        for below, file in source.below(folder):
            files[f"{target}/{folder.rpartition('/')[2]}/{below}"] = file.content
    files[f"{target}/repo-ref"] = f"{source.commit}\n".encode()
    return files


def _pushed(charts: Charts, tip: str, files: Mapping[str, bytes | None], made: Released) -> str:
    """The bump's commit on the bot's branch; the one that is there, if it is the same."""
    git, ref = charts.git, f"refs/heads/{BRANCH}"
    message = f"chore(lana-bank): bump lana-bank images to {made.version}\n"
    commit = git.commit_files(tip, files, message, author=charts.author)
    there = git.follow(charts.remote, BRANCH).get(BRANCH)
    if there and (git.commit(f"{there}^"), git.tree(there)) == (tip, git.tree(commit)):
        return there
    git.push(charts.remote, commit, ref, expect=there)
    return commit


def _pull_request(
    application: Application,
    charts: Charts,
    tip: str,
    commit: str,
    made: Released,
    chart: ChartSettings,
) -> PullRequest:
    title = f"chore: bump lana-bank images to {made.version}"
    body = _body(application, charts, tip, made, chart)
    for pull in charts.forge.pull_requests(Query(state=PullRequestState.OPEN, head=BRANCH)):
        charts.forge.edit_pull_request(pull.number, title=title, body=body)
        charts.forge.add_labels(pull.number, LABELS)
        return charts.forge.pull_request(pull.number)
    proposal = NewPullRequest(title, body, BRANCH, charts.branch, labels=LABELS)
    opened = charts.forge.open_pull_request(proposal)
    if opened.head_commit != commit:
        raise ReleaseError(f"open the pull request of {BRANCH}: somebody pushed to it meanwhile")
    return opened


def _body(
    application: Application, charts: Charts, tip: str, made: Released, chart: ChartSettings
) -> str:
    pins = read_pins(_text(charts.git, tip, f"{chart.folder}/values.yaml"))
    old = next((pin.commit_ref for pin in pins if application.git.commit(pin.commit_ref)), "")
    digests = "\n".join(f"- `{image.name}` {image.digest}" for image in made.images)
    compare = application.forge.compare_url(old, made.commit) if old else "the first pins"
    return (
        f"# Bump lana-bank images to {made.version}\n\n{digests}\n\n"
        f"Code diff contained in these images: {compare}\n\n{_changes(application, old, made)}"
    )


def _changes(application: Application, old: str, made: Released) -> str:
    """The changelog between the commit that was pinned and the released one."""
    if not old:
        return ""
    with (
        tempfile.TemporaryDirectory() as folder,
        application.git.worktree(Path(folder) / "tree", made.commit) as tree,
    ):
        return changelog.between(tree.dir, old, made.commit)
