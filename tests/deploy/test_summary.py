"""The verification summary of a deployment, judged by slsa-verifier."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.deploy.deploy import cleared
from promoter.deploy.record import keep, record
from promoter.deploy.summary import statement, summary_path
from promoter.lint.rules.changes import GateChange
from promoter.lint.rules.records import check_edited_states
from promoter.lint.snapshot import read_snapshot
from promoter.programs.cosign import Cosign, VerificationError, create_keys
from promoter.release.supply_chain import BUILDER
from promoter.site.evidence import Evidence
from promoter.site.proposal import ApprovalRequest, Vote, approve, propose
from promoter.site.site import Site
from promoter.toolchain import Toolchain
from tests.approvals.people import Controlled, controlled
from tests.scene_fixture import ROOT
from tests.site.repository import CONFIG, deployed, push, site

__all__ = ["controlled", "site"]

# A cold build of cosign and slsa-verifier takes some minutes on two cores.
pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]

REPOSITORY = "https://github.com/GaloyMoney/galoy-deployments"
DIGEST = "sha256:" + "ab" * 32
VALUES = f"""\
lanaBank:
  image:
    repository: gcr.io/galoyorg/lana-bank
    digest: "{DIGEST}" # METADATA:: repository=https://x.example;commit_ref=abcdef0;app=lana-bank;
"""


@pytest.fixture(scope="module")
def cosign(tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    """The real cosign with a new pair of keys."""
    program = Toolchain(ROOT).program("cosign")
    key, public = create_keys(program, tmp_path_factory.mktemp("keys"))
    return Cosign(program, str(key), str(public))


@pytest.fixture
def charted(site: Site) -> Site:
    """A site whose QA runs a chart with a pinned image, and whose production is approved."""
    shared = CONFIG.replace("shared/*", "shared/*, charts/**")
    files = {"cepler/app.yml": shared, "charts/lana-bank/Chart.yaml": "name: lana-bank\n"}
    files["charts/lana-bank/values.yaml"] = VALUES
    push(site.git, {path: text.encode() for path, text in files.items()})
    site = deployed(site, "qa")
    site.git.text("remote", "rename", "origin", "mirror")
    site.git.text(
        "config",
        "remote.origin.url",
        "https://user:secret@github.com/GaloyMoney/galoy-deployments.git",
    )
    site = Site.of(site.git.dir, remote="mirror")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    return site.fetched()


@dataclass(frozen=True)
class Verifier:
    """slsa-verifier, as an outsider calls it with the public key of the pipeline."""

    public_key: str
    folder: Path

    def refusal(self, envelope: bytes, **expected: str) -> str:
        """Return the reason why the envelope is refused, "" if it is accepted."""
        file = self.folder / "summary.json"
        file.write_bytes(envelope)
        options = {
            "attestation-path": str(file),
            "public-key-path": self.public_key,
            "public-key-id": "pipeline",
            "subject-digest": DIGEST,
            "verifier-id": BUILDER,
            "resource-uri": f"{REPOSITORY}#production",
            "verified-level": "PROMOTER_PASSED_QA",
        } | {name.replace("_", "-"): value for name, value in expected.items()}
        page = (ROOT / "docs" / "verification.md").read_text()
        documented = page.partition("slsa-verifier verify-vsa")[2].partition("```")[0]
        assert re.findall(r"--([a-z-]+)", documented) == list(options)
        program = Toolchain(ROOT).program("slsa-verifier")
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        done = subprocess.run(
            [program, "verify-vsa", *arguments], capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0) == ("VSA: PASSED" in done.stderr), done.stderr
        return "" if done.returncode == 0 else done.stderr


def test_slsa_verifier_accepts_it_and_refuses_what_it_does_not_claim(
    charted: Site, cosign: Cosign, tmp_path: Path
) -> None:
    document = statement(charted, cleared(charted, "production"), "2026-11-26T12:00:00+00:00")
    envelope = cosign.sign_statement(document)
    verifier = Verifier(cosign.public_key, tmp_path)
    assert verifier.refusal(envelope) == ""
    for expected, reason in (
        ({"resource_uri": f"{REPOSITORY}#qa"}, "resource URI mismatch"),
        ({"subject_digest": "sha256:" + "cd" * 32}, "expected digest not found"),
        ({"verifier_id": "https://other.example"}, "verifier ID mismatch"),
        ({"verified_level": "PROMOTER_APPROVALS_2_OF_2"}, "expected verified level not found"),
        ({"verified_level": "SLSA_BUILD_LEVEL_1"}, "expected SLSA level not found"),
    ):
        assert reason in verifier.refusal(envelope, **expected)

    failed = document.replace('"PASSED"', '"FAILED"')
    assert failed != document
    assert "verification result is not Passed" in verifier.refusal(cosign.sign_statement(failed))
    edited = json.loads(envelope)
    edited["payload"] = base64.b64encode(document.replace("#production", "#qa").encode()).decode()
    assert "no valid signature" in verifier.refusal(json.dumps(edited).encode())
    stranger = create_keys(cosign.program, tmp_path / "stranger")
    others = Cosign(cosign.program, str(stranger[0])).sign_statement(document)
    assert "no valid signature" in verifier.refusal(others)


def test_it_names_what_the_decision_rests_on(charted: Site) -> None:
    due = cleared(charted, "production")
    found: dict[str, Any] = json.loads(statement(charted, due, "2026-11-26T12:00:00+00:00"))
    git, predicate = charted.git, found["predicate"]
    chart, image = found["subject"]
    assert chart["digest"]["gitTree"] == git.tree(due.decided_at, "charts/lana-bank")
    assert image == {"name": "gcr.io/galoyorg/lana-bank", "digest": {"sha256": DIGEST[7:]}}
    assert predicate["resourceUri"] == f"{REPOSITORY}#production"
    assert predicate["policy"]["uri"].endswith(f"/blob/{charted.tip}/cepler/app.yml")
    inputs = {each["name"]: each["digest"]["gitCommit"] for each in predicate["inputAttestations"]}
    assert inputs["cepler-gates"] == inputs["approval"] == charted.gates_tip
    assert inputs["record"] == git.text(
        "log", "-1", "--format=%H", charted.tip, "--", "cepler/.cepler/app/qa.state"
    )
    # The approval is not signed, and nothing was tested: neither is claimed.
    assert predicate["verifiedLevels"] == ["PROMOTER_GATE", "PROMOTER_PASSED_QA"]
    assert "secret" not in json.dumps(found)


def test_its_levels_are_those_of_the_rules(controlled: Controlled) -> None:
    def predicate(*people: str, vote: Vote = "approve") -> dict[str, Any]:
        for name in people:
            controlled.vote(name, vote)
        now = controlled.site.fetched()
        document = statement(now, cleared(now, "production"), "2026-11-26T12:00:00+00:00")
        found: dict[str, Any] = json.loads(document)["predicate"]
        return found

    overridden = predicate("dee", vote="override")
    assert overridden["verifiedLevels"] == [
        "PROMOTER_GATE",
        "PROMOTER_OVERRIDE",
        "PROMOTER_PASSED_QA",
    ]
    approved = predicate("bob", "cy")
    assert "PROMOTER_APPROVALS_2_OF_2" in approved["verifiedLevels"]
    assert "PROMOTER_OVERRIDE" not in approved["verifiedLevels"]
    given = [each for each in approved["inputAttestations"] if each["name"] == "approval"]
    assert len(given) == 2
    git, tip = controlled.site.git, controlled.site.fetched().tip
    rules = git.file(tip, "cepler/app.rules.yml") or b""
    assert approved["policy"]["uri"].endswith("/cepler/app.rules.yml")
    assert approved["policy"]["digest"] == {"sha256": hashlib.sha256(rules).hexdigest()}


def test_it_is_kept_with_the_record_which_stays_one(charted: Site, cosign: Cosign) -> None:
    due, start = cleared(charted, "production"), charted.tip
    evidence = Evidence("app", "production", "deploy", "deployed", due.trigger)
    path = summary_path(evidence)
    commit = record(charted, due, evidence, {path: b"{}\n"})
    changed = charted.git.lines("diff-tree", "-r", "--name-only", "--no-commit-id", commit)
    assert set(changed) == {"cepler/.cepler/app/production.state", evidence.path, path}
    before, after = (read_snapshot(charted.git, each) for each in (start, commit))
    assert list(check_edited_states(GateChange(charted.git, before, after))) == []


def test_without_a_record_of_ours_it_is_pushed_alone(charted: Site) -> None:
    commit = keep(charted, "verification summary of production", {"cepler/evidence/x": b"1"})
    assert charted.fetched().tip == commit


def test_a_key_that_cannot_sign_is_an_error(cosign: Cosign, tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="attest-blob the statement: no key"):
        Cosign(cosign.program).sign_statement("{}")
