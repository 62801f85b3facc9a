"""Hostile input: one line that names the cause and one that helps, never a stack trace."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from github.PullRequest import PullRequest
from github.Requester import Requester

from promoter.cli.unexpected import explained
from promoter.common.errors import PromoterError, RegistryError
from promoter.common.progress import Silent
from promoter.forge.github_responses import pull_request_of
from promoter.git import Git
from promoter.programs.registry import ImageLookup, Registry
from promoter.site.site import Site
from promoter.smoketest.installation import Container
from promoter.smoketest.pod_programs import keycloak_program
from promoter.synthesis.stack import Target
from promoter.testflight.chart import open_chart
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache
from promoter.vendoring.pins import read_pins
from tests.command_line import Completed, promoter
from tests.site.repository import push, site

__all__ = ["site"]


@pytest.fixture
def clone(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Git:
    """The working directory: a clone of a site, with a chart."""
    monkeypatch.chdir(site.git.dir)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return site.git


def expect(done: Completed, error: str, code: int = 1) -> None:
    """Require one clear error."""
    assert done.code == code, done
    assert error in done.stdout + done.stderr
    assert "unexpected" not in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("testflight sweep --age 99999999999999999999", "Invalid value for '--age'"),
        ("testflight run x --timeout 99999999999999999999", "Invalid value for '--timeout'"),
        ("pipeline wait-cachix-paths -p p -c c -d inf", "Invalid value for '--delay'"),
        ("pipeline wait-cachix-paths -p p -c c -d nan", "Invalid value for '--delay'"),
        ("pipeline wait-cachix-paths -p p -c c -a 9999999999", "Invalid value for '--attempts'"),
        ("approve production --reason caf\udce9", "is not UTF-8"),
    ],
)
def test_absurd_arguments_are_wrong_usage(clone: Git, line: str, error: str) -> None:
    expect(promoter(*line.split()), error, 64)


@pytest.mark.parametrize("name", [".local", ".local/platform"])
def test_a_file_where_a_folder_of_ours_must_be(clone: Git, name: str) -> None:
    file = clone.dir / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    expect(promoter("platform", "up"), f"use {file}")


def test_a_platform_in_a_file(clone: Git) -> None:
    file = clone.dir / "file"
    file.write_text("")
    expect(promoter("platform", "up", "--folder", str(file)), str(file))


def test_a_report_into_nowhere_fails_before_anything_is_tested(clone: Git) -> None:
    done = promoter("testflight", "smoketest", "x", "--junit", "/nowhere/x", "--json")
    expect(done, "use /nowhere/x: No such file or directory")
    assert json.loads(done.stdout)["exit_code"] == 1


def test_without_path_programs_of_the_system_are_found(clone: Git) -> None:
    run = [sys.executable, "-m", "promoter", "plan", "--json"]
    done = subprocess.run(run, env={"HOME": "/"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(run, env={"PATH": ""}, capture_output=True, text=True, check=False)
    expect(Completed(done.returncode, done.stdout, done.stderr), "run git: it is not on PATH")
    assert json.loads(done.stdout)["next"].startswith("install git")


@pytest.mark.parametrize(
    ("content", "error"),
    [("[" * 5000 + "]" * 5000, "nested"), ("a: \xff\x00", "app.yml"), ("[]", "app.yml")],
)
def test_a_config_that_is_no_config(clone: Git, content: str, error: str) -> None:
    push(clone, {"cepler/app.yml": content.encode("latin-1")})
    expect(promoter("plan"), error)


def as_nobody(code: str) -> str:
    """Run ``code`` as a user that the machine does not know, without variables."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    done = subprocess.run(
        [sys.executable, "-c", code], env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_user_that_the_machine_does_not_know_has_a_number() -> None:
    code = "from promoter.common.environment import user_name, os, getpass; import pwd\n"
    assert as_nobody(f"{code}os.setuid(54321)\nprint(user_name())") == "uid-54321\n"


def test_a_user_without_a_home_is_told_to_set_it() -> None:
    code = (
        "import os, pwd\nfrom promoter.cli import guarded\n"
        "import promoter.common.text, promoter.cli.screen, promoter.toolchain.cache as cache\n"
        "os.setuid(54321)\nos.dup2(1, 2)\nassert guarded(cache.default_cache) == 64"
    )
    assert as_nobody(code).startswith("error: find the cache: HOME is not set")


def _values_folder(folder: Path) -> None:
    (folder / "values.yaml").unlink()
    (folder / "values.yaml").mkdir()


CHARTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no list of dependencies": (
        lambda folder: (folder / "Chart.yaml").write_text("dependencies: {a: 1}"),
        "dependencies is not a list of named charts",
    ),
    "values that are a folder": (_values_folder, "values.yaml: Is a directory"),
    "values that are deep": (
        lambda folder: (folder / "values.yaml").write_text("[" * 5000 + "]" * 5000),
        "nested too deeply",
    ),
    "values that are text": (
        lambda folder: (folder / "values.yaml").write_bytes(b"a: caf\xe9"),
        "not UTF-8",
    ),
    "a file name in Latin-1": (
        lambda folder: Path(os.fsdecode(bytes(folder) + b"/caf\xe9")).write_text(""),
        "'caf\\udce9' is not UTF-8",
    ),
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with one optional part."""
    folder = tmp_path / "chart"
    (folder / "charts" / "part").mkdir(parents=True)
    dependency = "dependencies: [{name: part, condition: part.enabled}]"
    (folder / "Chart.yaml").write_text(dependency)
    (folder / "values.yaml").write_text("part: null")
    (folder / "charts" / "part" / "values.yaml").write_text("image: null")
    return folder


def unpinned(folder: Path) -> list[str]:
    with open_chart(str(folder), folder) as chart:
        return list(chart.unpinned())


def test_a_chart_s_null_is_nothing(chart: Path) -> None:
    assert unpinned(chart) == ["part"]
    (chart / "Chart.yaml").write_text("dependencies: null")
    assert unpinned(chart) == []


@pytest.mark.parametrize("change", CHARTS)
def test_a_hostile_chart_is_one_clear_error(chart: Path, change: str) -> None:
    damage, message = CHARTS[change]
    damage(chart)
    with pytest.raises(PromoterError, match=re.escape(message)):
        unpinned(chart)


@pytest.mark.parametrize(
    "values", ["[" * 5000 + "]" * 5000, "a: [", "image: null", "a: {image: null, digest: null}"]
)
def test_hostile_values_have_no_pins_or_an_error(values: str) -> None:
    try:
        assert read_pins(values) == ()
    except PromoterError as error:
        assert str(error).startswith("read values.yaml: ")


@pytest.fixture(scope="module")
def crane() -> Path:
    return Toolchain(Path(__file__).parents[2]).program("crane")


@pytest.mark.parametrize("image", ["h:port/a:1", "[::1/a:1", "a", "h/a@sha256:zz", "h/A:1"])
def test_an_image_that_is_no_reference_is_refused(image: str, crane: Path) -> None:
    with pytest.raises(RegistryError, match=re.escape(image)):
        registry, name, tag = ImageLookup(crane).locate(image)
        registry.digest(name, tag)


@pytest.mark.parametrize("document", ["[]", "null", '{"auths": []}', "{"])
def test_a_docker_configuration_that_is_none_is_named(
    document: str, crane: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text(document)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with pytest.raises(RegistryError, match=r"digest 127\.0\.0\.1:1/a:1"):
        Registry("127.0.0.1:1", crane).digest("a", "1")


def test_a_pull_request_of_a_deleted_user() -> None:
    branch = {"ref": "main", "sha": "0" * 40}
    facts = {"number": 1, "title": "t", "state": "open", "user": None, "head": branch}
    facts |= {"body": None, "draft": False, "merge_commit_sha": None}
    facts |= {"base": branch, "labels": [], "html_url": "u", "merged_at": None}
    requester = Requester(None, "http://127.0.0.1:1", 1, "", 1, True, None, None)
    response = PullRequest(requester, {}, facts)
    assert pull_request_of(response).author == "ghost"


def test_a_file_where_a_deploy_keeps_its_states(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(OSError, match="exists") as refused:
        Target(tmp_path, None).state("x")
    assert str(explained(refused.value)) == f"use {tmp_path / 'state'}: File exists"


def test_keycloak_is_built_where_path_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "keycloak"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "kc.sh").write_text('echo "$@" > "$0.ran"\n')
    container, own = Container((), {}, {}), tmp_path / "own"
    monkeypatch.delenv("PATH")
    keycloak_program(home, container, own, Cache(tmp_path / "cache"), Silent())
    assert (own / "keycloak" / "bin" / "kc.sh.ran").read_text().startswith("build ")
