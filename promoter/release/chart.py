"""`bump-image-in-chart`: a pull request with a release's digests in the chart.

One commit with values.yaml's pins and version, Chart.yaml's appVersion, is-release, the Terraform
folders of the released commit (seeds, step 2e), and the list of its migrations.
"""

import re
from collections.abc import Sequence

from promoter.common.errors import NothingNewer, RegistryError, YamlEditError
from promoter.forge.forge import NewPullRequest, PullRequest
from promoter.git import Git
from promoter.release import changelog
from promoter.release.application import Application, HostedRepository
from promoter.release.bot_branch import propose
from promoter.release.bump_review import Bump, released_migrations
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild
from promoter.release.migrations import LISTING, listing
from promoter.release.publication import read_images, read_release
from promoter.release.settings import (
    SETTINGS_FILE,
    ChangelogSettings,
    ChartSettings,
    ReleaseSettings,
    read_settings,
    settings_at,
)
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.terraform_modules import Validate, not_validated
from promoter.vendoring.pins import Pin, read_pins, set_pins, set_value

BRANCH = "bot-bump-lana-bank"
IS_RELEASE = "is-release"
"""File of the chart that says whether it pins a release."""
LABELS = frozenset({"galoybot", "lana-bank"})


def bump_chart(
    application: Application,
    charts: HostedRepository,
    version: str = "",
    validate: Validate = not_validated,
) -> PullRequest:
    """Open the pull request that pins ``version`` (default: the newest release) in the chart.

    It lists what the release breaks (`Bump.review`); ``validate`` checks Terraform modules. A
    candidate can be pinned where release.yml allows it.

    Raises `NothingNewer` where it is pinned already, `RegistryError` for a missing image,
    `VerificationError` for an unsigned one, `YamlEditError` where a pin cannot be written.
    """
    release = _build(application, version)
    source = source_of_commit(application.git, release.commit)
    settings = read_settings(source)
    if settings.chart is None:
        raise ReleaseError(
            "bump the chart: ci/release/release.yml names none",
            next_step="add chart: {folder: charts/<name>} there",
        )
    pins = _pins(application.at(settings), release, settings, settings.chart)
    git, folder, version = charts.git, settings.chart.folder, str(release.version)
    tip = git.tip(charts.remote, charts.branch)
    present = _text(git, tip, f"{folder}/values.yaml")
    files = pinned_files(git, tip, settings.chart, source, pins, version)
    if not files:
        raise NothingNewer(f"bump {folder}: it pins {version} already")
    title = f"bump lana-bank images to {version}"
    old = pinned_commit(application.git, present)
    body = _body(application, old, release, settings.changelog)
    bump = Bump(git, tip, settings.chart, files, application.git, old, source)
    body += bump.review(validate).report()
    proposal = NewPullRequest(f"chore: {title}", body, BRANCH, charts.branch, labels=LABELS)
    return propose(charts, tip, files, f"chore(lana-bank): {title}\n", proposal)


def pinned_files(
    git: Git,
    tip: str,
    chart: ChartSettings,
    source: SourceTree,
    pins: Sequence[Pin],
    version: str,
) -> dict[str, bytes | None]:
    """Return the files that pinning ``version`` changes in the chart of commit ``tip``."""
    values, about = f"{chart.folder}/values.yaml", f"{chart.folder}/Chart.yaml"
    text = set_pins(_text(git, tip, values), pins, file=values)
    if chart.app_version:
        text = set_value(text, chart.app_version, version, file=values)
    files = {
        values: text.encode(),
        about: set_app_version(_text(git, tip, about), version, about).encode(),
        f"{chart.folder}/{IS_RELEASE}": b"false\n" if is_candidate(version) else b"true\n",
        **_migrations(chart, source),
        **_terraform(git, tip, chart, source),
    }
    return {path: content for path, content in files.items() if git.file(tip, path) != content}


def pinned_commit(application: Git, values: str) -> str:
    """Return the commit that values.yaml pins, "" where ``application`` has none of them."""
    return next(filter(None, (application.commit(pin.commit_ref) for pin in read_pins(values))), "")


def is_candidate(version: str) -> bool:
    """Return whether ``version`` is a candidate's."""
    return "-" in version


def set_app_version(text: str, version: str, file: str) -> str:
    """Return Chart.yaml with ``appVersion``, replaced or added after ``version``."""
    if re.search(r"^appVersion:", text, re.MULTILINE):
        return set_value(text, "appVersion", version, file=file)
    if (after := re.search(r"^version:[^\r\n]*(\r?\n|\Z)", text, re.MULTILINE)) is None:
        raise YamlEditError(f"write {file}: it has neither appVersion nor version")
    line_end = after[1] or "\n"
    before = text[: after.end()] + ("" if after[1] else line_end)
    return f"{before}appVersion: {version}{line_end}{text[after.end() :]}"


def _build(application: Application, version: str) -> VersionBuild:
    if not is_candidate(version):
        return read_release(application, version)
    tags = [tag for tag in application.tags(application.fetch()) if str(tag.version) == version]
    if not tags:
        raise ReleaseError(f"pin {version}: no such candidate")
    chart = settings_at(application.git, tags[0].commit).chart
    if not (chart and chart.candidates):
        raise ReleaseError(
            f"pin {version}: candidates are not pinned in the chart",
            next_step=f"add candidates: true below chart in {SETTINGS_FILE}, or pin a release",
        )
    return read_images(application, tags[0])


def _pins(
    application: Application, release: VersionBuild, settings: ReleaseSettings, chart: ChartSettings
) -> list[Pin]:
    """Return a pin for each image that the chart pins; each is in the registry and verified."""
    pins = []
    paths = {recipe.name: recipe.pin for recipe in settings.images if recipe.pin}
    for image in release.images:
        if (path := paths.get(image.name)) is None:
            continue
        if application.registry.digest(image.name, image.digest) is None:
            raise RegistryError(f"pin {image.reference}: the registry does not have it")
        if application.supply_chain:
            application.supply_chain.verify(image, release.commit)
        source = (settings.source, chart.commit_ref(release.commit), image.name)
        pins.append(Pin(path, settings.published(image.name), image.digest, *source))
    return pins


def _text(git: Git, revision: str, path: str) -> str:
    if (content := git.file(revision, path)) is None:
        raise ReleaseError(f"read {path} in {revision[:12]} of {git.dir}: no such file")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ReleaseError(f"read {path} in {revision[:12]}: not UTF-8") from error


def _terraform(
    git: Git, revision: str, chart: ChartSettings, source: SourceTree
) -> dict[str, bytes | None]:
    """Return the chart's tf/: the declared folders and repo-ref; any other file is removed."""
    if not chart.terraform:
        return {}
    target = f"{chart.folder}/tf"
    present = git.listing(revision, target)
    files: dict[str, bytes | None] = dict.fromkeys(f"{target}/{name}" for name in present)
    for folder in chart.terraform:
        for path, file in source.below(folder):
            files[f"{target}/{folder.rpartition('/')[2]}/{path}"] = file.content
    files[f"{target}/repo-ref"] = f"{source.commit}\n".encode()
    return files


def _migrations(chart: ChartSettings, source: SourceTree) -> dict[str, bytes | None]:
    if chart.migrations is None:
        return {}
    return {f"{chart.folder}/{LISTING}": listing(released_migrations(chart, source))}


def _body(
    application: Application, old: str, release: VersionBuild, changes_in: ChangelogSettings
) -> str:
    digests = "\n".join(f"- `{image.name}` {image.digest}" for image in release.images)
    compare = application.forge.compare_url(old, release.commit) if old else "the first pins"
    config = changes_in.config
    changes = changelog.between(application.git, old, release.commit, config) if old else ""
    return (
        f"# Bump lana-bank images to {release.version}\n\n{digests}\n\n"
        f"Code diff contained in these images: {compare}\n\n{changes}"
    )
