"""The demo's rules: a freeze, and an approval of production by two people."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dev.scene import Scene
from promoter.approvals.approvals import gates_file
from promoter.gate.gates import BRANCH, with_gate
from promoter.git import Identity
from promoter.release.supply_chain import BUILDER
from promoter.site.evidence import folder
from promoter.site.site import Site

DEPLOYMENT, PRODUCTION = "local", "local-production"
RULES = f"cepler/{DEPLOYMENT}.rules.yml"
APPROVAL = f"""\
environments:
  {PRODUCTION}:
    approval:
      {{count: 2, from: [release, risk], required: [risk], exclude_authors: true, expires: 72h}}
    signed_records: true
"""
STRANGER = Identity("Somebody", "somebody@demo.localhost")


def freeze() -> str:
    """Return rules that hold QA from yesterday on for three weeks."""
    today = datetime.now(UTC).date()
    begin, end = today - timedelta(days=1), today + timedelta(days=20)
    window = f"{{from: {begin}, to: {end}, zone: UTC, reason: year-end freeze}}"
    return f"environments:\n  local-qa:\n    windows: {{deny: [{window}]}}\n"


def push_unsigned_approval(scene: Scene) -> str:
    """Move production's gate to the tip, as whoever may push can; return the commit."""
    site = Site.of(scene.clone, DEPLOYMENT)
    text = with_gate(site.approvals.gates_text(DEPLOYMENT), PRODUCTION, site.tip)
    files: dict[str, bytes | None] = {gates_file(DEPLOYMENT): text.encode()}
    message = f"approve({PRODUCTION}): up to {site.tip}\n\nReason: trust me\n"
    commit = site.git.commit_files(site.gates_tip, files, message, author=STRANGER)
    site.git.push(site.remote, commit, f"refs/heads/{BRANCH}", expect=site.gates_tip)
    return commit


def verification(scene: Scene) -> str:
    """Write production's newest verification summary to a file; return the command that checks it.

    It is about the first image of the chart.
    """
    site = Site.of(scene.clone, DEPLOYMENT)
    listed = site.git.listing(site.tip, folder(DEPLOYMENT, PRODUCTION))
    newest = max(path for path in listed if "-vsa-passed-" in path)
    envelope = site.git.file(site.tip, f"{folder(DEPLOYMENT, PRODUCTION)}/{newest}") or b""
    summary = Path(scene.folder, "vsa.json")
    summary.write_bytes(envelope)
    statement = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    digest = next(
        each["digest"]["sha256"] for each in statement["subject"] if "sha256" in each["digest"]
    )
    return (
        "slsa-verifier verify-vsa --attestation-path ../vsa.json --public-key-path ../cosign.pub "
        f"--public-key-id demo --subject-digest sha256:{digest} --verifier-id {BUILDER} "
        f"--resource-uri {statement['predicate']['resourceUri']} "
        "--verified-level PROMOTER_APPROVALS_2_OF_2"
    )
