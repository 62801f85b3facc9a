"""An application whose images come from Dockerfiles, and the base images that they name."""

from __future__ import annotations

from pathlib import Path

import yaml

from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.registry import Registry

CREATED = "2026-01-01T00:00:00Z"
CANDIDATE = """\
FROM alpine:latest AS base
FROM gcr.io/distroless/static
COPY --chmod=0755 binaries/lana-cli /bin/lana-cli
COPY --from=base /marker /lana/marker
USER 1000
ARG VERSION
ARG COMMITHASH
ENV VERSION="$VERSION" COMMITHASH="$COMMITHASH" LANA_HOME=/lana
CMD ["lana-cli"]
"""
# What the forge publishes is in this base image: a download needs a network of its own.
RELEASE = CANDIDATE.replace(
    "COPY --chmod=0755 binaries/lana-cli", "COPY --from=base --chmod=0755 /published/lana-cli"
)
PANEL = 'FROM alpine:latest\nCOPY apps/admin-panel /app\nUSER 1001\nCMD ["serve"]\n'
DAGSTER = "FROM alpine:latest\nCOPY src /lana-dw/src\n"


def push_base(registry: Registry, name: str, files: dict[str, bytes]) -> str:
    """Push an image with ``files`` as ``name`` and return its digest."""
    layer = oci.layer({path: SourceFile(content) for path, content in files.items()})
    image = oci.image([layer], {}, {}, created=CREATED)
    registry.push(name, image, ["latest"])
    return image.digest


def application_files(bases: dict[str, str], **changed: str) -> dict[str, bytes]:
    """Return the files of the application, with the digests of its base images."""
    settings = {
        "source": "https://github.com/GaloyMoney/lana-bank",
        "bases": bases,
        "artifacts": [{"name": "lana-cli", "context": "binaries/lana-cli"}],
        "changelog": {"config": "cliff.toml"},
        "chart": {"folder": "charts/lana-bank"},
        "images": [
            {
                "name": "lana-bank",
                "pin": "lanaBank.image.digest",
                "dockerfile": {
                    "candidate": "Dockerfile.rc",
                    "release": "Dockerfile.release",
                    "args": {"VERSION": "{version}", "COMMITHASH": "{commit}"},
                    "contains": {"lana-cli": "/bin/lana-cli"},
                },
            },
            {
                "name": "lana-bank-admin-panel",
                "pin": "lanaBank.adminPanel.image.digest",
                "dockerfile": {
                    "candidate": "apps/admin-panel/Dockerfile",
                    "env_files": {
                        "apps/admin-panel/.env": {"NEXT_PUBLIC_APP_VERSION": "{version}"}
                    },
                },
            },
            {
                "name": "dagster-code-location-lana-dw",
                "pin": "dagster.codeLocation.image.digest",
                "dockerfile": {
                    "candidate": "dagster/Dockerfile",
                    "context": "dagster",
                },
                "rebuilt": False,
            },
        ],
    }
    files = {
        "ci/release/release.yml": yaml.safe_dump(settings),
        "Dockerfile.rc": CANDIDATE,
        "Dockerfile.release": RELEASE,
        "apps/admin-panel/Dockerfile": PANEL,
        "dagster/Dockerfile": DAGSTER,
        **changed,
    }
    return {path: content.encode() for path, content in files.items()}


def write_artifact(folder: Path, content: bytes) -> Path:
    file = folder / "lana-cli"
    file.write_bytes(content)
    return file
