"""``promoter testflight``: a chart installed in a namespace of its own, asked, and removed."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promoter.cli.options import JSON, KUBECONFIG
from promoter.cli.output import print_json
from promoter.cli.progress import shown

if TYPE_CHECKING:
    from promoter.smoketest.report import Report
    from promoter.smoketest.smoketest import SmoketestTarget
    from promoter.testflight.run import TestflightResult

app = typer.Typer(help="Prove a chart in a throwaway namespace.")

_ENDPOINTS = Annotated[
    Path | None, typer.Option("--endpoints", help="Another declaration of endpoints than ours.")
]
_EVIDENCE = Annotated[
    Path | None,
    typer.Option(
        help="Where evidence (JSON) and results (JUnit XML) are written.",
        show_default=".local/testflight",
    ),
]


_GROUND = Annotated[
    Literal["cluster", "stack"],
    typer.Option(help="What makes the namespace: kubectl, or modules/testflight by Terraform."),
]


@app.command("run")
def run_command(
    chart: Annotated[str, typer.Option(help="A folder, or a ref of the charts repository.")],
    kubeconfig: KUBECONFIG = None,
    keys_from: Annotated[
        str,
        typer.Option(
            help="Whose third-party keys are copied: a namespace, or with --ground stack the "
            "stack whose vault has them."
        ),
    ] = "lana-bank-staging",
    ground: _GROUND = "cluster",
    without: Annotated[
        list[str] | None, typer.Option(help="A part of the chart to leave out; repeatable.")
    ] = None,
    only_pinned: Annotated[
        bool, typer.Option("--only-pinned", help="Leave out the parts without a digest.")
    ] = False,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds that Helm waits.")] = 900,
    sign: Annotated[
        bool,
        typer.Option("--sign", help="Sign and push the attestation that a bump asks for."),
    ] = False,
    endpoints: _ENDPOINTS = None,
    evidence: _EVIDENCE = None,
    as_json: JSON = False,
) -> None:
    """Install, smoketest, destroy; exit 1 where the chart must not move on.

    Example: promoter testflight run --chart charts/lana-bank --only-pinned
    """
    from promoter.smoketest.endpoints import declared
    from promoter.testflight.attestation import attest, refuse_unsignable
    from promoter.testflight.chart import chart_of
    from promoter.testflight.provisioners import Kind, ground_of
    from promoter.testflight.run import Testflight, TestflightOptions

    root = _root()
    place = _place(root, kubeconfig)
    folder = evidence or root / ".local" / "testflight"
    with chart_of(chart, root) as found:
        if sign:
            refuse_unsignable(root, found.ref)
        left_out = tuple(without or ()) + (found.unpinned() if only_pinned else ())
        if left_out:
            place.progress.note(f"left out of this testflight: {', '.join(left_out)}")
        terms = TestflightOptions(
            keys_from=keys_from,
            without=left_out,
            seconds=timeout,
            endpoints=declared(endpoints),
        )
        made = ground_of(Kind(ground), root, place)
        flown = Testflight(place, made, terms, lambda each: _write(folder, each)).fly(found)
    if sign:
        commit = attest(root, flown)
        place.progress.note(f"attested {flown.ref[:12]} in {commit[:12]}")
    _tell(flown, as_json=as_json)


@app.command("sweep")
def sweep_command(
    kubeconfig: KUBECONFIG = None,
    age: Annotated[int, typer.Option(min=0, help="Minutes after which one is abandoned.")] = 60,
    ground: _GROUND = "cluster",
) -> None:
    """Remove what killed testflights left; nothing without their label is touched.

    Example: promoter testflight sweep --age 0
    """
    from promoter.testflight.provisioners import Kind, ground_of
    from promoter.testflight.run import sweep

    root = _root()
    place = _place(root, kubeconfig)
    done = sweep(ground_of(Kind(ground), root, place), timedelta(minutes=age), place)
    typer.echo(f"{len(done)} removed{': ' if done else ''}{', '.join(d.namespace for d in done)}")


@app.command("smoketest")
def smoketest_command(
    namespace: Annotated[str, typer.Argument(help="For example lana-bank-staging.")],
    release: Annotated[str, typer.Option(help="The Helm release there.")] = "lana-bank",
    kubeconfig: KUBECONFIG = None,
    endpoints: _ENDPOINTS = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results as JUnit XML.")] = None,
    as_json: JSON = False,
) -> int:
    """Ask every endpoint of an installation, as a deploy does; exit 1 where one fails.

    Example: promoter testflight smoketest lana-bank-staging
    """
    from promoter.smoketest.endpoints import declared
    from promoter.smoketest.smoketest import examined

    report: Report = examined(release, namespace, _place(_root(), kubeconfig), declared(endpoints))
    if junit:
        junit.write_bytes(report.junit())
    if as_json:
        print_json(report.evidence())
    else:
        for line in report.lines():
            typer.echo(line)
    return 1 if report.failed else 0


def _root() -> Path:
    from promoter.git import Git

    return Git(Path.cwd()).top()


def _place(root: Path, kubeconfig: Path | None) -> SmoketestTarget:
    """The cluster that is meant: the one that is named, else this checkout's platform."""
    from promoter.platform import Platform
    from promoter.smoketest.smoketest import SmoketestTarget, registry_of
    from promoter.synthesis.stack import LOCAL, target_of
    from promoter.toolchain import Toolchain

    progress = shown()
    toolchain = Toolchain(root, progress=progress)
    found = target_of(root, f"{LOCAL}testflight", kubeconfig)
    registry = registry_of(Platform(found.local / "platform", toolchain))
    return SmoketestTarget(found.kubeconfig, toolchain, registry, progress)


def _write(folder: Path, flown: TestflightResult) -> None:
    """Keep what came of it, whether it passed or not."""
    moment = re.sub(r"[^0-9TZ]", "", flown.at.replace("+00:00", "Z"))
    place = folder / f"{moment}-{flown.outcome}-{flown.ref[:7]}"
    place.mkdir(parents=True, exist_ok=True)
    content = json.dumps(flown.evidence(), indent=2, sort_keys=True) + "\n"
    (place / "evidence.json").write_text(content)
    if flown.report:
        (place / "junit.xml").write_bytes(flown.report.junit())
    typer.echo(f"evidence: {place}", err=True)


def _tell(flown: TestflightResult, *, as_json: bool) -> None:
    if as_json:
        print_json(flown.evidence())
    else:
        typer.echo(f"testflight of {flown.ref[:12]} passed: {flown.summary}")
