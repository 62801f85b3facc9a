"""The Terraform modules of a bump: what breaks their callers, what policies refuse."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, NotCleared, ProgramMissing, PromoterError
from promoter.common.text import redact
from promoter.programs.registry import Registry
from promoter.release.automerge import AutoMerge, automerge
from promoter.release.bump_review import review_modules
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.promotion import promote
from promoter.release.publication import release
from promoter.release.terraform_modules import module_changes, tofu_validation
from promoter.release.waivers import WAIVERS, ChartWaiver

from .conftest import commit_all, new_repository
from .sandbox import Sandbox, open_sandbox, quick_release_yml

OLD = b"""\
terraform {
  required_providers {
    honeycombio = { source = "honeycombio/honeycombio", version = "~> 0.51" }
  }
}
variable "dataset" { type = string }
variable "owners" { default = [] }
variable "name" { type = list(string) }
output "id" { value = "x" }
"""
NEW = b"""\
terraform {
  required_providers {
    honeycombio = { source = "honeycombio/honeycombio", version = "~> 0.42.0" }
  }
}
variable "owners" {}
variable "name" { type = string }
variable "honeycomb_dataset" { type = string }
variable "prefix" { default = "x" }
"""
KEY = b"""\
variable "force" { default = false }
resource "google_service_account_key" "bq" { service_account_id = "x" }
resource "google_storage_bucket" "docs" {
  name          = "x"
  force_destroy = var.force
}
resource "google_project_iam_member" "admin" { role = "roles/storage.admin" }
resource "google_bigquery_dataset" "one" { delete_contents_on_destroy = false }
"""


def changes(old: dict[str, bytes], new: dict[str, bytes], *waivers: ChartWaiver) -> list[str]:
    before = {f"m/{name}": content for name, content in old.items()}
    after = {f"m/{name}": content for name, content in new.items()}
    return module_changes(before, after, waivers, lambda _: "").objections()


def test_what_callers_of_the_present_module_would_meet_is_listed() -> None:
    assert changes({"main.tf": OLD}, {"main.tf": NEW}) == [
        "tf/m requires the new variable honeycomb_dataset"
        " [rule required, address honeycomb_dataset]",
        "tf/m has the type string in variable name instead of list(string)"
        " [rule type, address name]",
        "tf/m requires the variable owners, which had a default [rule required, address owners]",
        "tf/m no longer has the variable dataset [rule gone, address dataset]",
        "tf/m no longer has the output id [rule gone, address id]",
        "tf/m requires provider honeycombio honeycombio/honeycombio ~> 0.42.0"
        " instead of honeycombio/honeycombio ~> 0.51 [rule provider, address honeycombio]",
    ]
    assert changes({"main.tf": OLD}, {"main.tf": OLD}) == []
    # Split into two files: the same module for its callers.
    head, tail = OLD.split(b"variable", 1)
    assert changes({"main.tf": OLD}, {"main.tf": head, "v.tf": b"variable" + tail}) == []
    with pytest.raises(InvalidFile, match=r"tf/m/main.tf: is not HCL"):
        changes({"main.tf": OLD}, {"main.tf": b"variable {"})


def test_a_removed_module_may_still_be_called() -> None:
    found = module_changes({"m/main.tf": OLD}, {"m/main.tf": None}, (), lambda _: "")
    assert found.objections() == ["tf/m is removed [rule removed, address tf/m]"]
    assert "- tf/m is removed [rule removed, address tf/m]\n" in found.report()


def test_a_new_module_is_not_called_validated() -> None:
    new = {"a/main.tf": OLD, "b/main.tf": NEW}
    found = module_changes({"a/main.tf": b""}, new, (), lambda _: "")
    assert "- tf/b is new, so no stack calls it; it is not validated\n" in found.report()
    valid = module_changes({"b/main.tf": NEW + b"#"}, {"b/main.tf": NEW}, (), lambda _: "")
    assert "- tf/b is validated by OpenTofu\n" in valid.report()


def test_a_module_is_validated_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tofu = tmp_path / "tofu"
    tofu.write_text('#!/bin/sh\n[ -z "$GOOGLE_CREDENTIALS$ARM_CLIENT_SECRET$KUBECONFIG" ]\n')
    tofu.chmod(0o755)
    for name in ("GOOGLE_CREDENTIALS", "ARM_CLIENT_SECRET", "KUBECONFIG"):
        monkeypatch.setenv(name, "x")
    assert tofu_validation(lambda: tofu)({"main.tf": OLD}) == ""


def test_what_policies_refuse_needs_a_waiver_that_has_not_expired() -> None:
    found = sorted(changes({}, {"main.tf": KEY}))
    assert [redact(each) for each in found] == found  # a waiver is written from what is shown
    assert found == [
        "tf/m has force_destroy in google_storage_bucket.docs, which needs a waiver"
        " [rule force_destroy, address google_storage_bucket.docs]",
        "tf/m has google_service_account_key in google_service_account_key.bq,"
        " which needs a waiver"
        " [rule google_service_account_key, address google_service_account_key.bq]",
        "tf/m has roles/storage.admin in google_project_iam_member.admin, which needs a waiver"
        " [rule roles/storage.admin, address google_project_iam_member.admin]",
    ]
    today = datetime.datetime.now(datetime.UTC).date()
    waiver = ChartWaiver(
        place="tf/m",
        address="google_service_account_key.bq",
        rule="google_service_account_key",
        owner="data team",
        reason="Holistics has no federation",
        expires=today,
    )
    assert len(changes({}, {"main.tf": KEY}, waiver)) == 2
    expired = waiver.model_copy(update={"expires": today - datetime.timedelta(days=1)})
    other = waiver.model_copy(update={"address": "google_service_account_key.x"})
    assert len(changes({}, {"main.tf": KEY}, expired, other)) == 3


def test_without_its_providers_a_module_is_not_validated(tmp_path: Path) -> None:
    tofu = tmp_path / "tofu"
    tofu.write_text("#!/bin/sh\necho 'Error: no registry' >&2\nexit 1\n")
    tofu.chmod(0o755)
    assert "providers are not available here" in tofu_validation(lambda: tofu)({"main.tf": OLD})

    def missing() -> Path:
        raise ProgramMissing("find tofu: it is not on PATH")

    assert "it is not on PATH" in tofu_validation(missing)({"main.tf": OLD})


def test_a_module_that_is_invalid_is_an_error(tmp_path: Path) -> None:
    tofu = tmp_path / "tofu"
    tofu.write_text('#!/bin/sh\n[ "$1" = init ] || { echo "Error: no such argument"; exit 1; }\n')
    tofu.chmod(0o755)
    with pytest.raises(PromoterError, match="no such argument"):
        tofu_validation(lambda: tofu)({"main.tf": OLD})
    tofu.write_text("#!/bin/sh\n")
    assert tofu_validation(lambda: tofu)({"main.tf": OLD}) == ""


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    made = open_sandbox(tmp_path / "sandbox", registry, quick_release_yml())
    create_candidate(made.application)
    made.merge(promote(made.application))
    release(made.application)
    return made


def test_a_bump_that_breaks_stacks_says_so_and_needs_a_review(sandbox: Sandbox) -> None:
    old = {"charts/lana-bank/tf/honeycomb/main.tf": OLD.replace(b"dataset", b"name")}
    sandbox.commit_chart("feat: modules", old)

    pull = bump_chart(sandbox.application, sandbox.charts)

    assert "Changed: tf/bq-setup, tf/honeycomb" in pull.body
    assert (
        "- tf/honeycomb requires the new variable dataset [rule required, address dataset]\n"
        in pull.body
    )
    assert "- tf/honeycomb is not validated: no OpenTofu was named\n" in pull.body
    rule = AutoMerge(source=str(sandbox.git.dir), wait=0)
    with pytest.raises(NotCleared, match="tf/honeycomb requires the new variable dataset"):
        automerge(sandbox.charts, pull.number, rule)


def test_the_charts_own_check_refuses_what_nobody_waived(tmp_path: Path) -> None:
    charts = new_repository(tmp_path / "charts")
    module = charts.dir / "charts/lana-bank/tf/m/main.tf"
    module.parent.mkdir(parents=True)
    module.write_bytes(OLD)
    base = commit_all(charts, "feat: a chart")
    module.write_bytes(OLD + KEY)
    (charts.dir / "README.md").write_text("x")
    commit_all(charts, "feat: a key")

    def found() -> list[str]:
        changes = review_modules(charts, base, "charts/lana-bank", lambda _: "no registry")
        assert changes.objections()[-1] == "tf/m is not validated: no registry"
        return [str(each) for each in changes.findings()]

    assert [line.partition(" in ")[0] for line in found()] == [
        "tf/m has google_service_account_key",
        "tf/m has force_destroy",
        "tf/m has roles/storage.admin",
    ]
    waiver = "- {place: tf/m, address: %s, rule: %s, owner: a, reason: b, expires: 2999-01-01}\n"
    waived = waiver % ("google_storage_bucket.docs", "force_destroy")
    (charts.dir / "ci").mkdir()
    (charts.dir / WAIVERS).write_text(waived)
    commit_all(charts, "chore: accept it")
    assert len(found()) == 2
    # What main has changed meanwhile is not of this change.
    assert review_modules(charts, "HEAD", "charts/lana-bank", lambda _: "").changes == ()


def test_a_candidate_is_pinned_where_the_settings_allow_it(sandbox: Sandbox) -> None:
    sandbox.commit("fix: b")
    create_candidate(sandbox.application)
    with pytest.raises(PromoterError, match=r"pin 0\.1\.1-rc\.1: candidates are not pinned"):
        bump_chart(sandbox.application, sandbox.charts, "0.1.1-rc.1")
    text = (sandbox.git.file("main", "ci/release/release.yml") or b"").decode()
    allowed = text.replace("candidates: false", "candidates: true")
    allowed = allowed.replace("short_commit: false", "short_commit: true")
    sandbox.commit("ci: pin candidates", {"ci/release/release.yml": allowed.encode()})
    made = create_candidate(sandbox.application)

    pull = bump_chart(sandbox.application, sandbox.charts, str(made.version))

    git, head = sandbox.charts.git, pull.head_commit
    assert git.file(head, "charts/lana-bank/is-release") == b"false\n"
    values = git.file(head, "charts/lana-bank/values.yaml") or b""
    assert values.count(f"commit_ref={made.commit[:7]};".encode()) == 4
    assert (
        f"appVersion: {made.version}"
        in (git.file(head, "charts/lana-bank/Chart.yaml") or b"").decode()
    )
    rule = AutoMerge(source=str(sandbox.git.dir), wait=0)
    assert automerge(sandbox.charts, pull.number, rule).state == "merged"
