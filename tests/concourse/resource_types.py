"""Fakes of Concourse's resource types, which take the keys that each type documents, and no others.

git, semver, registry-image: README.md of concourse/<type>-resource. pull-request: README.md of
cloudfoundry-community/github-pr-resource. cepler-in and cepler-out are no fakes: they are the
scripts of ci/deployments/cepler-resource.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from backports import tarfile

from promoter.concourse.schema import Resource
from promoter.git import Git
from tests.concourse.test_pipelines import ROOT
from tests.concourse.worker import BIN

Version = Mapping[str, str]

_GIT = (
    "uri branch private_key private_key_user private_key_passphrase forward_agent username password"
)
_GIT += " paths ignore_paths sparse_paths skip_ssl_verification tag_filter tag_regex tag_behaviour"
_GIT += " fetch_tags submodule_credentials git_config disable_ci_skip commit_verification_keys"
_GIT += " commit_verification_key_ids gpg_keyserver git_crypt_key https_tunnel commit_filter"
_GIT += " version_depth search_remote_refs"
_SEMVER = "initial_version driver uri branch file private_key username password git_user depth"
_SEMVER += " skip_ssl_verification commit_message"
_IMAGE = (
    "repository insecure tag variant username password semver_constraint pre_releases tag_regex"
)
_IMAGE += " created_at_sort debug registry_mirror content_trust ca_certs platform"
_PULLS = "repository access_token v3_endpoint v4_endpoint paths ignore_paths disable_ci_skip"
_PULLS += (
    " skip_ssl_verification disable_forks ignore_drafts required_review_approvals git_crypt_key"
)
_PULLS += " base_branch labels disable_git_lfs states"
_CEPLER = "uri branch private_key config environment gates_branch gates_file"
# By type: the keys of source, of a get's params, of a put's; and those of source that are required.
DOCUMENTED: dict[str, tuple[str, str, str, str]] = {
    "git": (
        _GIT,
        "depth fetch submodules submodule_recursive submodule_remote disable_git_lfs clean_tags"
        " short_ref_format timestamp_format describe_ref_options fetch_tags",
        "repository rebase merge returning tag only_tag tag_prefix force annotate notes branch"
        " refs_prefix override_branch push_options",
        "uri",
    ),
    "semver": (
        _SEMVER,
        "bump pre pre_without_version build build_without_version",
        "file bump pre pre_without_version build build_without_version get_latest",
        "uri branch file",
    ),
    "registry-image": (
        _IMAGE,
        "format skip_download platform",
        "image version bump_aliases additional_tags tag_prefix",
        "repository",
    ),
    "pull-request": (
        _PULLS,
        "skip_download integration_tool git_depth list_changed_files fetch_tags submodules",
        "path status base_context context comment comment_file target_url description"
        " description_file delete_previous_comments",
        "repository access_token",
    ),
    "cepler-in": (_CEPLER, "", "", "uri branch private_key config environment"),
    "cepler-out": (_CEPLER, "", "repository", "uri branch private_key config environment"),
}


def problems(resource: Resource, params: Mapping[str, Any] = {}, step: str = "get") -> list[str]:
    """Return what the type of ``resource`` does not document, or requires and does not get."""
    source, get, put, required = (set(each.split()) for each in DOCUMENTED[resource.type])
    known = get if step == "get" else put
    found = [
        f"{resource.name}: source.{key} is not documented" for key in set(resource.source) - source
    ]
    found += [
        f"{resource.name}: source.{key} is missing" for key in required - set(resource.source)
    ]
    return sorted(found + [f"{resource.name}: {step} params.{key}" for key in set(params) - known])


class ResourceType(Protocol):
    """One resource: its versions, the oldest first, and what `get` and `put` do."""

    def versions(self) -> list[Version]: ...

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None: ...

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version: ...


@dataclass
class GitRepository:
    """A branch of the bare repository ``remote``."""

    remote: Path
    source: Mapping[str, Any]

    def versions(self) -> list[Version]:
        """See `ResourceType`: commits of the branch that touch ``paths``."""
        paths = list(self.source.get("paths", ()))
        paths += [f":(exclude){each}" for each in self.source.get("ignore_paths", ())]
        git, branch = Git(self.remote), str(self.source["branch"])
        words = ["log", "--reverse", "--format=%H", branch, "--", *paths]
        return [{"ref": commit} for commit in git.lines(*words)]

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None:
        """See `ResourceType`: a clone with its remote, at the version, without a branch."""
        tags = () if self.source.get("fetch_tags") else ("--no-tags",)
        branch = ("--single-branch", "--branch", str(self.source["branch"]))
        words = ("clone", "--quiet", *branch, *tags, str(self.remote), str(target))
        Git(self.remote).text(*words)
        Git(target).text("checkout", "--quiet", "--detach", version["ref"])
        (target / ".git" / "ref").write_text(version["ref"] + "\n")

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version:
        """See `ResourceType`."""
        raise AssertionError("no pipeline pushes by a put: its tasks push")


@dataclass
class SemanticVersion:
    """A version in a file, here a list of versions."""

    known: list[str]

    def versions(self) -> list[Version]:
        """See `ResourceType`."""
        return [{"number": each} for each in self.known]

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None:
        """See `ResourceType`."""
        target.mkdir()
        for name in ("version", "number"):
            (target / name).write_text(version["number"])

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version:
        """See `ResourceType`."""
        self.known.append((folder / params["file"]).read_text().strip())
        return {"number": self.known[-1]}


@dataclass
class PullRequests:
    """Pull requests of a GitHub repository: the commit of each, by its number."""

    repository: GitRepository
    commits: dict[int, str] = field(default_factory=dict)

    def versions(self) -> list[Version]:
        """See `ResourceType`."""
        return [{"pr": str(number), "commit": commit} for number, commit in self.commits.items()]

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None:
        """See `ResourceType`: the files of the commit, and what is known about it."""
        if params.get("skip_download"):
            target.mkdir()
        else:
            self.repository.get({"ref": version["commit"]}, target, params)
        known = target / ".git" / "resource"
        known.mkdir(parents=True)
        (known / "pr").write_text(version["pr"])
        (known / "head_sha").write_text(version["commit"])

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version:
        """See `ResourceType`."""
        raise AssertionError("no pipeline reports a status by a put")


@dataclass
class PushedImage:
    """An image in a registry; a put needs the file that its params name, an OCI layout as a tar."""

    digests: list[str]
    # Pushes a layout to the registry of the test; returns the digest.
    push: Callable[[Path], str] | None = None

    def versions(self) -> list[Version]:
        """See `ResourceType`."""
        return [{"digest": each} for each in self.digests]

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None:
        """See `ResourceType`: the digest is there with `skip_download`, too."""
        target.mkdir()
        (target / "digest").write_text(version["digest"])

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version:
        """See `ResourceType`."""
        assert (folder / params["image"]).is_file(), f"put: {params['image']} does not exist"
        digest = f"sha256:{len(self.digests):064x}"
        if self.push:
            with tarfile.open(folder / params["image"]) as archive:
                archive.extractall(folder / "layout", filter="data")
            digest = self.push(folder / "layout")
        self.digests.append(digest)
        return self.versions()[-1]


@dataclass
class Cepler:
    """An environment: the scripts of the resource's image, with ``remote`` for its uri.

    A path needs no key to push; records are signed with it where the repository lists deployers.
    """

    remote: Path
    source: Mapping[str, Any]
    folder: Path
    private_key: str = "not used for a path"

    def versions(self) -> list[Version]:
        """See `ResourceType`: none while the gate is closed, as `check` says."""
        code, versions = self._ask("check", source=self._source)
        return versions if code == 0 else []

    def get(self, version: Version, target: Path, params: Mapping[str, Any]) -> None:
        """See `ResourceType`."""
        code, _ = self._ask("in", str(target), source=self._source, version=dict(version))
        assert code == 0, self.folder

    def put(self, folder: Path, params: Mapping[str, Any]) -> Version:
        """See `ResourceType`."""
        code, found = self._ask("out", str(folder), source=self._source, params=dict(params))
        assert code == 0, found
        version: Version = found["version"]
        return version

    @property
    def _source(self) -> dict[str, Any]:
        return {**self.source, "uri": str(self.remote), "private_key": self.private_key}

    def _ask(self, step: str, *words: str, **request: Any) -> tuple[int, Any]:
        scripts = ROOT / "ci/deployments/cepler-resource/opt/resource"
        home = self.folder / "cepler-home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [str(scripts / step), *words],
            input=json.dumps(request),
            env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, json.loads(
            done.stdout or "null"
        ) if done.returncode == 0 else done.stderr
