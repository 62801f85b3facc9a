"""The demo's environment in one folder: remotes, clones, the platform, images, people."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx

from dev.people import ENGINEER, People
from dev.sample_images import SampleImages
from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.cli.progress import shown
from promoter.common.ports import HOST
from promoter.forge.forge import Forge
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.platform import Platform, RunningPlatform
from promoter.programs.cosign import create_keys
from promoter.programs.registry import MIRROR_VARIABLE, Registry
from promoter.release.images import Image
from promoter.release.placeholders import read_placeholders
from promoter.release.source import source_of_commit
from promoter.release.upstream import export
from promoter.setup.init import plan_init
from promoter.site.site import Site
from promoter.toolchain import Toolchain
from promoter.vendoring.pins import Pin, set_pins

GITHUB = "git@github.com:GaloyMoney"
PUBLIC = "https://github.com/GaloyMoney"
SOURCE = f"{PUBLIC}/lana-bank"
# The image that each value of the chart pins (seed 004, 2e).
PINS = {
    "lanaBank.image.digest": "lana-bank",
    "lanaBank.adminPanel.image.digest": "lana-bank-admin-panel",
    "lanaBank.customerPortal.image.digest": "lana-bank-customer-portal",
    "dagster.codeLocation.image.digest": "dagster-code-location-lana-dw",
}


@dataclass(frozen=True)
class Scene:
    """The environment of the checkout ``root``, all of it below ``folder``."""

    root: Path
    folder: Path

    @property
    def clone(self) -> Path:
        """The clone of the deployments repository in which the commands run."""
        return self.folder / "galoy-deployments"

    @property
    def charts(self) -> Git:
        """The clone of the charts repository in which chart changes are made."""
        return Git(self.folder / "galoy-private-charts")

    @property
    def report(self) -> Path:
        """The demo's report."""
        return self.folder / "report.json"

    @property
    def variables(self) -> dict[str, str]:
        """The variables that lead the demo's commands to its remotes, registry and keys."""
        return {
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "PROMOTER_REGISTRY": f"{self.registry}/galoyorg",
            "COSIGN_KEY": str(self.folder / "cosign.key"),
            "COSIGN_PUBLIC_KEY": str(self.folder / "cosign.pub"),
            "COSIGN_PASSWORD": "",
            MIRROR_VARIABLE: ",".join(
                f"{registry}={self.registry}" for registry in ("gcr.io", "us.gcr.io")
            ),
        }

    @property
    def people(self) -> People:
        """The people, of whom the engineer types every command that names nobody else."""
        return People(self.folder / "people")

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every command of the demo."""
        binaries = str(Path(sys.executable).parent)
        return {
            **os.environ,
            **self.variables,
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        }

    def acting_as(self, name: str) -> dict[str, str]:
        """Return the variables of a command that one of the people types."""
        return {**self.environment, "GIT_CONFIG_GLOBAL": str(self.people.config(name))}

    @cached_property
    def toolchain(self) -> Toolchain:
        """The outside programs, as the checkout pins them."""
        return Toolchain(self.root, progress=shown())

    @property
    def verifier(self) -> Path | None:
        """slsa-verifier, on PATH or as built before; None where it is neither."""
        found = shutil.which("slsa-verifier")
        return Path(found) if found else self.toolchain.cached("slsa-verifier")

    @cached_property
    def platform(self) -> Platform:
        """The embedded platform, in the folder that ``promoter platform`` uses in the clone."""
        return Platform(self.clone / ".local" / "platform", self.toolchain)

    def clear(self) -> None:
        """Stop and remove an earlier run's platform and files."""
        if self.clone.exists():
            self.platform.down()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def close(self) -> None:
        """Stop the platform."""
        self.platform.down()

    def build(self) -> None:
        """Prepare the scene and start the platform."""
        self.prepare()
        self.create_keys()
        self.platform.up(shown())

    def prepare(self) -> None:
        """Create remotes, clones and people; the platform is not up yet."""
        os.environ["GIT_CONFIG_GLOBAL"] = str(self.folder / "gitconfig")
        self._configure_git()
        for name in ("lana-bank", "galoy-private-charts"):
            export(self.root / "upstream" / name, self._remote(name))
        export(self.root, self._remote("galoy-deployments"))
        for name in ("lana-bank", "galoy-private-charts", "galoy-deployments"):
            Git(self.folder).text("clone", "--quiet", f"{GITHUB}/{name}.git")
        self._open_gates()

    def create_keys(self) -> None:
        """Create the key pair that signs images, with cosign."""
        create_keys(self.toolchain.program("cosign"), self.folder)

    @property
    def registry(self) -> str:
        """The address of the platform's registry (host:port), running or not."""
        ports = {part.name: part.port for part in self.platform.status()}
        return f"{HOST}:{ports['registry']}"

    def registry_responds(self) -> bool:
        """Return True once the registry responds; it is the first of the platform's parts."""
        try:
            response = httpx.get(f"http://{self.registry}/v2/", trust_env=False)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return response.is_success

    def running(self) -> RunningPlatform:
        """Return the running platform's kubeconfig and registry."""
        running = self.platform.running()
        assert running is not None  # noqa: S101
        return running

    def images(self) -> tuple[Image, ...]:
        """Push the placeholders of the images of upstream/lana-bank to the registry."""
        source = source_of_commit(Git(self._remote("lana-bank")), "main")
        registry = Registry(f"{self.registry}/galoyorg", self.toolchain.program("crane"))
        return self.sample.push(source, registry)

    def hand_over_images(self, *, released: bool) -> str:
        """Write the images of the next version; return the options of a release with them."""
        git, built = Git(self.folder / "lana-bank"), self.folder / "built"
        return " ".join(self.sample.hand_over(git, built, released=released))

    @cached_property
    def sample(self) -> SampleImages:
        """The placeholders of the application's images."""
        return SampleImages(read_placeholders(self.root / "upstream" / "lana-bank"), SOURCE)

    def application_commit(self) -> str:
        """Return the commit of the application that the images are built from."""
        commit = Git(self._remote("lana-bank")).commit("main")
        assert commit is not None  # noqa: S101
        return commit

    def pin(self, values: str, images: tuple[Image, ...]) -> str:
        """Return the chart's values.yaml with the digests of ``images``."""
        digests = {image.name: image.digest for image in images}
        pins = [
            Pin(
                path=path,
                image=name,
                digest=digests[name],
                source=SOURCE,
                commit_ref=self.application_commit(),
                app=name,
            )
            for path, name in PINS.items()
        ]
        return set_pins(values, pins)

    def change_application(self, message: str, file: str, addition: str) -> str:
        """Append to a file of the application, commit and push; return the new commit."""
        git = Git(self.folder / "lana-bank")
        with (git.dir / file).open("a") as page:
            page.write(addition)
        git.text("commit", "--quiet", "--all", "-m", message)
        git.text("push", "--quiet", "origin", "main")
        return git.text("rev-parse", "HEAD")

    def forge(self, name: str, actor: str) -> Forge:
        """Return the forge of one of the repositories, used by ``actor``."""
        return LocalForge(Git(self._remote(name)), actor)

    def change_chart(self, message: str, files: dict[str, str]) -> str:
        """Commit and push changed files of the chart; return the new commit."""
        for file, content in files.items():
            (self.charts.dir / "charts" / "lana-bank" / file).write_text(content)
        self.charts.text("commit", "--quiet", "--all", "-m", message)
        self.charts.text("push", "--quiet", "origin", "main")
        return self.charts_tip()

    def charts_tip(self) -> str:
        """Return the newest commit of the charts repository."""
        self.charts.text("pull", "--quiet", "--ff-only")
        commit = self.charts.commit("HEAD")
        assert commit is not None  # noqa: S101
        return commit

    def states(self) -> dict[str, str]:
        """Return the blob of every state file on the platform's remote, by path."""
        site = Site.of(self.clone, "local")
        listed = site.git.lines("ls-tree", "-r", site.tip, "--", "cepler/.cepler")
        return {line.partition("\t")[2]: line.split()[2] for line in listed}

    def chart_file(self, file: str) -> str:
        """Return a file of the chart's source as it is now."""
        return (self.charts.dir / "charts" / "lana-bank" / file).read_text()

    def _remote(self, name: str) -> Path:
        return self.folder / "remotes" / f"{name}.git"

    def _configure_git(self) -> None:
        """Create the people, and configure the local remotes behind the committed addresses."""
        self.people.create(self.folder / "gitconfig")
        settings = {
            "init.defaultBranch": "main",
            f"url.{self.folder}/remotes/.insteadOf": f"{GITHUB}/",
        }
        for name, value in settings.items():
            Git(self.folder).text("config", "--file", "gitconfig", name, value)
        # The images' METADATA name the application's repository by its public address.
        public = (f"url.{self.folder}/remotes/.insteadOf", f"{PUBLIC}/")
        Git(self.folder).text("config", "--file", "gitconfig", "--add", *public)

    def _open_gates(self) -> None:
        """Run `promoter init` as the engineer, who also tests; list the people and their teams."""
        site = Site.of(self.clone)
        plan_init(site, [self.people.key(ENGINEER)]).push()
        git = Git(self.clone)
        git.text("pull", "--quiet", "--ff-only", "origin", "main")
        signers = git.file("HEAD", ALLOWED_SIGNERS) or b""
        self.change_deployments("chore: who may approve", self.people.files(signers))

    def change_deployments(self, message: str, files: dict[str, bytes]) -> None:
        """Commit files of the deployments repository, and push them."""
        git = Git(self.clone)
        for path, content in files.items():
            (self.clone / path).write_bytes(content)
        git.text("add", "--", *files)
        git.text("commit", "--quiet", "-m", message)
        git.text("push", "--quiet", "origin", "HEAD:main")


def next_chart_version(chart: str) -> str:
    """Return a Chart.yaml with the last number of its version one higher."""
    return re.sub(
        r"(?m)^(version: \D*\d+\.\d+\.)(\d+)",
        lambda found: f"{found[1]}{int(found[2]) + 1}",
        chart,
    )
