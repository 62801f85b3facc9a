"""The caller's variables that a child process gets: an allow-list, by what the child needs.

Nothing else reaches a child, so no TF_CLI_ARGS, TF_VAR_*, CDKTF*, PYTHON*, NODE_OPTIONS, KUBE_CTX,
HELM_* or GIT_DIR of the caller's changes what is applied, read or recorded.
"""

import getpass
import os
import re
from collections.abc import Iterable, Mapping

_MACHINE = r"""
    PATH HOME USER LOGNAME SHELL TMPDIR TZ TERM COLUMNS LINES NO_COLOR LANG LANGUAGE LC_\w+ XDG_\w+
    (HTTPS?|ALL|NO)_PROXY (https?|all|no)_proxy
    SSL_CERT_FILE SSL_CERT_DIR NIX_SSL_CERT_FILE NODE_EXTRA_CA_CERTS
"""

GIT = r"""
    SSH_AUTH_SOCK SSH_ASKPASS GNUPGHOME GPG_TTY GH_TOKEN GITHUB_TOKEN
    GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|SSL_CAINFO|SSL_CAPATH|ALLOW_PROTOCOL)
    GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)
    GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)
"""
"""Access of git to a remote, its configuration, and the author; nothing that moves a repository."""

REGISTRY = r"""
    DOCKER_CONFIG REGISTRY_AUTH_FILE GOOGLE_APPLICATION_CREDENTIALS CLOUDSDK_CONFIG
    AWS_\w+ AZURE_\w+ VAULT_(ADDR|TOKEN) COSIGN_PASSWORD
"""
"""The login of crane and cosign to a registry, and of cosign to the KMS that has its key."""

CONTAINERS = r"""
    STORAGE_(DRIVER|OPTS) BUILDAH_\w+ CONTAINERS_\w+
    DOCKER_(HOST|CERT_PATH|TLS_VERIFY|CONTEXT|BUILDKIT)
"""
"""The storage and the engine of builders of images."""

BUILD = r"GO(?!OGLE_)\w+ CARGO_\w+ RUSTUP_\w+ (npm_config|NPM_CONFIG)_\w+ PIP_\w+ UV_\w+"
"""The registries, proxies and caches from which the toolchain is built."""

PROVIDERS: Mapping[str, str] = {
    "google": "GOOGLE_CREDENTIALS GOOGLE_APPLICATION_CREDENTIALS GOOGLE_OAUTH_ACCESS_TOKEN"
    " GOOGLE_IMPERSONATE_SERVICE_ACCOUNT CLOUDSDK_CONFIG",
    "azurerm": "ARM_CLIENT_ID ARM_CLIENT_SECRET ARM_SUBSCRIPTION_ID ARM_TENANT_ID"
    " ARM_CLIENT_CERTIFICATE_PATH ARM_CLIENT_CERTIFICATE_PASSWORD ARM_USE_OIDC ARM_USE_MSI"
    " ARM_OIDC_TOKEN ARM_OIDC_TOKEN_FILE_PATH ARM_OIDC_REQUEST_TOKEN ARM_OIDC_REQUEST_URL"
    " AZURE_CONFIG_DIR",
    "honeycombio": "HONEYCOMB_API_KEY",
    "helm": "KUBECONFIG KUBE_CONFIG KUBE_CONFIG_PATH",
    "kubernetes": "KUBECONFIG KUBE_CONFIG_PATH",
}
"""The credentials of each Terraform provider, by its type as a stack requires it."""

PIPELINE: Mapping[str, tuple[str, ...]] = {
    "google": ("GOOGLE_CREDENTIALS",),
    "azurerm": (
        "ARM_CLIENT_ID",
        "ARM_CLIENT_SECRET",
        "ARM_SUBSCRIPTION_ID",
        "ARM_TENANT_ID",
    ),
    "honeycombio": ("HONEYCOMB_API_KEY",),
}
"""The ones of `PROVIDERS` that a pipeline passes, from secrets of the environment's own.

helm and kubernetes have none: a task gets the kubeconfig as a document. Its plugins sign in with
the variables of google (`promoter pipeline gke-credential`) or azurerm (kubelogin).
"""

PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "gcp": ("google", "honeycombio"),
    "azure": ("azurerm", "honeycombio"),
    "local": (),
}
"""The providers of `PIPELINE` that the stacks of each platform require, backends included."""

BACKENDS: Mapping[str, str] = {"gcs": "google", "azurerm": "azurerm"}
"""The provider whose credentials open a backend's state."""

CLUSTER = " ".join(
    (
        *(PROVIDERS[name] for name in ("helm", "google", "azurerm")),
        r"AAD_\w+ AZURE_\w+ USE_GKE_GCLOUD_AUTH_PLUGIN",
    )
)
"""Variables of kubectl, Helm and a kubeconfig's credential plugins (gcloud, kubelogin)."""


def pipeline_credentials(providers: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that a pipeline passes to a stack with these ``providers``."""
    return tuple(name for each in providers for name in PIPELINE.get(each, ()))


def child_environment(*allowed: str) -> dict[str, str]:
    """Return the caller's variables that describe this machine, and those that ``allowed`` name.

    ``allowed`` are texts of this module: patterns with spaces between them.
    """
    names = allowed_names(os.environ, *allowed)
    return {name: value for name, value in os.environ.items() if name in names}


def allowed_names(names: Iterable[str], *allowed: str) -> set[str]:
    """Return those of ``names`` that `child_environment` passes on."""
    pattern = re.compile("|".join(" ".join((_MACHINE, *allowed)).split()))
    return {name for name in names if pattern.fullmatch(name)}


def user_name() -> str:
    """Return the name of the user, or the number of one that the machine does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def in_ci(variables: Mapping[str, str]) -> bool:
    """Return whether ``variables`` are those of a CI job: any ``CI`` but ``false`` means one."""
    return variables.get("CI", "").strip().lower() not in ("", "false")
