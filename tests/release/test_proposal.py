"""`promoter release init`: the settings that a repository's own files suggest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from promoter.common.errors import RegistryError
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.release.proposal import propose_settings
from promoter.release.settings import parse_settings
from promoter.release.source import source_of_commit

from .conftest import commit_all, new_repository
from .dockerfiles import CANDIDATE, DAGSTER, PANEL, RELEASE

ADDRESS = "https://github.com/GaloyMoney/lana-bank"
PIPELINE = """\
params: {CONTEXT: repo, DOCKERFILE: repo/Dockerfile.rc}
params:
  DOCKERFILE: repo/Dockerfile.release
  CONTEXT: repo
params:
  CONTEXT: panel-src
  DOCKERFILE: panel-src/apps/admin-panel/Dockerfile
params:
  CONTEXT: repo/dagster
  DOCKERFILE: repo/dagster/Dockerfile
  repository: us.gcr.io/galoyorg/dagster-code-location-lana-dw
"""
BUMP = """\
yq -i e '.lanaBank.image.digest = strenv(digest)' values.yaml
yq -i e '.lanaBank.adminPanel.image.digest = strenv(admin_panel_image_digest)' values.yaml
yq -i e '.dagster.deployments[0].image.digest = strenv(dagster_image_digest)' values.yaml
yq -i e '.lanaBank.appVersion = strenv(app_version)' values.yaml
cp -r ../repo/tf/honeycomb charts/tf/honeycomb
cp -r ../repo/tf/gone charts/tf/gone
git-cliff --tag $VERSION --prepend CHANGELOG.md
"""
FILES = {
    "Dockerfile": "FROM scratch\n",
    "Dockerfile.rc": CANDIDATE.replace("ARG VERSION", "ARG VERSION\nARG FLAVOR"),
    "Dockerfile.release": RELEASE.replace("ARG VERSION", "ARG VERSION\nARG GH_TOKEN"),
    "apps/admin-panel/Dockerfile": PANEL,
    "apps/admin-panel/src/x.ts": "process.env.NEXT_PUBLIC_APP_VERSION + NEXT_PUBLIC_API_URL\n",
    "dagster/Dockerfile": DAGSTER,
    "dagster/src/x.py": "",
    "ci/release/pipeline.yml": PIPELINE,
    "ci/tasks/bump.sh": BUMP,
    "ci/vendor/config/git-cliff.toml": "",
    "tf/honeycomb/main.tf": "",
    "lana/app/migrations/1_a.sql": "",
    "lana/app/migrations/2_b.sql": "",
    "jobs/migrations/1_a.sql": "",
    "cog.toml": "",
}


def repository(folder: Path, files: dict[str, str]) -> Git:
    git = new_repository(folder)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    commit_all(git, "feat: x")
    return git


def digest_of(base: str) -> str | None:
    if base == "gcr.io/distroless/static":
        raise RegistryError("dial tcp: no such host")
    return f"sha256:{'1' * 64}" if base == "alpine:latest" else None


def test_dockerfiles_arguments_artifacts_and_pins_are_proposed(tmp_path: Path) -> None:
    source = source_of_commit(repository(tmp_path, FILES), "HEAD")
    found = propose_settings(source, ADDRESS, {}, digest_of)
    settings = parse_settings(found.text().encode())

    server, panel, dagster = settings.images
    assert server.name == "lana-bank"
    assert server.pin == "lanaBank.image.digest"
    assert server.dockerfile is not None
    assert server.dockerfile.release == "Dockerfile.release"
    assert server.dockerfile.args == {
        "COMMITHASH": "{commit}",
        "FLAVOR": "",
        "GH_TOKEN": "{github_token}",
        "VERSION": "{version}",
    }
    assert server.dockerfile.contains == {"lana-cli": "/bin/lana-cli"}
    assert panel.dockerfile is not None
    assert panel.dockerfile.env_files == {
        "apps/admin-panel/.env": {"NEXT_PUBLIC_APP_VERSION": "{version}"}
    }
    assert dagster.name == "dagster-code-location-lana-dw"
    assert dagster.pin == "dagster.deployments[0].image.digest"
    assert dagster.dockerfile is not None
    assert (dagster.dockerfile.context, dagster.rebuilt) == ("dagster", False)
    assert settings.artifacts[0].context == "binaries/lana-cli"
    assert settings.bases == {"alpine:latest": f"sha256:{'1' * 64}"}
    assert (settings.changelog.config, settings.changelog.notes) == (
        None,
        "ci/vendor/config/git-cliff.toml",
    )
    assert settings.chart is not None
    assert settings.chart.terraform == ("tf/honeycomb",)
    assert settings.chart.app_version == "lanaBank.appVersion"
    assert settings.chart.migrations == "lana/app/migrations"

    unknown = "\n".join(found.unknown)
    assert "the value of its build argument FLAVOR" in unknown
    assert "migrations: of the server's database, not jobs/migrations" in unknown
    assert "NEXT_PUBLIC_API_URL is compiled into it" in unknown
    assert "distroless/static: its digest (its registry cannot be read here)" in unknown
    assert "dial tcp" not in found.text()
    assert "no clone of the charts repository was named" in unknown


def test_an_image_whose_dockerfile_no_pipeline_names_is_proposed_too(tmp_path: Path) -> None:
    only_the_panel = "params: {DOCKERFILE: repo/apps/admin-panel/Dockerfile}\n"
    git = repository(tmp_path, {**FILES, "ci/release/pipeline.yml": only_the_panel})
    found = propose_settings(source_of_commit(git, "HEAD"), ADDRESS, {}, digest_of)
    server, panel, *_ = parse_settings(found.text().encode()).images
    assert server.dockerfile is not None
    assert (server.dockerfile.candidate, server.dockerfile.release) == (
        "Dockerfile.rc",
        "Dockerfile.release",
    )
    files = "Dockerfile, Dockerfile.rc, Dockerfile.release"
    assert f"image lana-bank: no pipeline names its Dockerfile ({files})" in found.unknown
    assert not [line for line in found.unknown if line.startswith(f"image {panel.name}: no pip")]


def test_the_chart_says_where_images_are_and_where_they_are_pinned(tmp_path: Path) -> None:
    source = source_of_commit(repository(tmp_path, FILES), "HEAD")
    values = {
        "server": {"image": {"repository": "gcr.io/galoyorg/lana-bank", "digest": ""}},
        "panel": {"image": {"repository": "gcr.io/galoyorg/lana-bank-admin-panel", "digest": ""}},
        "code": [{"repository": "us.gcr.io/x/dagster-code-location-lana-dw", "digest": ""}],
    }
    chart = {"charts/lana-bank/values.yaml": SourceFile(yaml.safe_dump(values).encode())}
    found = propose_settings(source, ADDRESS, chart, digest_of)
    settings = parse_settings(found.text().encode())
    assert "chart: app_version, for its values.yaml has no lanaBank.appVersion" in found.unknown
    assert settings.chart is not None
    assert settings.chart.app_version == ""
    assert settings.registries() == {
        "lana-bank": "gcr.io/galoyorg",
        "lana-bank-admin-panel": "gcr.io/galoyorg",
        "dagster-code-location-lana-dw": "us.gcr.io/x",
    }
    assert [image.pin for image in settings.images] == [
        "server.image.digest",
        "panel.image.digest",
        "code[0].digest",
    ]


def test_the_command_writes_the_file_once_and_lists_what_it_cannot_know(
    tmp_path: Path, crane: Path
) -> None:
    files = {name: text for name, text in FILES.items() if not name.endswith("Dockerfile.rc")}
    files = {
        name: text.replace("FROM alpine:latest", "FROM scratch") for name, text in files.items()
    }
    files["Dockerfile.release"] = "FROM scratch\n"
    git = repository(tmp_path / "lana-bank", files)
    git.text("remote", "add", "origin", "git@github.com:GaloyMoney/lana-bank.git")
    promoter = Path(sys.executable).parent / "promoter"

    def init() -> subprocess.CompletedProcess[str]:
        command = [promoter, "release", "init", "-C", git.dir]
        variables = {"PATH": f"{crane.parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)

    done = init()
    assert done.returncode == 0, done.stderr
    written = git.dir / "ci" / "release" / "release.yml"
    assert done.stdout.splitlines()[0] == f"wrote {written}"
    assert parse_settings(written.read_bytes()).source == ADDRESS
    assert "check: chart: no clone of the charts repository was named (--charts)" in done.stdout
    again = init()
    assert again.returncode == 64
    assert "release.yml: it exists" in again.stderr
