"""The demo's steps: commands as a person would type them, with their expected exit codes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dev import control
from dev.scene import Scene
from dev.terminal import DemoError, RunningCommand, Terminal
from promoter.forge.forge import BOT_LOGIN, PullRequestState, Query

STAGING = "cepler/.cepler/local/local-staging.state"
_ANY_NODE, _NO_NODE = "nodeSelector: {}", "nodeSelector: {disk: nonexistent}"
DONE, FAILED, NOTHING_NEWER, NOT_CLEARED, WRONG_USAGE = 0, 1, 2, 3, 64


@dataclass(frozen=True)
class Proposal:
    """A commit of the charts repository, and its testflight, which has started."""

    ref: str
    testflight: RunningCommand


@dataclass(frozen=True)
class BrokenChart:
    """A chart that cannot run: its testflight, its deploy, and what staging has recorded before."""

    testflight: RunningCommand
    staging: RunningCommand
    recorded: str


@dataclass
class Journey:
    """The steps, run in a prepared scene and shown on a terminal."""

    scene: Scene
    terminal: Terminal

    def run(self) -> None:
        """Run every step, then print the table and write the report.

        Whatever needs no cluster comes first, while its programs are still built. What takes long
        runs beside other steps, and is shown once it has ended.
        """
        with self.terminal:
            platform = self._platform()
            self._release(platform)
            self._gate()
            self._checks()
            new = self._first_deploy(platform)
            broken = self._broken_deploy(self._propose_broken_chart())
            self._freeze()
            self._broken_chart_stops(broken)
            self._vendor(new)
            self._change_travels()
            self._production()
            self._result()

    def _platform(self) -> RunningCommand:
        self.terminal.step("A Kubernetes control plane and an OCI registry start on loopback")
        return self.terminal.start("promoter platform up")

    def _gate(self) -> None:
        """Show the gate before the first deploy; it needs no cluster."""
        self.terminal.step("The gate: what is due, and what an environment waits for")
        commands = ("promoter plan local", "promoter why local-qa", "promoter deploy local-qa")
        plan, why, refused = map(self.terminal.begin, commands)
        self.terminal.show(plan, DONE)
        self.terminal.show(why, DONE)
        self.terminal.show(refused, NOT_CLEARED)

    def _first_deploy(self, platform: RunningCommand) -> Proposal:
        """Deploy the chart of the checkout to staging; return the new one, which is tested."""
        self.terminal.step(
            "The new chart is tested in a throwaway namespace; staging gets the one before it"
        )
        self.terminal.finish(platform, DONE)
        ref = self.scene.charts_tip()
        command = f"promoter testflight run --chart {ref} --only-pinned --sign"
        new = Proposal(ref, self.terminal.start(command))
        self.terminal.run("promoter deploy local-staging", DONE)
        return new

    def _checks(self) -> None:
        self.terminal.step("The gate has no holes, and every stack is synthesized")
        lint, synth = map(self.terminal.begin, ("promoter lint local", "cdktf synth"))
        self.terminal.show(lint, DONE)
        self.terminal.show(synth, DONE)

    def _release(self, platform: RunningCommand) -> None:
        self.terminal.step(
            "A feature is merged in lana-bank; what its pipeline builds becomes a candidate"
        )
        page = "apps/admin-panel/app/page.tsx"
        self.scene.change_application("feat: greet the operator", page, "// Good day.\n")
        self.terminal.run("promoter version next", DONE, "lana-bank")
        self._await_registry(platform)
        self._run_with_images("promoter release candidate", released=False)
        self.terminal.step(
            "An engineer merges the pull request that promotes the candidate to a release"
        )
        self.terminal.run("promoter release promote", DONE, "lana-bank")
        self.scene.create_keys()
        self.terminal.run("promoter release final", NOT_CLEARED, "lana-bank")
        self._merge_promotion()
        self._run_with_images("promoter release final", released=True)
        self.terminal.step(
            "The chart pins the four images by digest; the bot's pull request merges itself"
        )
        charts = "--charts ../galoy-private-charts"
        self.terminal.run(f"promoter release bump-chart {charts}", DONE, "lana-bank")
        number = self._open_pull_request("galoy-private-charts")
        self.terminal.run(f"promoter release automerge {number} {charts}", DONE, "lana-bank")

    def _run_with_images(self, command: str, *, released: bool) -> None:
        """Run a command that takes the images which a pipeline hands over."""
        options = self.scene.hand_over_images(released=released)
        self.terminal.print("placeholders take the place of what the pipeline compiles and builds")
        self.terminal.run(f"{command} {options}", DONE, "lana-bank")

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

    def _propose_broken_chart(self) -> str:
        self.terminal.step(
            "Another chart is proposed, whose pods require a node that does not exist"
        )
        values = self.scene.chart_file("values.yaml")
        broken = values.replace(_ANY_NODE, _NO_NODE)
        if broken == values:
            raise DemoError(f"break the chart: its values.yaml has no `{_ANY_NODE}`")
        return self.scene.change_chart("feat(chart): faster disks", {"values.yaml": broken})

    def _broken_deploy(self, ref: str) -> BrokenChart:
        self.terminal.step("It is vendored before it is tested, and its commit says so")
        vendor = f"promoter vendor bump lana-bank {ref} --push"
        self.terminal.run(vendor, FAILED)
        self.terminal.run(f"{vendor} --untested 'to show that staging stops it'", DONE)
        recorded = self.scene.states()[STAGING]
        staging = self.terminal.start("promoter deploy local-staging")
        testflight = f"promoter testflight run --chart {ref} --only-pinned --timeout 6"
        return BrokenChart(self.terminal.start(testflight), staging, recorded)

    def _broken_chart_stops(self, broken: BrokenChart) -> None:
        self.terminal.step("The broken chart has failed, in its testflight and in staging")
        self.terminal.finish(broken.testflight, FAILED)
        self.terminal.finish(broken.staging, FAILED)
        if self.scene.states()[STAGING] != broken.recorded:
            raise DemoError("a failed deploy changed a state file")
        self.terminal.print("The state file of staging is unchanged, so QA is blocked:")
        self.terminal.run("promoter deploy local-qa", NOT_CLEARED)
        values = self.scene.chart_file("values.yaml").replace(_NO_NODE, _ANY_NODE)
        self.scene.change_chart("revert: faster disks", {"values.yaml": values})
        self.terminal.print("Its author reverts it in the charts repository.")

    def _vendor(self, new: Proposal) -> None:
        self.terminal.step("The new chart has passed its testflight, so it is vendored")
        self.terminal.finish(new.testflight, DONE)
        self.terminal.run(f"promoter vendor bump lana-bank {new.ref} --push", DONE)

    def _change_travels(self) -> None:
        self.terminal.step("It is deployed to staging, and then to QA")
        self.terminal.run("promoter deploy local-staging", DONE)
        self.terminal.run("promoter deploy local-qa", DONE)

    def _freeze(self) -> None:
        self.terminal.step("A freeze holds QA; without it QA takes what staging has passed")
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
