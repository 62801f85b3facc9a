"""Checkov over synthesized stacks and rendered charts, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.subject import PolicyFinding
from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.toolchain.cache import Cache
from promoter.toolchain.packages import python_environment

LOCK = Path(__file__).parent / "requirements.lock"
FRAMEWORKS = ("terraform_json", "kubernetes")
"""Checkov finds nothing in a cdk.tf.json as ``terraform``, nor in a folder: it passes."""


class CheckovError(PromoterError):
    """Checkov could not be run, or looked at nothing."""


@dataclass(frozen=True)
class Scan:
    """What Checkov says: how many checks it made, and what it found."""

    checked: int
    findings: tuple[PolicyFinding, ...]


def installed(cache: Path, progress: Progress) -> Path:
    """Checkov's program, installed once into ``cache`` from the committed lock."""
    return python_environment("checkov", LOCK, Cache(cache), progress) / "checkov"


def scan(program: Path, files: Mapping[Path, str]) -> Scan:
    """Scan ``files`` (stacks and manifests, with the name of the stack of each).

    Raises ``CheckovError`` when it made no check at all of a kind of file.
    """
    named = [argument for file in files for argument in ("--file", str(file))]
    command = [str(program), "--skip-download", "--compact", "--output", "json"]
    # Exit code 1 means findings; anything else that is not 0 has no JSON.
    done = subprocess.run(
        [*command, "--framework", *FRAMEWORKS, *named],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    try:
        reports = json.loads(done.stdout)
    except ValueError as error:
        raise CheckovError(f"run checkov: {done.stderr[-2000:] or 'it said nothing'}") from error
    reports = reports if isinstance(reports, list) else [reports]
    return _read({report.get("check_type"): report for report in reports}, files)


def _read(reports: Mapping[Any, Any], files: Mapping[Path, str]) -> Scan:
    checked = 0
    findings: list[PolicyFinding] = []
    for framework in FRAMEWORKS:
        summary = reports.get(framework, {}).get("summary", {})
        made = summary.get("passed", 0) + summary.get("failed", 0)
        if not made or summary.get("parsing_errors"):
            raise CheckovError(f"run checkov: it looked at nothing as {framework}: {summary}")
        checked += made
        findings.extend(_findings(reports[framework], files))
    return Scan(checked, tuple(findings))


def _findings(report: Mapping[str, Any], files: Mapping[Path, str]) -> Iterator[PolicyFinding]:
    names = {str(file): stack for file, stack in files.items()}
    for failed in report["results"]["failed_checks"]:
        stack = names.get(failed["file_abs_path"], failed["file_path"])
        yield PolicyFinding(failed["check_id"], stack, failed["resource"], failed["check_name"])
