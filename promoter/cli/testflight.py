"""``promoter testflight``: test a chart in a throwaway namespace."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from promoter.cli.options import JSON, KUBECONFIG
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.git import Git
from promoter.smoketest.endpoints import read_endpoints
from promoter.smoketest.smoketest import SmoketestTarget, run_smoketest
from promoter.synthesis.stack import LOCAL, target_of
from promoter.testflight.provisioner import create_provisioner
from promoter.testflight.run import TestflightOptions, run_testflight, sweep
from promoter.toolchain import Toolchain

_ENDPOINTS = Annotated[
    Path | None,
    typer.Option("--endpoints", help="File that declares the endpoints instead of the default."),
]
_EVIDENCE = Annotated[
    Path | None,
    typer.Option(
        help="Folder for the evidence (JSON) and the results (JUnit XML).",
        show_default=".local/testflight",
    ),
]
_KEYS_FROM = Annotated[
    str,
    typer.Option(
        help="Source of the third-party keys: a namespace, or with --provisioner terraform a "
        "stack with a vault. Without it none are copied."
    ),
]
_PROVISIONER = Annotated[
    Literal["cluster", "terraform"],
    typer.Option(help="Create the namespace with kubectl, or with Terraform (modules/testflight)."),
]


def run_command(
    chart: Annotated[str, typer.Option(help="Folder, or ref of the charts repository.")],
    kubeconfig: KUBECONFIG = None,
    keys_from: _KEYS_FROM = "",
    provisioner: _PROVISIONER = "cluster",
    without: Annotated[
        list[str] | None, typer.Option(help="Part of the chart to leave out; repeatable.")
    ] = None,
    only_pinned: Annotated[
        bool, typer.Option("--only-pinned", help="Leave out the parts without a digest.")
    ] = False,
    timeout: Annotated[int, typer.Option(min=1, max=86_400, help="Seconds that Helm waits.")] = 900,
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign and push the attestation that a bump requires.")
    ] = False,
    endpoints: _ENDPOINTS = None,
    evidence: _EVIDENCE = None,
    as_json: JSON = False,
) -> None:
    """Install a chart, smoketest it, destroy it; exit 1 if it failed.

    Example: promoter testflight run --chart charts/lana-bank --only-pinned
    """
    root = _root()
    target = _target(root, kubeconfig)
    options = TestflightOptions(
        keys_from=keys_from,
        without=tuple(without or ()),
        only_pinned=only_pinned,
        sign=sign,
        seconds=timeout,
        endpoints=read_endpoints(endpoints),
    )
    folder = evidence or root / ".local" / "testflight"
    result = run_testflight(
        chart, root, target, create_provisioner(provisioner, root, target), options, folder
    )
    if as_json:
        print_json(result.evidence())
    else:
        typer.echo(f"testflight of {result.ref[:12]} passed: {result.summary}")


def sweep_command(
    kubeconfig: KUBECONFIG = None,
    age: Annotated[
        int, typer.Option(min=0, max=525_600, help="Minutes after which one is abandoned.")
    ] = 60,
    ref: Annotated[str, typer.Option(help="Also remove the testflight of this commit.")] = "",
    provisioner: _PROVISIONER = "cluster",
    as_json: JSON = False,
) -> None:
    """Remove the namespaces of killed testflights; only those with their label.

    Example: promoter testflight sweep --age 0
    """
    root = _root()
    target = _target(root, kubeconfig)
    created = create_provisioner(provisioner, root, target)
    stale = sweep(created, timedelta(minutes=age), target, ref)
    names = [each.name for each in stale]
    if as_json:
        print_json({"removed": names})
    else:
        typer.echo(f"{len(names)} removed{': ' if names else ''}{', '.join(names)}")


def smoketest_command(
    namespace: Annotated[str, typer.Argument(help="For example lana-bank-staging.")],
    release: Annotated[str, typer.Option(help="Helm release in that namespace.")] = "lana-bank",
    kubeconfig: KUBECONFIG = None,
    endpoints: _ENDPOINTS = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results as JUnit XML.")] = None,
    as_json: JSON = False,
) -> int:
    """Check every endpoint of an installation, as a deploy does; exit 1 if one fails.

    Example: promoter testflight smoketest lana-bank-staging
    """
    declared = read_endpoints(endpoints)
    if junit:
        junit.touch()  # Before minutes of tests: there may be no such folder.
    target = _target(_root(), kubeconfig)
    target.build_programs()
    report = run_smoketest(release, namespace, target, declared)
    if junit:
        junit.write_bytes(report.junit())
    if as_json:
        print_json(report.evidence())
    else:
        typer.echo("\n".join(report.lines()))
    return 1 if report.failed else 0


def _root() -> Path:

    return Git(Path.cwd()).top()


def _target(root: Path, kubeconfig: Path | None) -> SmoketestTarget:
    """Return the named cluster, by default the embedded platform of this checkout."""
    progress = shown()
    target = target_of(root, f"{LOCAL}testflight", kubeconfig)
    return SmoketestTarget.on(target, Toolchain(root, progress=progress), progress)
