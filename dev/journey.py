"""The demo's steps: commands as a person would type them, with their expected exit codes."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from dev import control
from dev.scene import Scene
from dev.terminal import DemoError, RunningCommand, Terminal
from promoter.forge.forge import BOT_LOGIN, PullRequestState, Query

STAGING = "cepler/.cepler/local/local-staging.state"
DONE, FAILED, NOTHING_NEWER, NOT_CLEARED, WRONG_USAGE = 0, 1, 2, 3, 64


@dataclass(frozen=True)
class Proposal:
    """A commit of the charts repository, its testflight, and the values of the chart before it."""

    ref: str
    testflight: RunningCommand
    values: str


@dataclass
class Journey:
    """The steps, run in a prepared scene and shown on a terminal."""

    scene: Scene
    terminal: Terminal

    def run(self) -> None:
        """Run every step, then print the table and write the report."""
        with self.terminal:
            broken, first = self._first_change(self._platform())
            fix = self._broken_change(broken)
            self._first_deploy(first)
            self._staging_stops(broken)
            self._fixed_change(fix)
            self._production()
            self._result()

    def _platform(self) -> RunningCommand:
        self.terminal.step("A Kubernetes control plane and an OCI registry start on loopback")
        return self.terminal.start("promoter platform up")

    def _first_change(self, platform: RunningCommand) -> tuple[Proposal, RunningCommand]:
        """Return the chart that is proposed next, and the first deploy, which has started."""
        self._release(platform)
        ref = self.scene.charts_tip()
        # Testflights need the cluster, the gate does not: while programs are still being built
        # for the cluster, the gate comes first.
        early = platform.process.poll() is not None
        testflights = self._testflights(platform, ref) if early else None
        self._gate()
        testflight, broken = testflights or self._testflights(platform, ref)
        self.terminal.step(
            "Its chart is vendored once the first testflight has passed; every stack is synthesized"
        )
        synth = self.terminal.start("cdktf synth")
        self.terminal.finish(testflight, DONE)
        self.terminal.run(f"promoter vendor bump lana-bank {ref} --push", DONE)
        deploy = self.terminal.start("promoter deploy local-staging")
        self.terminal.finish(synth, DONE)
        return broken, deploy

    def _testflights(self, platform: RunningCommand, ref: str) -> tuple[RunningCommand, Proposal]:
        self.terminal.step("The commit of the charts repository is tested in a throwaway namespace")
        self.terminal.finish(platform, DONE)
        command = f"promoter testflight run --chart {ref} --only-pinned --sign"
        return self.terminal.start(command), self._propose_broken_chart()

    def _gate(self) -> None:
        self.terminal.step(
            "The gate meanwhile: what is due, what an environment waits for, and its holes"
        )
        self.terminal.run("promoter plan local", DONE)
        self.terminal.run("promoter why local-qa", DONE)
        self.terminal.run("promoter deploy local-qa", NOT_CLEARED)
        self.terminal.run("promoter lint local", DONE)

    def _release(self, platform: RunningCommand) -> None:
        self.terminal.step(
            "A feature is merged in lana-bank; placeholders of its images become a candidate"
        )
        page = "apps/admin-panel/app/page.tsx"
        self.scene.change_application("feat: greet the operator", page, "// Good day.\n")
        self.terminal.run("promoter version next", DONE, "lana-bank")
        self._await_registry(platform)
        self.terminal.run("promoter release candidate", DONE, "lana-bank")
        self.terminal.step(
            "An engineer merges the pull request that promotes the candidate to a release"
        )
        self.terminal.run("promoter release promote", DONE, "lana-bank")
        self.scene.create_keys()
        self.terminal.run("promoter release final", NOT_CLEARED, "lana-bank")
        self._merge_promotion()
        self.terminal.run("promoter release final", DONE, "lana-bank")
        self.terminal.step(
            "The chart pins the four images by digest; the bot's pull request merges itself"
        )
        charts = "--charts ../galoy-private-charts"
        self.terminal.run(f"promoter release bump-chart {charts}", DONE, "lana-bank")
        number = self._open_pull_request("galoy-private-charts")
        self.terminal.run(f"promoter release automerge {number} {charts}", DONE, "lana-bank")

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
        self.terminal.print(f"engineer merged #{number}: {merged.title}")

    def _open_pull_request(self, name: str) -> int:
        """Return the number of the only open pull request of a repository."""
        (found,) = self.scene.forge(name, BOT_LOGIN).pull_requests(
            Query(state=PullRequestState.OPEN)
        )
        return found.number

    def _propose_broken_chart(self) -> Proposal:
        self.terminal.step(
            "Another chart is proposed, whose pods require a node that does not exist"
        )
        values = self.scene.chart_file("values.yaml")
        broken = values.replace("nodeSelector: {}", "nodeSelector: {disk: nonexistent}")
        if broken == values:
            raise DemoError("break the chart: its values.yaml has no `nodeSelector: {}`")
        ref = self.scene.change_chart("feat(chart): faster disks", {"values.yaml": broken})
        command = f"promoter testflight run --chart {ref} --only-pinned --timeout 6"
        return Proposal(ref, self.terminal.start(command), values)

    def _broken_change(self, broken: Proposal) -> Proposal:
        """Show that a testflight stops a chart that cannot run; return its fix."""
        self.terminal.step("The testflight of the broken chart has failed, so it is not vendored")
        self.terminal.finish(broken.testflight, FAILED)
        self.terminal.run(f"promoter vendor bump lana-bank {broken.ref} --push", FAILED)
        self.terminal.print("Its fix is tested:")
        chart = next_version(self.scene.chart_file("Chart.yaml"))
        files = {"values.yaml": broken.values, "Chart.yaml": chart}
        ref = self.scene.change_chart("fix(chart): disks that exist", files)
        command = f"promoter testflight run --chart {ref} --only-pinned --sign"
        return Proposal(ref, self.terminal.start(command), broken.values)

    def _first_deploy(self, deploy: RunningCommand) -> None:
        self.terminal.step("The first change is deployed to staging while the fix is tested")
        self.terminal.finish(deploy, DONE)

    def _staging_stops(self, broken: Proposal) -> None:
        self.terminal.step(
            "A broken chart can be vendored without a test, its commit says so; staging fails"
        )
        untested = "--untested 'to show that staging stops it'"
        self.terminal.run(f"promoter vendor bump lana-bank {broken.ref} --push {untested}", DONE)
        before = self.scene.states()[STAGING]
        staging = self.terminal.start("promoter deploy local-staging")
        self._freeze()
        self.terminal.step("The broken chart has failed in staging")
        self.terminal.finish(staging, FAILED)
        if self.scene.states()[STAGING] != before:
            raise DemoError("a failed deploy changed a state file")
        self.terminal.print("The state file of staging is unchanged, so QA is blocked:")
        self.terminal.run("promoter deploy local-qa", NOT_CLEARED)

    def _fixed_change(self, fix: Proposal) -> None:
        self.terminal.step("The fix is deployed to staging, and then to QA")
        self.terminal.finish(fix.testflight, DONE)
        self.terminal.run(f"promoter vendor bump lana-bank {fix.ref} --push", DONE)
        self.terminal.run("promoter deploy local-staging", DONE)
        self.terminal.run("promoter deploy local-qa", DONE)

    def _freeze(self) -> None:
        self.terminal.step(
            "A freeze holds QA; without it QA takes the change that staging has passed"
        )
        self._rules("feat: freeze QA at the end of the year", control.freeze())
        refused = self.terminal.begin("promoter deploy local-qa")
        when = self.terminal.begin("promoter why local-qa --when")
        self.terminal.show(refused, NOT_CLEARED)
        self.terminal.show(when, DONE)
        self._rules("feat: no freeze, and two people approve production", control.APPROVAL)
        self.terminal.run("promoter deploy local-qa", DONE)

    def _rules(self, message: str, rules: str) -> None:
        """Commit a rules file as an engineer would, and show it."""
        self.terminal.command(f"git commit --message '{message}' {control.RULES}")
        for line in rules.splitlines():
            self.terminal.output(line)
        self.scene.change_deployments(message, {control.RULES: rules.encode()})

    def _production(self) -> None:
        self.terminal.step(
            "Production is refused until two people approve; an unsigned approval is none"
        )
        commit = control.push_unsigned_approval(self.scene)
        self.terminal.print(f"somebody pushed {commit[:12]}, which is not signed, to cepler-gates:")
        approve = "promoter approve local-production --yes"
        deploy = self.terminal.begin("promoter deploy local-production")
        own = self.terminal.begin(f"{approve} --reason 'it is good'")
        self.terminal.show(deploy, NOT_CLEARED)
        self.terminal.print("Erin wrote the change, so her own vote would not count:")
        self.terminal.show(own, WRONG_USAGE)
        self.terminal.run(f"as rachel {approve} --reason 'works in QA'", DONE)
        self.terminal.run(f"as rob {approve} --reason 'no new risk'", DONE)
        self.terminal.run("promoter deploy local-production", DONE)

    def _result(self) -> None:
        """Show what was reached; all of these commands only read, so they run at once."""
        commands = (
            "promoter deploy local-production",
            "promoter status local",
            "promoter trace local-production",
            "promoter audit local",
            "promoter status local --json",
        )
        nothing, status, trace, audit, report = map(self.terminal.begin, commands)
        self.terminal.step("Nothing newer is left to deploy")
        self.terminal.show(nothing, NOTHING_NEWER)
        self.terminal.step(
            "The status of every environment, read from the cluster and the state files"
        )
        self.terminal.show(status, DONE)
        self.terminal.step(
            "The trace from production back to the source commits, every link verified"
        )
        self.terminal.show(trace, DONE)
        self.terminal.step(
            "Every deployment is decided again from git alone, with the rules of its time"
        )
        self.terminal.show(audit, DONE)
        self.scene.report.write_text(report.process.communicate()[0])
        self._verify()

    def _verify(self) -> None:
        """Let slsa-verifier check the proof that production was cleared, where it is there."""
        self.terminal.step(
            "The verification summary of production, checked by a program that is not ours"
        )
        command = control.verification(self.scene)
        if self.scene.verifier is None:
            self.terminal.print(
                "slsa-verifier is neither on PATH nor built, so nothing was checked; it is"
            )
            self.terminal.print(
                "built by: promoter toolchain build slsa-verifier (about a minute), then"
            )
            self.terminal.command(command)
        else:
            self.terminal.run(command, DONE)


def next_version(chart: str) -> str:
    """Return a Chart.yaml with the last number of its version one higher."""
    return re.sub(
        r"(?m)^(version: \D*\d+\.\d+\.)(\d+)",
        lambda found: f"{found[1]}{int(found[2]) + 1}",
        chart,
    )
