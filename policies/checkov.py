"""Checkov over synthesized stacks and rendered charts, in a Python environment of its own."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policies.stack import PolicyFinding
from promoter.common.errors import PromoterError
from promoter.programs.command import run_program
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache
from promoter.toolchain.packages import python_environment

LOCK = Path(__file__).parent / "requirements.lock"
FRAMEWORKS = ("terraform_json", "kubernetes")
"""Checkov finds nothing in a cdk.tf.json as ``terraform``, nor in a folder: it passes."""


class CheckovError(PromoterError):
    """Checkov could not be run, or checked nothing."""


def scan(toolchain: Toolchain, files: Mapping[Path, str]) -> tuple[int, list[PolicyFinding]]:
    """Return the number of checks that Checkov made on ``files``, and its findings.

    ``files`` maps each stack and manifest to the name of its stack. Raises `CheckovError` when
    Checkov made no check at all of a kind of file.
    """
    programs = python_environment("checkov", LOCK, Cache(toolchain.cache), toolchain.progress)
    arguments = [argument for file in files for argument in ("--file", str(file))]
    # --skip-download: otherwise it waits for its vendor's API.
    options = ("--skip-download", "--compact", "--output", "json", "--framework", *FRAMEWORKS)
    environment = {**os.environ, "LOG_LEVEL": "ERROR"}
    # Exit code 1 means findings; any other failure prints no JSON.
    result = run_program([programs / "checkov", *options, *arguments], environment=environment)
    try:
        reports = json.loads(result.stdout)
    except ValueError as error:
        cause = result.stderr[-2000:] or "it printed nothing"
        raise CheckovError(f"run checkov: {cause}") from error
    reports = reports if isinstance(reports, list) else [reports]
    return _read({report.get("check_type"): report for report in reports}, files)


def _read(reports: Mapping[Any, Any], files: Mapping[Path, str]) -> tuple[int, list[PolicyFinding]]:
    checked, failed = 0, []
    for framework in FRAMEWORKS:
        report = reports.get(framework, {})
        summary = report.get("summary", {})
        count = summary.get("passed", 0) + summary.get("failed", 0)
        if not count or summary.get("parsing_errors"):
            raise CheckovError(f"run checkov: it checked nothing as {framework}: {summary}")
        checked += count
        failed += report["results"]["failed_checks"]
    return checked, [
        PolicyFinding(
            item["check_id"],
            files.get(Path(item["file_abs_path"]), item["file_path"]),
            item["resource"],
            item["check_name"],
        )
        for item in failed
    ]
