"""The verification summary of a deployment: a proof for others that the gate allowed it.

A SLSA Verification Summary Attestation (slsa.dev/spec/v1.1/verification_summary) in an in-toto
Statement v1, signed as a DSSE envelope. It claims levels of its own, and none of SLSA's.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from promoter.approvals.control import GitControl
from promoter.common.text import redacted
from promoter.forge.links import repository_of
from promoter.gate.decision import Decision
from promoter.gate.gates import BRANCH
from promoter.gate.state import path_of
from promoter.gate.workspace import cleared_files
from promoter.release.supply_chain import BUILDER
from promoter.site.evidence import Evidence, folder
from promoter.site.site import Site
from promoter.vendoring.pins import read_pins

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/verification_summary/v1"
_CHART = re.compile(r"charts/[^/]+/Chart\.yaml")

Descriptor = Mapping[str, Any]
"""A resource and its digest, as in-toto describes it (`ResourceDescriptor`)."""


def summary_path(evidence: Evidence) -> str:
    """Return the path of the summary that belongs to a deploy's ``evidence``."""
    name = evidence.path.rpartition("/")[2].replace("-deploy-deployed-", "-vsa-passed-")
    return f"{folder(evidence.deployment, evidence.environment)}/{name}"


def statement(site: Site, decision: Decision, at: str) -> str:
    """Return the unsigned statement that ``decision`` is allowed, as JSON; ``at`` is its time."""
    return json.dumps(redacted(Summary(site, decision, at).statement()), sort_keys=True)


@dataclass(frozen=True)
class Summary:
    """The verification summary of one decision of ``site`` that is due."""

    site: Site
    decision: Decision
    at: str

    def statement(self) -> Mapping[str, Any]:
        """Return the in-toto statement."""
        used = list(self._used())
        predicate = {
            "verifier": {"id": BUILDER},
            "timeVerified": self.at,
            "resourceUri": f"{self._address}#{self.decision.environment}",
            "policy": self._policy(),
            "inputAttestations": [descriptor for _, descriptor in used],
            "verificationResult": "PASSED",
            "verifiedLevels": ["PROMOTER_GATE", *dict.fromkeys(name for name, _ in used if name)],
        }
        return {
            "_type": STATEMENT,
            "subject": list(self._subjects()),
            "predicateType": PREDICATE,
            "predicate": predicate,
        }

    @cached_property
    def _address(self) -> str:
        """The address of the repository, as its clone is configured and without a login."""
        configured = self.site.git.config("remote.origin.url") or self.site.remote
        repository = repository_of(configured)
        address = f"https://github.com/{repository}" if repository else configured
        return re.sub(r"//[^/@]*@", "//", address)

    @cached_property
    def _deployment(self) -> str:
        return self.site.deployment_of(self.decision.environment)

    @cached_property
    def _control(self) -> GitControl:
        return self.site.control(self.site.deployments[self._deployment])

    def _subjects(self) -> Iterator[Descriptor]:
        """Yield each chart as git's tree of its files, and each image that it pins.

        Without a chart: the tree of all files.
        """
        git = self.site.git
        with self.site.reading() as history:
            state, commit = self.decision.state, self.decision.decided_at
            files = dict(cleared_files(history, commit, state))
        charts = [path.rpartition("/")[0] for path in files if _CHART.fullmatch(path)]
        for chart in charts or [""]:
            start = f"{chart}/" if chart else ""
            own = {
                path.removeprefix(start): files[path] for path in files if path.startswith(start)
            }
            yield {"name": chart or "files", "digest": {"gitTree": git.write_tree(own)}}
            if chart and (values := own.get("values.yaml")) is not None:
                text = git.blobs([values.blob])[values.blob].decode()
                for pin in read_pins(text, file=f"{chart}/values.yaml"):
                    algorithm, _, digest = pin.digest.partition(":")
                    yield {"name": pin.image or pin.app, "digest": {algorithm: digest}}

    def _policy(self) -> Descriptor:
        """Return the rules of the deployment that count, or its cepler file where it has none."""
        rules = self._control.in_force
        path = rules.paths[0] if rules else self._control.deployment.config_path
        commit = rules.commit if rules else self.site.tip
        content = self.site.git.file(commit, path) or b""
        uri = f"{self._address}/blob/{commit}/{path}"
        return {"uri": uri, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}

    def _used(self) -> Iterator[tuple[str, Descriptor]]:
        """Yield what the decision rests on, each with the level that it adds ("": none)."""
        site, environment = self.site, self.decision.environment
        if site.gates_tip:
            yield "", self._commit(BRANCH, site.gates_tip)
            yield from self._approvals()
        passed = site.deployments[self._deployment].environment(environment).passed
        if passed and (record := self._record(passed)):
            yield f"PROMOTER_PASSED_{_level(passed)}", self._commit("record", record)
            if self._control.rules(environment).signed_records:
                yield "PROMOTER_SIGNED_RECORDS", self._commit("record", record)
        for testflight in self._testflights():
            yield "PROMOTER_TESTFLIGHT", self._commit("testflight", testflight)

    def _approvals(self) -> Iterator[tuple[str, Descriptor]]:
        """Yield the votes that count where rules require them, else the approval of the gate."""
        environment, control = self.decision.environment, self._control
        if control.rules(environment).approval is None:
            approval = self.site.approvals.gate(self._deployment, environment)
            if approval is not None:
                level = "PROMOTER_APPROVALS_1_OF_1" if approval.approved_by else ""
                yield level, self._commit("approval", approval.commit)
            return
        verdict = control.verdict(environment, self.decision.recorded, self.decision.state)
        if verdict.override is not None:
            yield "PROMOTER_OVERRIDE", self._commit("override", verdict.override.added_by)
        if verdict.approvals is not None and verdict.approvals.complete:
            given = verdict.approvals.given
            way = "_VIA_WEB" if any(vote.via for vote in given) else ""
            level = f"PROMOTER_APPROVALS_{len(given)}_OF_{verdict.approvals.needed}{way}"
            yield from ((level, self._commit("approval", vote.added_by)) for vote in given)

    def _record(self, environment: str) -> str:
        """Return the commit that recorded the state of ``environment`` that was decided by."""
        path = self.site.deployments[self._deployment].state_path(environment)
        return self.site.git.text("log", "-1", "--format=%H", self.decision.decided_at, "--", path)

    def _testflights(self) -> Sequence[str]:
        """Return the attestation of the newest commit that vendored a file of a chart, if any."""
        files = self.decision.state.files
        commits = {files[key].from_commit for key in files if path_of(key).startswith("charts/")}
        if not commits:
            return []
        trailer = "--format=%(trailers:key=Testflight,valueonly)"
        found = self.site.git.text("log", "-1", "--no-walk=sorted", trailer, *sorted(commits))
        return found.split()[:1]

    def _commit(self, name: str, commit: str) -> Descriptor:
        uri = f"git+{self._address}@{commit}"
        return {"name": name, "uri": uri, "digest": {"gitCommit": commit}}


def _level(environment: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", environment.upper())
