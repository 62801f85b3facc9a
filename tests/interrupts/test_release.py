"""``promoter release``: a candidate, its promotion, the release, and its pins in the chart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml

from promoter.forge.forge import PullRequest, Query
from promoter.git import Git
from promoter.programs.registry import Registry
from promoter.release.candidate import create_candidate
from promoter.release.chart import BRANCH as BUMP
from promoter.release.promotion import BRANCH as PROMOTION
from promoter.release.promotion import candidate_in, promote
from promoter.release.publication import release
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere, wait_for_orphans
from tests.release.conftest import crane, registry
from tests.release.sandbox import PROGRAM, Sandbox, open_sandbox, quick_release_yml

__all__ = ["crane", "registry"]

IMAGES = (
    "lana-bank",
    "lana-bank-admin-panel",
    "lana-bank-customer-portal",
    "dagster-code-location-lana-dw",
)
PINNED = {"lana-bank": "lanaBank.image", "lana-bank-admin-panel": "lanaBank.adminPanel.image"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass
class Releases:
    """The application of a sandbox, and the commits that were made in it."""

    sandbox: Sandbox
    folder: Path
    commits: list[str] = field(default_factory=list)

    def command(self, *arguments: str) -> Command:
        application = self.sandbox.application
        registry = ("--registry", application.registry.address)
        return Command(application.git.dir, ("release", *arguments, *registry), self.folder)

    def handed_over(self) -> Iterator[str]:
        """Yield the options with the images and the program of the sandbox."""
        program = self.folder / "lana-cli"
        program.write_bytes(PROGRAM)
        yield f"--artifact=lana-cli={program}"
        for name, layout in self.sandbox.application.inputs.images.items():
            yield f"--image={name}={layout}"

    def digests(self, tag: str) -> list[str | None]:
        return [self._manifest("HEAD", image, tag) for image in IMAGES]

    def forget(self, *tags: str) -> None:
        """Remove tags, and their images that no candidate has, from the registry."""
        candidates = [tag for tag in self.sandbox.tags() if "-rc." in tag]
        kept = {digest for tag in candidates for digest in self.digests(tag)}
        found = [
            (tag, *each) for tag in tags for each in zip(IMAGES, self.digests(tag), strict=True)
        ]
        for tag, image, digest in found:
            self._manifest("DELETE", image, tag)
            if digest not in kept:
                self._manifest("DELETE", image, digest or tag)
        assert all({*self.digests(tag)} == {None} for tag in tags)

    def _manifest(self, method: str, image: str, reference: str) -> str | None:
        """Return the digest that the registry answers."""
        host, _, folder = self.sandbox.application.registry.address.partition("/")
        registry = HTTPConnection(host)
        registry.request(method, f"/v2/{folder}/{image}/manifests/{reference}")
        return registry.getresponse().getheader("Docker-Content-Digest")

    def left(self, *tags: str) -> object:
        """Return the state of both repositories, the forge's included, and of the registry."""
        gits = self.sandbox.git, self.sandbox.application.git
        refs = [git.lines("for-each-ref") for git in gits]
        files = [gits[1].lines("status", "--porcelain"), *map(_locks, gits)]
        return refs, files, [self.digests(tag) for tag in tags]

    def copy(self, origin: Path, copy: Path) -> None:
        """Put a copy of the application, its remote and its forge in the place of ``copy``."""
        for name in ("lana-bank", "lana-bank.git"):
            shutil.rmtree(copy / name, ignore_errors=True)
            shutil.copytree(origin / name, copy / name, symlinks=True)

    def commit(self, number: int) -> None:
        content = {"src/x": str(number).encode()}
        self.commits.append(self.sandbox.commit(f"feat: {number}", content))

    def candidate(self, number: int) -> None:
        self.commit(number)
        create_candidate(self.sandbox.application)

    def merged(self, number: int) -> None:
        self.candidate(number)
        self.sandbox.merge(promote(self.sandbox.application))

    def require_whole(self, run: Run, interrupt: Interrupt) -> None:
        wait_for_orphans(self.folder)
        for git in (self.sandbox.git, self.sandbox.application.git):
            assert git.text("fsck", "--no-dangling") == ""

    def proposed(self, branch: str) -> PullRequest:
        """Return the one open pull request of ``branch``."""
        of_charts = branch == BUMP
        forge = self.sandbox.charts.forge if of_charts else self.sandbox.application.forge
        (pull,) = forge.pull_requests(Query(head=branch))
        return pull


def _locks(git: Git) -> list[str]:
    return sorted(path.name for path in git.dir.rglob("*.lock"))


@pytest.fixture
def releases(tmp_path: Path, registry: Registry) -> Releases:
    return Releases(open_sandbox(tmp_path / "sandbox", registry, quick_release_yml()), tmp_path)


def test_a_candidate_interrupted_anywhere_is_completed_by_the_next_run(releases: Releases) -> None:
    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.code
        (tag,) = releases.sandbox.git.lines("tag", "--points-at", releases.commits[-1])
        assert None not in releases.digests(tag)
        assert releases.digests(tag) == releases.digests("edge")

    command = releases.command("candidate", *releases.handed_over())
    interrupt_everywhere(command, releases.commit, releases.require_whole, require_done)


def test_a_promotion_interrupted_anywhere_is_completed_by_the_next_run(releases: Releases) -> None:
    forge = releases.sandbox.application.forge

    def require_done(run: Run, number: int) -> None:
        assert run.code == 0, run.code
        pull = releases.proposed(PROMOTION)
        assert candidate_in(releases.sandbox.application, pull).commit == releases.commits[-1]
        assert {*forge.changed_files(pull.number)} == {"CHANGELOG.md", "docs-site/version"}
        assert pull.labels >= {"promote-rc"}
        assert len(forge.checks(pull.head_commit)) == 1

    command = releases.command("promote")
    interrupt_everywhere(command, releases.candidate, releases.require_whole, require_done)


def test_a_release_interrupted_anywhere_is_completed_by_the_next_run(releases: Releases) -> None:
    forge, git = releases.sandbox.application.forge, releases.sandbox.git
    command = releases.command("final", *releases.handed_over())
    releases.merged(0)
    merged, here = releases.folder / "merged", releases.folder / "sandbox"
    releases.copy(here, merged)

    completed: list[object] = []

    def change(number: int) -> None:
        """Complete what no interrupt before has left, then go back to what was merged."""
        left = releases.left("0.1.0", "latest")
        if number and left not in completed:
            completed.append(left)
            require_done(command.run(), number - 1)
        if number:
            releases.forget("0.1.0", "latest")
            releases.copy(merged, here)

    def version() -> str:
        return releases.sandbox.tags()[-1].partition("-")[0]

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        releases.require_whole(run, interrupt)
        there = forge.release(version())
        if there is not None and not there.draft:
            assert None not in releases.digests(there.tag)

    def require_done(run: Run, number: int) -> None:
        assert run.code == 0, run.code
        there = forge.release(version())
        assert there is not None
        assert (there.draft, there.commit) == (False, releases.commits[-1])
        assert git.commit(f"refs/tags/{there.tag}") == releases.commits[-1]
        assert None not in releases.digests(there.tag)
        assert releases.digests(there.tag) == releases.digests("latest")
        assert git.file("version", "version") == f"{there.tag}\n".encode()

    interrupt_everywhere(command, change, require_whole, require_done)


def test_a_bump_of_the_chart_interrupted_anywhere_is_completed_by_the_next_run(
    releases: Releases,
) -> None:
    charts = releases.sandbox.charts
    releases.merged(0)
    version = str(release(releases.sandbox.application).version)
    digests = releases.sandbox.application.registry.digest

    def change(number: int) -> None:
        releases.sandbox.commit_chart("feat: more", {f"charts/{number}": b"new"})

    def require_pinned() -> None:
        for pull in charts.forge.pull_requests(Query(head=BUMP)):
            charts.git.fetch("origin", pull.head_commit)
            values = charts.git.file(pull.head_commit, "charts/lana-bank/values.yaml")
            document = yaml.safe_load(values or b"")
            for image, path in PINNED.items():
                value = document
                for key in path.split("."):
                    value = value[key]
                assert value["digest"] == digests(image, version)

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        releases.require_whole(run, interrupt)
        require_pinned()

    def require_done(run: Run, number: int) -> None:
        assert run.code == 0, run.code
        require_pinned()
        pull = releases.proposed(BUMP)
        assert charts.git.commit(f"{pull.head_commit}^") == charts.git.tip("origin", "main")

    command = releases.command("bump-chart", "--charts", str(charts.git.dir))
    interrupt_everywhere(command, change, require_whole, require_done)
