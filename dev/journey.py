"""The demo's steps: commands as a person would type them, with their expected exit codes."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from dev import control
from dev.scene import Scene
from promoter.common.errors import PromoterError
from promoter.forge.forge import BOT_LOGIN, PullRequestState, Query

STAGING = "cepler/.cepler/local/local-staging.state"
DONE, FAILED, NOTHING_NEWER, NOT_CLEARED, WRONG_USAGE = 0, 1, 2, 3, 64


class DemoError(PromoterError):
    """A step did not have the expected outcome, or the demo could not start."""


@dataclass(frozen=True)
class RunningCommand:
    """A command that was started, and its start (monotonic seconds)."""

    command: str
    process: subprocess.Popen[str]
    since: float


@dataclass(frozen=True)
class Proposal:
    """A commit of the charts repository, its testflight, and the values of the chart before it."""

    ref: str
    testflight: RunningCommand
    values: str


@dataclass
class Journey:
    """The steps, run in a prepared scene."""

    scene: Scene
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    steps: int = 0
    running: list[RunningCommand] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """The seconds since the demo was started."""
        return time.monotonic() - self.since

    def show_build(self, line: str) -> None:
        """Print a line about the programs that are built meanwhile."""
        self.console.print(f"   [dim]{self.elapsed:.0f} s: {line}[/]")

    def run(self) -> None:
        """Run every step, then print the table and write the report."""
        try:
            broken = self._first_change(self._platform())
            fix = self._broken_change(broken)
            self._staging_stops(broken)
            self._fixed_change(fix)
            self._production()
            self._result()
        finally:
            for command in self.running:
                command.process.terminate()

    def _platform(self) -> RunningCommand:
        self._step("A Kubernetes control plane and an OCI registry start on loopback")
        return self._start("promoter platform up")

    def _first_change(self, platform: RunningCommand) -> Proposal:
        self._release(platform)
        ref = self.scene.charts_tip()
        # Testflights need the cluster, the gate does not: while programs are still being built
        # for the cluster, the gate comes first.
        early = platform.process.poll() is not None
        testflights = self._testflights(platform, ref) if early else None
        self._gate()
        testflight, broken = testflights or self._testflights(platform, ref)
        self._step("The first testflight has passed, so its chart is vendored")
        self._finish(testflight, DONE)
        self._run(f"promoter vendor bump lana-bank {ref} --push", DONE)
        return broken

    def _testflights(self, platform: RunningCommand, ref: str) -> tuple[RunningCommand, Proposal]:
        self._step("The commit of the charts repository is tested in a throwaway namespace")
        self._finish(platform, DONE)
        command = f"promoter testflight run --chart {ref} --only-pinned --sign"
        return self._start(command), self._propose_broken_chart()

    def _gate(self) -> None:
        self._step("The gate meanwhile: what is due, what an environment waits for, and its holes")
        self._run("promoter plan local", DONE)
        self._run("promoter why local-qa", DONE)
        self._run("promoter deploy local-qa", NOT_CLEARED)
        self._run("promoter lint local", DONE)

    def _release(self, platform: RunningCommand) -> None:
        self._step("A feature is merged in lana-bank, and its images are built as a candidate")
        page = "apps/admin-panel/public/index.html"
        self.scene.change_application("feat: greet the operator", page, "<!-- Good day. -->\n")
        self._run("promoter version next", DONE, "lana-bank")
        self._await_registry(platform)
        self._run("promoter release candidate", DONE, "lana-bank")
        self._step("An engineer merges the pull request that promotes the candidate to a release")
        self._run("promoter release promote", DONE, "lana-bank")
        self.scene.create_keys()
        self._run("promoter release final", NOT_CLEARED, "lana-bank")
        self._merge_promotion()
        self._run("promoter release final", DONE, "lana-bank")
        self._step("The chart pins the four images by digest; the bot's pull request merges itself")
        charts = "--charts ../galoy-private-charts"
        self._run(f"promoter release bump-chart {charts}", DONE, "lana-bank")
        number = self._open_pull_request("galoy-private-charts")
        self._run(f"promoter release automerge {number} {charts}", DONE, "lana-bank")

    def _await_registry(self, platform: RunningCommand) -> None:
        """Wait until the registry, the first of the platform's parts, responds."""
        self.scene.toolchain.programs(["registry", "crane"])
        while platform.process.poll() is None and not self.scene.registry_responds():
            time.sleep(0.1)

    def _merge_promotion(self) -> None:
        forge, number = (
            self.scene.forge("lana-bank", "engineer"),
            self._open_pull_request("lana-bank"),
        )
        forge.mark_ready(number)
        merged = forge.merge_pull_request(
            number, head_commit=forge.pull_request(number).head_commit
        )
        self._print(f"engineer merged #{number}: {merged.title}")

    def _open_pull_request(self, name: str) -> int:
        """Return the number of the only open pull request of a repository."""
        (found,) = self.scene.forge(name, BOT_LOGIN).pull_requests(
            Query(state=PullRequestState.OPEN)
        )
        return found.number

    def _propose_broken_chart(self) -> Proposal:
        self._step("Another chart is proposed, whose pods require a node that does not exist")
        values = self.scene.chart_file("values.yaml")
        broken = values.replace("nodeSelector: {}", "nodeSelector: {disk: nonexistent}")
        if broken == values:
            raise DemoError("break the chart: its values.yaml has no `nodeSelector: {}`")
        ref = self.scene.change_chart("feat(chart): faster disks", {"values.yaml": broken})
        command = f"promoter testflight run --chart {ref} --only-pinned --timeout 6"
        return Proposal(ref, self._start(command), values)

    def _broken_change(self, broken: Proposal) -> Proposal:
        """Show that a testflight stops a chart that cannot run; return its fix."""
        self._step("The first change is deployed to staging; every stack can be synthesized")
        synth = self._start("cdktf synth")
        self._run("promoter deploy local-staging", DONE)
        self._finish(synth, DONE)
        self._step("The testflight of the broken chart has failed, so it is not vendored")
        self._finish(broken.testflight, FAILED)
        self._run(f"promoter vendor bump lana-bank {broken.ref} --push", FAILED)
        self._print("Its fix is tested:")
        chart = next_version(self.scene.chart_file("Chart.yaml"))
        files = {"values.yaml": broken.values, "Chart.yaml": chart}
        ref = self.scene.change_chart("fix(chart): disks that exist", files)
        command = f"promoter testflight run --chart {ref} --only-pinned --sign"
        return Proposal(ref, self._start(command), broken.values)

    def _staging_stops(self, broken: Proposal) -> None:
        self._print("It can be vendored without a test; the commit says so, and staging stops it:")
        untested = "--untested 'to show that staging stops it'"
        self._run(f"promoter vendor bump lana-bank {broken.ref} --push {untested}", DONE)
        self._step("Staging fails on the broken chart; QA takes the change that staging passed")
        before = self.scene.states()[STAGING]
        qa = self._start("promoter deploy local-qa")
        self._run("promoter deploy local-staging", FAILED)
        self._finish(qa, DONE)
        if self.scene.states()[STAGING] != before:
            raise DemoError("a failed deploy changed a state file")
        self._print("The state file of staging is unchanged, so QA is blocked:")
        self._run("promoter deploy local-qa", NOT_CLEARED)

    def _fixed_change(self, fix: Proposal) -> None:
        self._step("The fix is deployed to staging, and then to QA")
        self._finish(fix.testflight, DONE)
        self._run(f"promoter vendor bump lana-bank {fix.ref} --push", DONE)
        self._run("promoter deploy local-staging", DONE)
        self._step("A freeze holds QA, and says when it opens; without it QA takes the fix")
        self._rules("feat: freeze QA at the end of the year", control.freeze())
        self._run("promoter deploy local-qa", NOT_CLEARED)
        self._run("promoter why local-qa --when", DONE)
        self._rules("feat: no freeze, and two people approve production", control.APPROVAL)
        self._run("promoter deploy local-qa", DONE)

    def _rules(self, message: str, rules: str) -> None:
        """Commit a rules file as an engineer would, and show it."""
        self.console.print(f"   [cyan]$ git commit --message '{message}' {control.RULES}[/]")
        for line in rules.splitlines():
            self.console.print(f"   {line}", markup=False)
        self.scene.change_deployments(message, {control.RULES: rules.encode()})

    def _production(self) -> None:
        self._step("Production is refused until two people approve; an unsigned approval is none")
        commit = control.push_unsigned_approval(self.scene)
        self._print(f"somebody pushed {commit[:12]}, which is not signed, to cepler-gates:")
        self._run("promoter deploy local-production", NOT_CLEARED)
        self._print("Erin wrote the change, so her own vote would not count:")
        approve = "promoter approve local-production --yes"
        self._run(f"{approve} --reason 'it is good'", WRONG_USAGE)
        self._run(f"as rachel {approve} --reason 'works in QA'", DONE)
        self._run(f"as rob {approve} --reason 'no new risk'", DONE)
        self._run("promoter deploy local-production", DONE)
        self._step("Nothing newer is left to deploy")
        self._run("promoter deploy local-production", NOTHING_NEWER)

    def _result(self) -> None:
        self._step("The status of every environment, read from the cluster and the state files")
        self._run("promoter status local", DONE)
        with self._popen("promoter status local --json", self.scene.clone) as report:
            self._step("The trace from production back to the source commits, every link verified")
            self._run("promoter trace local-production", DONE)
            self.scene.report.write_text(report.communicate()[0])
        self._step("Every deployment is decided again from git alone, with the rules of its time")
        self._run("promoter audit local", DONE)
        self._verify()

    def _verify(self) -> None:
        """Let slsa-verifier check the proof that production was cleared, where it is there."""
        self._step("The verification summary of production, checked by a program that is not ours")
        command = control.verification(self.scene)
        if self.scene.verifier is None:
            self._print("slsa-verifier is neither on PATH nor built, so nothing was checked; it is")
            self._print("built by: promoter toolchain build slsa-verifier (about a minute), then")
            self.console.print(f"   [cyan]$ {command}[/]")
        else:
            self._run(command, DONE)

    def _step(self, title: str) -> None:
        self.steps += 1
        self.console.print(f"\n[bold]{self.steps}. {title}[/] [dim]({self.elapsed:.0f} s)[/]")

    def _print(self, line: str) -> None:
        self.console.print(f"   {line}")

    def _run(self, command: str, expected: int, clone: str = "galoy-deployments") -> None:
        """Run a command as typed in a clone; raise `DemoError` for another exit code."""
        self._finish(self._start(command, clone), expected)

    def _start(self, command: str, clone: str = "galoy-deployments") -> RunningCommand:
        """Start a command, which runs until `_finish` as in another terminal."""
        self.console.print(f"   [cyan]$ {command}[/]", markup=True)
        process = self._popen(command, self.scene.folder / clone)
        self.running.append(RunningCommand(command, process, time.monotonic()))
        return self.running[-1]

    def _finish(self, running: RunningCommand, expected: int) -> None:
        """Print the output of a command until it ends."""
        if running is not self.running[-1]:
            self.console.print(f"   [cyan]$ fg  # {' '.join(shlex.split(running.command)[:3])}[/]")
        with running.process as process:
            assert process.stdout is not None  # noqa: S101
            for line in process.stdout:
                self.console.print(f"   {line.rstrip()}", markup=False)
        if process.returncode != expected:
            raise DemoError(f"`{running.command}` exited with {process.returncode}, not {expected}")
        elapsed = time.monotonic() - running.since
        self.console.print(f"   [dim]exit {expected}, {elapsed:.1f} s[/]")

    def _popen(self, command: str, folder: Path) -> subprocess.Popen[str]:
        """Start a command; ``as <name> <command>`` is typed by one of the people."""
        words, variables = shlex.split(command), self.scene.environment
        if words[0] == "as":
            words, variables = words[2:], self.scene.acting_as(words[1])
        if words[0] == "slsa-verifier":
            words[0] = str(self.scene.verifier)
        return subprocess.Popen(
            words,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def next_version(chart: str) -> str:
    """Return a Chart.yaml with the last number of its version one higher."""
    return re.sub(
        r"(?m)^(version: \D*\d+\.\d+\.)(\d+)",
        lambda found: f"{found[1]}{int(found[2]) + 1}",
        chart,
    )
