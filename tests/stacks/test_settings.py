"""A problem in a settings file is reported by file, line, key and reason before the build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stacks.errors import InvalidSettings
from stacks.platforms.local import LocalSettings
from stacks.settings import read_settings

GOOD = """\
namespace: lana-bank-staging
lana_domain: staging.lana.localhost
enable_artificial_time: true
replicas: 1
timeout: 60
"""
NESTED_ALIASES = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)
)
FILE = "stacks/local/staging/lana-bank.yml"


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    file = tmp_path / "lana-bank.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidSettings) as caught:
        read_settings(file, LocalSettings, shown_as="lana-bank.yml")
    return [str(problem) for problem in caught.value.problems]


def test_good_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "lana-bank.yml"
    file.write_text(GOOD)
    settings = read_settings(file, LocalSettings, shown_as="lana-bank.yml")
    assert settings == LocalSettings(
        namespace="lana-bank-staging",
        lana_domain="staging.lana.localhost",
        enable_artificial_time=True,
        replicas=1,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD + "replica: 2\n", "lana-bank.yml:6: replica: Extra inputs are not permitted"),
        (
            GOOD.replace("replicas: 1", "replicas: two"),
            "lana-bank.yml:4: replicas: Input should be a valid integer",
        ),
        (
            GOOD.replace("time: true", "time: 'true'"),
            "lana-bank.yml:3: enable_artificial_time: Input should be a valid boolean",
        ),
        (
            GOOD.replace("replicas: 1", "replicas: 0"),
            "lana-bank.yml:4: replicas: Input should be greater than or equal to 1",
        ),
        (GOOD.replace("timeout: 60\n", "timeout: 1\n"), "lana-bank.yml:5: timeout: Input should"),
        (
            GOOD.replace("staging.lana.localhost", "Staging_lana"),
            "lana-bank.yml:2: lana_domain: String should match pattern",
        ),
        (GOOD.split("\n", 1)[1], "lana-bank.yml: namespace: Field required"),
        ("", "lana-bank.yml: namespace: Field required"),
        ("- a\n", "lana-bank.yml:1: is not a mapping of keys to values"),
        ("a: [\n", "lana-bank.yml:2: is not YAML: "),
        (GOOD + "replicas: 1\n", "lana-bank.yml:6: is not YAML: found duplicate key"),
        (b"a: \xff\n", "lana-bank.yml: is not UTF-8 text"),
        ("[" * 2000, "lana-bank.yml: is nested too deeply"),
        (NESTED_ALIASES, "lana-bank.yml:12: expands to more than 10000 values; use fewer aliases"),
        ("&all\na: *all\n", "lana-bank.yml:2: expands to more than 10000 values"),
        ("x: &x {timeout: x}\n<<: *x\n", "lana-bank.yml:1: timeout: Input should be a valid int"),
    ],
)
def test_a_problem_names_file_line_key_and_reason(tmp_path: Path, text: Any, expected: str) -> None:
    found = faults(tmp_path, text)
    assert any(fault.startswith(expected) for fault in found), found


def test_all_problems_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("replicas: 1", "replicas: two").replace("timeout: 60", "timeout: x")
    assert len(faults(tmp_path, text)) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_settings(tmp_path / "none.yml", LocalSettings, shown_as=FILE)
    assert str(caught.value) == f"read settings: {FILE}: the file is missing"


def test_a_folder_instead_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_settings(tmp_path, LocalSettings, shown_as=FILE)
    assert str(caught.value) == f"read settings: {FILE}: cannot be read: Is a directory"
