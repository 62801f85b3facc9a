"""``promoter verify``: the evidence of an image, and the approvals of a gate."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, PUBLIC_KEY, REMOTE
from promoter.cli.output import print_json
from promoter.cli.toolchain import program
from promoter.common.text import plain
from promoter.programs.cosign import Cosign
from promoter.programs.registry import ImageLookup
from promoter.release.images import Image
from promoter.release.supply_chain import SupplyChain
from promoter.site.approved import gate_approvals
from promoter.site.site import Site


def image_command(
    reference: Annotated[str, typer.Argument(help="<registry>/<name>@sha256:... or :<tag>")],
    key: PUBLIC_KEY,
    commit: Annotated[
        str,
        typer.Option("--commit", help="The commit that its provenance must name, 40 hex digits."),
    ] = "",
) -> None:
    """Exit 1 unless the image exists and its signature, provenance and SBOM are the key's.

    Example: promoter verify image gcr.io/galoyorg/lana-bank:0.42.0 --key cosign.pub
    """
    registry, name, tag = ImageLookup(program("crane")).locate(reference)
    image = Image(name, registry.repository(name), registry.required_digest(name, tag))
    cosign = Cosign(program("cosign"), public_key=key)
    provenance = SupplyChain(cosign, registry).verify(image, commit)
    typer.echo(f"{image.reference}\nversion {provenance.version}\ncommit  {provenance.commit}")


def approval_command(
    environment: Annotated[str, typer.Argument(help="For example local-production.")],
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Verify the approvals of an environment's gate, one by one, by the rules that count.

    Of a change that waits as they count now, else of what runs as they counted then. Exit 1 unless
    the approval rules are met. docs/approvals.md shows how to verify each without promoter.

    Example: promoter verify approval local-production
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch, fetch=fetch)
    found = gate_approvals(site, environment)
    if as_json:
        print_json(found)
    else:
        for each in found.votes:
            words = f"{each.kind}  {each.who}  {each.at}  {each.commit[:12]}  {each.reason}"
            typer.echo(plain(words if each.counts else f"{words}  (does not count)"))
        typer.echo(plain(f"{environment}: {found.status}, of {found.gate[:12]}"))
    return 0 if found.verified else 1
