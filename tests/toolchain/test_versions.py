"""Versions are read from the real output of the programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.toolchain.versions import Version, VersionRange, version_of
from tests.toolchain.fake_programs import fake

NUMBERS = st.integers(min_value=0, max_value=10_000)


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("OpenTofu v1.12.6\non linux_amd64\n", Version(1, 12, 6)),
        ("Terraform v1.11.4\non linux_amd64\n", Version(1, 11, 4)),
        ("v3.22.0+gabcdef0\n", Version(3, 22)),
        ("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n", Version(1, 32, 4)),
        ("etcd Version: 3.6.16\nGit SHA: x\nGo Version: go1.26.8\n", Version(3, 6, 16)),
        ("Kubernetes v1.36.3\n", Version(1, 36, 3)),
        ("kwok version v0.8.0 go1.26.8 (linux/amd64)\n", Version(0, 8)),
        ("git version 2.39.5 (Apple Git-154)\n", Version(2, 39, 5)),
        ("v24.19.0\n", Version(24, 19)),
        ("tool 2.1\n", Version(2, 1)),
    ],
)
def test_reads_the_output_of_programs(printed: str, version: Version) -> None:
    assert Version.parse(printed) == version


@pytest.mark.parametrize("printed", ["", "unknown", "version 3", "dev-build"])
def test_an_output_without_a_version_is_an_error(printed: str) -> None:
    with pytest.raises(ValueError, match="no version in"):
        Version.parse(printed)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_version_reads_back_as_itself(major: int, minor: int, patch: int) -> None:
    version = Version(major, minor, patch)
    assert Version.parse(f"Some Tool v{version}-rc.1+build.7\n") == version


@given(NUMBERS, NUMBERS, NUMBERS, st.integers(min_value=0, max_value=3))
def test_a_range_of_minors_holds_exactly_those(
    major: int, minor: int, patch: int, distance: int
) -> None:
    around = VersionRange.minors(Version(major, minor, patch), distance)
    for other in range(max(minor - distance - 2, 0), minor + distance + 3):
        assert (Version(major, other, 7) in around) == (abs(other - minor) <= distance)
    assert Version(major + 1, minor) not in around


def test_a_replaced_program_is_run_again(tmp_path: Path) -> None:
    program = fake(tmp_path, "tool", "echo v1.0.0")
    assert version_of(program, ()) == Version(1, 0)
    fake(tmp_path, "tool", "echo v2.0.0 # newer")
    assert version_of(program, ()) == Version(2, 0)


def test_a_program_that_fails_has_no_version(tmp_path: Path) -> None:
    program = fake(tmp_path, "tool", "echo v1.0.0; echo broken library >&2; exit 3")
    with pytest.raises(ValueError, match=r"exited with 3: broken library"):
        version_of(program, ())


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_bytes(b"\x7fELF no machine runs this")
    program.chmod(0o755)
    with pytest.raises(ValueError, match="does not run"):
        version_of(program, ())
