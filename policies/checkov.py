"""Checkov over synthesized stacks and rendered charts, in a Python environment of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.stack import PolicyFinding
from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.programs.command import run_program
from promoter.toolchain.cache import Cache
from promoter.toolchain.packages import python_environment

LOCK = Path(__file__).parent / "requirements.lock"
FRAMEWORKS = ("terraform_json", "kubernetes")
"""Checkov finds nothing in a cdk.tf.json as ``terraform``, nor in a folder: it passes."""


class CheckovError(PromoterError):
    """Checkov could not be run, or checked nothing."""


@dataclass(frozen=True)
class CheckovScan:
    """The number of checks that Checkov made, and its findings."""

    checked: int
    findings: tuple[PolicyFinding, ...]


def installed(cache: Path, progress: Progress) -> Path:
    """Return Checkov's program, installed once into ``cache`` from the committed lock."""
    return python_environment("checkov", LOCK, Cache(cache), progress) / "checkov"


def scan(program: Path, files: Mapping[Path, str]) -> CheckovScan:
    """Scan ``files`` (stacks and manifests, with the name of the stack of each).

    Raises `CheckovError` when Checkov made no check at all of a kind of file.
    """
    arguments = [argument for file in files for argument in ("--file", str(file))]
    # --skip-download: otherwise it waits for its vendor's API.
    options = ("--skip-download", "--compact", "--output", "json", "--framework", *FRAMEWORKS)
    # Exit code 1 means findings; any other failure prints no JSON.
    result = run_program(
        [program, *options, *arguments], environment={**os.environ, "LOG_LEVEL": "ERROR"}
    )
    try:
        reports = json.loads(result.stdout)
    except ValueError as error:
        cause = result.stderr[-2000:] or "it printed nothing"
        raise CheckovError(f"run checkov: {cause}") from error
    reports = reports if isinstance(reports, list) else [reports]
    return _read({report.get("check_type"): report for report in reports}, files)


def _read(reports: Mapping[Any, Any], files: Mapping[Path, str]) -> CheckovScan:
    checked = 0
    findings: list[PolicyFinding] = []
    for framework in FRAMEWORKS:
        summary = reports.get(framework, {}).get("summary", {})
        count = summary.get("passed", 0) + summary.get("failed", 0)
        if not count or summary.get("parsing_errors"):
            raise CheckovError(f"run checkov: it checked nothing as {framework}: {summary}")
        checked += count
        findings.extend(_findings(reports[framework], files))
    return CheckovScan(checked, tuple(findings))


def _findings(report: Mapping[str, Any], files: Mapping[Path, str]) -> Iterator[PolicyFinding]:
    names = {str(file): stack for file, stack in files.items()}
    for failed in report["results"]["failed_checks"]:
        stack = names.get(failed["file_abs_path"], failed["file_path"])
        yield PolicyFinding(failed["check_id"], stack, failed["resource"], failed["check_name"])
