"""``promoter release``: from a commit to a candidate, a release, and its pins in the chart."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON, KEY_VARIABLE, PUBLIC_KEY_VARIABLE, REPOSITORY
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.cli.release_inputs import ARTIFACTS, BUILDER, IMAGES, build_inputs
from promoter.cli.toolchain import program
from promoter.common.errors import UsageError
from promoter.common.text import plain
from promoter.forge.forge import PullRequest
from promoter.forge.remote import forge_of
from promoter.git import Git
from promoter.programs.cosign import Cosign
from promoter.programs.registry import Registry
from promoter.release.application import Application, HostedRepository
from promoter.release.automerge import AutoMerge, automerge
from promoter.release.bump_review import review_modules
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.env_file import set_variable
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild
from promoter.release.merge_rules import range_file_check, report_file_check
from promoter.release.promotion import promote
from promoter.release.publication import draft, read_release, release
from promoter.release.supply_chain import SupplyChain
from promoter.release.terraform_modules import tofu_validation
from promoter.release.version import parse_version

REGISTRY_VARIABLE = "PROMOTER_REGISTRY"

_CHARTS = Annotated[Path, typer.Option("--charts", help="A clone of the charts repository.")]
_REGISTRY = Annotated[
    str,
    typer.Option(
        "--registry",
        envvar=REGISTRY_VARIABLE,
        help="Use this registry for every image, like gcr.io/galoyorg.",
        show_default="the registries of release.yml",
    ),
]
_KEY = Annotated[
    str,
    typer.Option(
        "--key",
        envvar=KEY_VARIABLE,
        help="cosign's key, a file or a KMS reference; without one nothing is signed.",
    ),
]
_PUBLIC_KEY = Annotated[
    str,
    typer.Option(
        "--public-key",
        envvar=PUBLIC_KEY_VARIABLE,
        help="The public key, a file or a KMS reference; without one nothing is verified.",
    ),
]
_OUTPUT = Annotated[
    Path | None, typer.Option("--output", help="Write version, commit and images/<name> there.")
]
_VALIDATE = tofu_validation(lambda: program("tofu"))
APP_VERSION = "NEXT_PUBLIC_APP_VERSION"


def candidate_command(
    commit: Annotated[str, typer.Argument(show_default="the remote branch's tip")] = "",
    repository: REPOSITORY = Path(),
    registry: _REGISTRY = "",
    image: IMAGES = None,
    artifact: ARTIFACTS = None,
    builder: BUILDER = "",
    output: _OUTPUT = None,
) -> None:
    """Tag the next candidate and push its images; exit 2 where no commit requires one.

    Example: promoter release candidate --artifact lana-cli=result/bin/lana-cli
    """
    application = _application(repository, registry, "")
    inputs = build_inputs(repository, image, artifact, builder)
    _render(create_candidate(replace(application, inputs=inputs), commit), output)


def prepare_apps_command(
    version: Annotated[str, typer.Argument(help="Like 0.42.0-rc.1.")],
    files: Annotated[list[Path], typer.Argument(help="The frontends' .env files.")],
) -> None:
    """Write NEXT_PUBLIC_APP_VERSION into .env files; every other line stays.

    Example: promoter release prepare-apps 0.42.0-rc.1 apps/admin-panel/.env
    """
    value = str(parse_version(version))
    contents = {file: set_variable(_env(file), APP_VERSION, value) for file in files}
    for file, content in contents.items():
        file.write_bytes(content)


def promote_command(
    version: Annotated[str, typer.Argument(show_default="the newest candidate")] = "",
    repository: REPOSITORY = Path(),
    registry: _REGISTRY = "",
) -> None:
    """Open the draft pull request whose merge releases a candidate.

    Example: promoter release promote 0.42.0-rc.1
    """
    _render_pull(promote(_application(repository, registry, ""), version))


def file_check_command(
    number: Annotated[int, typer.Argument(help="The pull request's number.")] = 0,
    revisions: Annotated[
        str | None, typer.Option("--range", help="Check a range of commits instead: main...HEAD.")
    ] = None,
    repository: REPOSITORY = Path(),
    as_json: JSON = False,
) -> int:
    """Check that a promotion touches CHANGELOG.md and docs-site/** only; exit 1 if not.

    Example: promoter release file-check --range main...HEAD
    """
    git = Git(repository)
    if revisions is not None:
        result = range_file_check(git, revisions)
    elif number < 1:
        raise UsageError("file-check: no pull request is named", next_step="its number, or --range")
    else:
        forge = forge_of(git)
        result = report_file_check(forge, forge.pull_request(number))
    if as_json:
        print_json(result)
    else:
        typer.echo(result, err=not result.passes)
    return 0 if result.passes else 1


def final_command(
    number: Annotated[int, typer.Argument(show_default="the newest merged promote-rc")] = 0,
    repository: REPOSITORY = Path(),
    registry: _REGISTRY = "",
    key: _KEY = "",
    public_key: _PUBLIC_KEY = "",
    image: IMAGES = None,
    artifact: ARTIFACTS = None,
    builder: BUILDER = "",
    output: _OUTPUT = None,
) -> None:
    """Release a merged promote-rc pull request; exit 3 while it is not merged.

    Example: promoter release final 17
    """
    application = _application(repository, registry, key, public_key)
    inputs = build_inputs(repository, image, artifact, builder)
    _render(release(replace(application, inputs=inputs), number), output)


def draft_command(
    number: Annotated[int, typer.Argument(show_default="the newest merged promote-rc")] = 0,
    repository: REPOSITORY = Path(),
    artifact: ARTIFACTS = None,
    output: _OUTPUT = None,
) -> None:
    """Create or complete the draft of a release, for builds that download its files.

    A file that the draft has already is kept. Exit 3 while the pull request is not merged.

    Example: promoter release draft 17 --artifact lana-cli=result/bin/lana-cli
    """
    application = _application(repository, "", "")
    inputs = build_inputs(repository, None, artifact, "")
    _render(draft(replace(application, inputs=inputs), number), output)


def show_command(
    version: Annotated[str, typer.Argument(show_default="the newest release")] = "",
    repository: REPOSITORY = Path(),
    registry: _REGISTRY = "",
    output: _OUTPUT = None,
) -> None:
    """Show a published release as JSON: its commit and the digests of its images.

    Example: promoter release show 0.42.0
    """
    _render(read_release(_application(repository, registry, ""), version), output)


def bump_chart_command(
    version: Annotated[str, typer.Argument(show_default="the newest release")] = "",
    charts: _CHARTS = Path("../charts-repo"),
    repository: REPOSITORY = Path(),
    registry: _REGISTRY = "",
    public_key: _PUBLIC_KEY = "",
) -> None:
    """Open the pull request that pins a release in the chart; exit 2 if it is pinned.

    Example: promoter release bump-chart --charts ../galoy-private-charts
    """
    application = _application(repository, registry, "", public_key)
    _render_pull(bump_chart(application, _charts(charts), version, _VALIDATE))


def check_modules_command(
    base: Annotated[str, typer.Argument(help="The commit that HEAD is compared with.")],
    charts: _CHARTS = Path(),
    folder: Annotated[str, typer.Option(help="The chart's folder.")] = "charts/lana-bank",
) -> int:
    """Check the Terraform modules that HEAD changes in the chart; exit 1 for what is refused.

    A module whose providers are not available is listed as not validated.

    Example: promoter release check-modules origin/main
    """
    found = review_modules(Git(charts), base, folder, _VALIDATE)
    for change in found.changes:
        for line in change.lines():
            typer.echo(plain(line))
    return 1 if found.findings() else 0


def automerge_command(
    number: Annotated[int, typer.Argument(help="The pull request's number.")],
    charts: _CHARTS = Path(),
    source: Annotated[
        str, typer.Option(help="The application's repository, whose releases may be pinned.")
    ] = AutoMerge.source,
    wait: Annotated[
        float, typer.Option(help="Seconds until the checks have to end.")
    ] = AutoMerge.wait,
) -> None:
    """Merge the bot's pull request of the charts after its checks; exit 3 if it needs a review.

    Example: promoter release automerge 17 --charts ../galoy-private-charts
    """
    _render_pull(
        automerge(_charts(charts), number, AutoMerge(source=source, wait=wait), shown(), _VALIDATE)
    )


def _application(repository: Path, registry: str, key: str, public_key: str = "") -> Application:
    git, images = Git(repository), Registry(registry, program("crane"))
    supply_chain = None
    if key or public_key:
        supply_chain = SupplyChain(Cosign(program("cosign"), key, public_key), images)
    return Application(git, forge_of(git), images, supply_chain, shown())


def _env(file: Path) -> bytes:
    if not file.parent.is_dir():
        raise ReleaseError(f"write {file}: there is no folder {file.parent}")
    return file.read_bytes() if file.is_file() else b""


def _charts(folder: Path) -> HostedRepository:
    git = Git(folder)
    return HostedRepository(git, forge_of(git))


def _render(build: VersionBuild, output: Path | None) -> None:
    images = {image.name: image.reference for image in build.images}
    document = {"version": str(build.version), "commit": build.commit, "images": images}
    print_json({**document, "proofs": build.proofs} if build.proofs else document)
    if output is None:
        return
    (output / "images").mkdir(parents=True, exist_ok=True)
    (output / "version").write_text(f"{build.version}\n")
    (output / "commit").write_text(f"{build.commit}\n")
    for image in build.images:
        (output / "images" / image.name).write_text(f"{image.digest}\n")


def _render_pull(pull: PullRequest) -> None:
    typer.echo(f"{pull.state}  #{pull.number}  {pull.title}  {pull.url}")
