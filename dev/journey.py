"""The demo's steps: commands as a person would type them, with the exit code they must give."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from dataclasses import dataclass, field

from rich.console import Console

from dev.scene import Scene
from promoter.forge.forge import PullRequestState, Query

DONE, FAILED, NOTHING_NEWER, NOT_CLEARED = 0, 1, 2, 3


class Mistaken(Exception):
    """A step did not go as the design says."""


@dataclass(frozen=True)
class Begun:
    """A command that was started, and when (monotonic seconds)."""

    command: str
    process: subprocess.Popen[str]
    since: float


@dataclass
class Journey:
    """Plays the steps in a scene that has been built."""

    scene: Scene
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    steps: int = 0
    begun: list[Begun] = field(default_factory=list)

    def play(self) -> None:
        """Every step, then the table and the report."""
        try:
            self._first_change(self._platform())
            self._mended_change(self._broken_change())
            self._production()
            self._result()
        finally:
            for each in self.begun:
                each.process.terminate()

    def _platform(self) -> Begun:
        self._say("A Kubernetes control plane and an OCI registry, on loopback")
        begun = self._begin("promoter platform up")
        while begun.process.poll() is None and not self.scene.registry_answers():
            time.sleep(0.1)
        return begun

    def _first_change(self, platform: Begun) -> None:
        self._release()
        self._say("The charts repository's commit proves itself in a testflight and is vendored")
        self._end(platform, DONE)
        ref = self.scene.charts_tip()
        self._run(f"promoter testflight run --chart {ref} --only-pinned --sign", DONE)
        self._run(f"promoter vendor bump lana-bank {ref} --push", DONE)
        self._say("QA is refused: staging has not passed anything yet")
        self._run("promoter deploy local-qa", NOT_CLEARED)

    def _release(self) -> None:
        self._say("A feature lands in lana-bank: its images are built as a candidate")
        page = "apps/admin-panel/public/index.html"
        self.scene.change_application("feat: greet the operator", page, "<!-- Good day. -->\n")
        self._run("promoter release candidate", DONE, "lana-bank")
        self._say("A person merges the pull request that promotes it, and it is released")
        self._run("promoter release promote", DONE, "lana-bank")
        self._run("promoter release final", NOT_CLEARED, "lana-bank")
        self._merge_promotion()
        self._run("promoter release final", DONE, "lana-bank")
        self._say("The four images are pinned in the chart by digest, the bot's PR merges itself")
        charts = "--charts ../galoy-private-charts"
        self._run(f"promoter release bump-chart {charts}", DONE, "lana-bank")
        bot = self._open("galoy-private-charts")
        self._run(f"promoter release automerge {bot} {charts}", DONE, "lana-bank")

    def _merge_promotion(self) -> None:
        forge, number = self.scene.forge("lana-bank", "engineer"), self._open("lana-bank")
        forge.mark_ready(number)
        merged = forge.merge_pull_request(
            number, head_commit=forge.pull_request(number).head_commit
        )
        self._tell(f"engineer merged #{number}: {merged.title}")

    def _open(self, name: str) -> int:
        """The number of the one pull request that is open in a repository."""
        (found,) = self.scene.forge(name, "galoybot").pull_requests(
            Query(state=PullRequestState.OPEN)
        )
        return found.number

    def _broken_change(self) -> str:
        """A chart that cannot run is stopped by its testflight; gives the commit of the fix."""
        self._say("Somebody proposes a chart whose pods ask for a node that there is none of")
        values = self.scene.chart_file("values.yaml")
        broken = values.replace("nodeSelector: {}", "nodeSelector: {disk: unobtainium}")
        if broken == values:
            raise Mistaken("break the chart: its values.yaml has no `nodeSelector: {}`")
        ref = self.scene.change_chart("feat(chart): faster disks", {"values.yaml": broken})
        flight = self._begin(f"promoter testflight run --chart {ref} --only-pinned --timeout 6")
        self._say("Meanwhile staging takes the first change, and QA what staging has passed")
        self._run("promoter deploy local-staging", DONE)
        self._run("promoter deploy local-qa", DONE)
        self._say("The broken chart's testflight has failed, so nothing vendors it")
        self._end(flight, FAILED)
        self._run(f"promoter vendor bump lana-bank {ref} --push", FAILED)
        self._tell("Where somebody insists, the commit says so, and staging stops it:")
        insisted = "--untested 'to see staging stop it'"
        self._run(f"promoter vendor bump lana-bank {ref} --push {insisted}", DONE)
        chart = next_version(self.scene.chart_file("Chart.yaml"))
        return self.scene.change_chart(
            "fix(chart): disks that there are", {"values.yaml": values, "Chart.yaml": chart}
        )

    def _mended_change(self, ref: str) -> None:
        self._say("Staging fails on the broken chart, while the fix proves itself")
        before = self.scene.states()
        flight = self._begin(f"promoter testflight run --chart {ref} --only-pinned --sign")
        self._run("promoter deploy local-staging", FAILED)
        if self.scene.states() != before:
            raise Mistaken("a failed deploy changed a state file")
        self._tell("The state files are byte for byte what they were, so QA is blocked:")
        self._run("promoter deploy local-qa", NOT_CLEARED)
        self._say("The fix goes through staging and QA")
        self._end(flight, DONE)
        self._run(f"promoter vendor bump lana-bank {ref} --push", DONE)
        self._run("promoter deploy local-staging", DONE)
        self._run("promoter deploy local-qa", DONE)

    def _production(self) -> None:
        self._say("Production is refused until a person approves")
        self._run("promoter deploy local-production", NOT_CLEARED)
        self._run("promoter approve local-production --yes --reason 'seen working in QA'", DONE)
        self._run("promoter deploy local-production", DONE)
        self._say("There is nothing newer left")
        self._run("promoter deploy local-production", NOTHING_NEWER)

    def _result(self) -> None:
        self._say("What runs where, read from the cluster and the state files")
        self._run("promoter status", DONE)
        self._say("From production back to the source commits, every link checked")
        self._run("promoter trace local-production", DONE)
        self.scene.report.write_text(self._output("promoter status --json"))

    def _say(self, title: str) -> None:
        self.steps += 1
        self.console.print(f"\n[bold]{self.steps}. {title}[/]")

    def _tell(self, line: str) -> None:
        self.console.print(f"   {line}")

    def _run(self, command: str, expected: int, clone: str = "galoy-deployments") -> None:
        """Run a command as it would be typed in a clone; its exit code must be as expected."""
        self._end(self._begin(command, clone), expected)

    def _begin(self, command: str, clone: str = "galoy-deployments") -> Begun:
        """Start a command; until `_end` it runs as one does in another terminal."""
        self.console.print(f"   [cyan]$ {command}[/]", markup=True)
        process = subprocess.Popen(
            shlex.split(command),
            cwd=self.scene.folder / clone,
            env=self.scene.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.begun.append(Begun(command, process, time.monotonic()))
        return self.begun[-1]

    def _end(self, begun: Begun, expected: int) -> None:
        """Show what a command says until it ends."""
        if begun is not self.begun[-1]:
            self.console.print(f"   [cyan]$ fg  # {' '.join(shlex.split(begun.command)[:3])}[/]")
        with begun.process as process:
            assert process.stdout is not None  # noqa: S101
            for line in process.stdout:
                self.console.print(f"   {line.rstrip()}", markup=False)
        if process.returncode != expected:
            raise Mistaken(f"`{begun.command}` gave exit {process.returncode}, not {expected}")
        taken = time.monotonic() - begun.since
        self.console.print(f"   [dim]exit {expected}, {taken:.1f} s[/]")

    def _output(self, command: str) -> str:
        done = subprocess.run(
            shlex.split(command),
            cwd=self.scene.clone,
            env=self.scene.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def next_version(chart: str) -> str:
    """A Chart.yaml with the last number of its version one higher."""
    return re.sub(
        r"(?m)^(version: \D*\d+\.\d+\.)(\d+)",
        lambda found: f"{found[1]}{int(found[2]) + 1}",
        chart,
    )
