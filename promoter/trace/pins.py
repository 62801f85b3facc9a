"""Trace one pin: the image in the cluster and in its registry, and the source commit."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import semver

from promoter.common.errors import PromoterError, UsageError
from promoter.forge.forge import Forge, ForgeError, PullRequest, PullRequestState
from promoter.forge.remote import forge_of
from promoter.git import Git, is_full_id
from promoter.programs.registry import ImageLookup
from promoter.release.images import REVISION, SOURCE, TITLE, VERSION
from promoter.trace.chain import Link
from promoter.trace.sources import Clones
from promoter.vendoring.pins import Pin

RunningImages = Mapping[str, Set[str]]
"""The digests that run of each image, by its name; a reference without digest as it is."""

_NUMBER = re.compile(r"\(#(\d+)\)$")


def running_images(references: Iterable[str]) -> RunningImages:
    """Return the running images, from the references in the containers of pods."""
    found: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        image, _, digest = reference.partition("@")
        name = image.rpartition("/")[2].partition(":")[0]
        found[name].add(digest or f"{image}, without a digest")
    return found


def image_link(pin: Pin, images: ImageLookup) -> Link:
    """Return the image, whose labels must agree with the METADATA."""
    reference = f"{pin.image}@{pin.digest}"
    try:
        registry, name, digest = images.locate(reference)
        if registry.digest(name, digest) is None:
            return Link("image", reference, {}, ("the registry does not have it",))
        labels = registry.config(name, digest).get("config", {}).get("Labels") or {}
    except PromoterError as error:
        return Link("image", reference, {}, (str(error),))
    expected = {REVISION: pin.commit_ref, SOURCE: pin.source, TITLE: pin.app}
    broken = [
        f"its label {label} is {labels.get(label)!r}, the METADATA has {value!r}"
        for label, value in expected.items()
        if not _agrees(label, labels.get(label), value)
    ]
    version = str(labels.get(VERSION, "none, it is not rebuilt for a release"))
    return Link("image", reference, {"version": version}, broken)


def _agrees(label: str, found: object, value: str) -> bool:
    """Return whether a label has ``value``; METADATA may have the commit's first digits only."""
    if label == REVISION and value:
        return str(found).startswith(value)
    return found == value


def source_link(pin: Pin, clones: Clones) -> Link:
    """Return the source commit, with its pull request and releases on the forge."""
    facts = {"repository": pin.source}
    git = clones(pin.source)
    if isinstance(git, str):
        return Link("source", pin.commit_ref, facts, (git,))
    commit = git.commit(pin.commit_ref)
    if commit is None:
        return Link("source", pin.commit_ref, facts, ("the repository does not have it",))
    if not git.lines("branch", "--list", "--contains", commit):
        return Link("source", commit, facts, ("it is on no branch of the repository",))
    output = git.text("log", "-1", "--format=%s%x00%an <%ae>%x00%aI", commit)
    title, author, time = output.split("\0")
    origin, broken = origin_of(git, commit, title)
    facts |= {"title": title, "by": author, "at": time, **origin}
    return Link("source", commit, facts, broken)


def pin_link(pin: Pin, running: RunningImages | None) -> Link:
    """Return the pin; broken if the cluster runs anything else of its image."""
    found = (running or {}).get(pin.image.rpartition("/")[2], frozenset())
    if running is None:
        text = "not queried"
    elif not found:
        text = "not installed there"
    else:
        text = "runs it" if pin.digest in found else "does not run it"
    facts = {"app": pin.app, "digest": pin.digest, "cluster": text}
    broken = [f"the cluster runs {each}" for each in sorted(found - {pin.digest})]
    return Link("pin", pin.path, facts, broken)


Origin = tuple[dict[str, str], list[str]]
"""Facts about a source commit, and every check that failed."""


def origin_of(git: Git, commit: str, title: str) -> Origin:
    """Return the pull request and the releases of ``commit`` (40 hex digits) of a clone.

    The forge is that of the remote ``origin``. Without one, title and tags are facts that are
    not checked, and the reason is another.
    """
    tags, number = git.lines("tag", "--points-at", commit), _NUMBER.search(title)
    facts = {
        "release": f"{', '.join(tags)} (by tag, not checked)" if tags else "",
        "pull request": f"#{number[1]} (by title, not checked)" if number else "",
    }
    broken: list[str] = []
    try:
        facts, broken = _checked_origin(git, forge_of(git), commit, title, tags)
    except UsageError as error:
        facts["forge"] = f"not queried: {error}"
    except ForgeError as error:
        broken = [str(error)]
    return {name: fact for name, fact in facts.items() if fact}, broken


def _checked_origin(git: Git, forge: Forge, commit: str, title: str, tags: Sequence[str]) -> Origin:
    pulls = forge.pull_requests_of(commit)
    broken = list(_pull_problems(git, pulls, commit, title))
    releases, candidates = [], []
    for tag in tags:
        if not semver.Version.is_valid(tag) or semver.Version.parse(tag).prerelease:
            candidates.append(tag)
            continue
        release = forge.release(tag)
        if release is None:
            broken.append(f"its tag {tag} has no release")
        elif release.draft:
            broken.append(f"release {tag} is a draft")
        # A release that a person created on GitHub has the name of a branch there.
        elif is_full_id(release.commit) and release.commit != commit:
            broken.append(f"release {tag} is of commit {release.commit[:12]}")
        else:
            releases.append(release.url or tag)
    urls = ", ".join(pull.url for pull in pulls) or "none"
    facts = {"candidate": ", ".join(candidates), "release": ", ".join(releases)}
    return {"pull request": urls, **facts}, broken


def _pull_problems(
    git: Git, pulls: Sequence[PullRequest], commit: str, title: str
) -> Iterator[str]:
    number = _NUMBER.search(title)
    if number and int(number[1]) not in {pull.number for pull in pulls}:
        yield f"its title names #{number[1]}, which is not one of its pull requests on the forge"
    for pull in pulls:
        merged = git.commit(pull.merge_commit) if pull.merge_commit else None
        if pull.state is not PullRequestState.MERGED:
            yield f"pull request #{pull.number} is {pull.state}, not merged"
        elif merged is None or not git.is_ancestor(commit, merged):
            yield f"the merge of pull request #{pull.number} does not contain it"
