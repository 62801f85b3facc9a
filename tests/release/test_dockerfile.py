from __future__ import annotations

import pytest

from promoter.release.dockerfile import canonical_name, parse_dockerfile

TEXT = """\
# syntax=docker/dockerfile:1
ARG NODE=20
ARG VARIANT
FROM --platform=$BUILDPLATFORM node:${NODE}-alpine AS base
FROM base AS builder
ARG NODE
ARG TARGETARCH
ARG VERSION
ARG DEBUG=false
COPY package.json \\
  # a comment between
  pnpm-lock.yaml ./
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
COPY --from=0 /x /y
RUN --mount=type=bind,from=golang:1.25,target=/go <<EOF
FROM not-an-image
ARG NOT_AN_ARGUMENT
EOF
from ${VARIANT:-gcr.io/distroless/static}
COPY --from=Builder --chmod=0755 /out /bin/lana-cli
"""


def test_outside_images_and_arguments_without_a_default_are_found() -> None:
    parsed = parse_dockerfile(TEXT, {})
    assert parsed.bases == (
        "node:20-alpine",
        "ghcr.io/astral-sh/uv:0.9",
        "golang:1.25",
        "gcr.io/distroless/static",
    )
    assert parsed.args == {"VARIANT", "VERSION"}
    assert parsed.copies == (("package.json", "./"), ("pnpm-lock.yaml", "./"))


def test_what_only_looks_like_a_heredoc_hides_no_base_image() -> None:
    text = "FROM a AS one\nRUN read x <<< word\nRUN echo $((1 << 2))\nFROM b\n"
    assert parse_dockerfile(text, {}).bases == ("a", "b")


def test_arguments_that_are_given_choose_the_base_image() -> None:
    assert "node:24-alpine" in parse_dockerfile(TEXT, {"NODE": "24"}).bases
    assert parse_dockerfile(TEXT, {"VARIANT": "scratch"}).bases[-1] == "golang:1.25"


@pytest.mark.parametrize(
    ("named", "canonical"),
    [
        ("alpine:latest", "docker.io/library/alpine"),
        ("oryd/oathkeeper:v26.2.0", "docker.io/oryd/oathkeeper"),
        ("gcr.io/distroless/static", "gcr.io/distroless/static"),
        ("localhost:5000/x/y:1", "localhost:5000/x/y"),
        (f"alpine@sha256:{'0' * 64}", "docker.io/library/alpine"),
    ],
)
def test_a_short_name_is_one_of_docker_hub(named: str, canonical: str) -> None:
    assert canonical_name(named) == canonical
