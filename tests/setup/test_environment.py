"""``promoter environment add`` on a clone of this repository's settings and cepler files."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from dev.mutants.production import become_production
from policies.__main__ import report
from promoter.common.errors import PromoterError, UsageError, YamlEditError
from promoter.git import Git
from promoter.lint.snapshot import parse_config
from promoter.setup.copies import Renaming, cepler_copy, settings_copy
from promoter.setup.environment import plan_environment
from promoter.setup.init import plan_gates, plan_init
from promoter.site.site import Site
from promoter.toolchain import Toolchain
from stacks.platforms.gcp.stack import account_id
from tests.command_line import promoter
from tests.setup.repository import CONFIG, STATE, push

ROOT = Path(__file__).parents[2]


def gates(whole_clone: Path) -> dict[str, str]:
    content = Site.of(whole_clone).git.file("refs/remotes/origin/cepler-gates", "lana-bank.yml")
    return dict(yaml.safe_load(content or b""))


@pytest.mark.slow
def test_a_copy_is_synthesized_gated_and_in_the_pipeline(whole_clone: Path) -> None:
    before = (whole_clone / "cepler/lana-bank.yml").read_text()
    done = promoter("environment", "add", "gcp-volcano-demo", "--like", "gcp-volcano-qa", "--yes")
    assert done.code == 0, done.stderr
    shared = (whole_clone / "stacks/gcp/volcano-demo/shared.yml").read_text()
    assert "# Private services access: the addresses of Cloud SQL." in shared
    assert "project: volcano-demo" in shared
    assert "stage: qa" in shared
    release = (whole_clone / "stacks/gcp/volcano-demo/lana-bank.yml").read_text()
    assert "lana_domain: demo.lana.galoy.io" in release
    assert gates(whole_clone)["gcp-volcano-demo"] == "HEAD"
    after = (whole_clone / "cepler/lana-bank.yml").read_text()
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    entry = parse_config(after.encode(), "cepler/lana-bank.yml").environments["gcp-volcano-demo"]
    assert entry.passed == "gcp-galoy-staging"
    folder = "stacks/gcp/volcano-demo"
    assert entry.latest == (f"{folder}/lana-bank.yml", f"{folder}/shared.yml")
    foundation = parse_config(
        (whole_clone / "cepler/foundation.yml").read_bytes(), "foundation.yml"
    )
    entry = foundation.environments["gcp-volcano-demo-foundation"]
    assert entry.passed == "gcp-galoy-staging-foundation"
    assert entry.latest == (f"{folder}/foundation.yml", f"{folder}/shared.yml")
    assert (whole_clone / folder / "foundation.yml").is_file()
    held = Site.of(whole_clone).git.file("refs/remotes/origin/cepler-gates", "foundation.yml")
    assert yaml.safe_load(held or b"")["gcp-volcano-demo-foundation"] == "HEAD"
    assert (
        "- job: gcp-volcano-demo" in (whole_clone / "ci/deployments/environments.yml").read_text()
    )
    for expected in (
        "vault: gcp-volcano-demo-honeycomb-api-key, gcp-volcano-demo-oathkeeper-jwks",
        "Concourse's credential manager: gcp-volcano-demo.google_credentials",
        "then promoter deploy gcp-volcano-demo-foundation",
        "DNS: admin., app., auth. and dagster.demo.lana.galoy.io",
    ):
        assert expected in done.stdout
    files = {path: path.read_bytes() for path in whole_clone.rglob("*") if path.is_file()}
    again = promoter("environment", "add", "gcp-volcano-demo", "--like", "gcp-volcano-qa", "--yes")
    assert again.code == 64
    assert "it exists already" in again.stderr
    unchanged = {path: content for path, content in files.items() if ".git" not in path.parts}
    assert all(path.read_bytes() == content for path, content in unchanged.items())


@pytest.mark.slow
def test_lint_finds_nothing_in_the_copy(whole_clone: Path) -> None:
    for name, like in (
        ("azure-volcano-demo", "azure-volcano-staging"),
        ("local-demo", "local-qa"),
    ):
        done = promoter("environment", "add", name, "--like", like, "--yes")
        assert done.code == 0, done.stderr
    Git(whole_clone).text("add", "--all")
    Git(whole_clone).text("commit", "-q", "-m", "feat: environments")
    linted = promoter("lint", "azure-volcano-demo", "local-demo")
    assert (linted.code, linted.stdout) == (0, "no problems found in the gate\n")


def merged(git: Git) -> None:
    """Commit what `promoter environment add` and edits of settings changed, and push it."""
    assert {Path(file).suffix for file in git.changed()} == {".yml"}
    git.text("add", "--all")
    git.text("commit", "-q", "-m", "feat: environment")
    git.text("pull", "-q", "--rebase", "origin", "main")
    git.text("push", "-q", "origin", "main")


def follow_staging(file: Path, suffix: str) -> None:
    """Let production on Azure take what its staging has proved: an edit of a cepler file."""
    name, own = f"azure-bank-production{suffix}", "      - stacks/azure/bank-production/"
    before, heading, rest = file.read_text().partition(f"  {name}:\n    latest:\n")
    shared, _, last = rest.partition(own)
    assert heading
    passed = f"  {name}:\n    passed: azure-volcano-staging{suffix}\n    propagated:\n"
    file.write_text(f"{before}{passed}{shared}    latest:\n{own}{last}")


@pytest.mark.slow
def test_a_second_production_is_settings_and_what_is_printed(
    whole_clone: Path, tmp_path: Path
) -> None:
    """On both clouds; Azure's first one is staging's copy, with the settings of a production."""
    git, azure = Git(whole_clone), whole_clone / "stacks/azure"
    first = ("environment", "add", "azure-bank-production", "--like", "azure-volcano-staging")
    assert promoter(*first, "--yes").code == 0
    become_production(azure / "bank-production")
    for deployment, suffix in (("lana-bank", ""), ("foundation", "-foundation")):
        follow_staging(whole_clone / f"cepler/{deployment}.yml", suffix)
    merged(git)
    second = {
        "gcp-acme-production": "gcp-volcano-production",
        "azure-acme-production": "azure-bank-production",
    }
    for name, like in second.items():
        done = promoter("environment", "add", name, "--like", like, "--yes")
        assert done.code == 0, done.stderr
        assert f"promoter deploy {name}-foundation" in done.stdout
        assert f"vault: {name}-honeycomb-api-key" in done.stdout
        assert re.fullmatch("[0-9a-f]{40}", gates(whole_clone)[name])
    shared = azure / "acme-production/shared.yml"
    shared.write_text(shared.read_text().replace("1111-1111", "2222-2222"))
    merged(git)
    linted = promoter("lint", *second)
    assert (linted.code, linted.stdout) == (0, "no problems found in the gate\n")
    # What `make policy` does, but only with the productions.
    for other in ("local", "gcp/galoy-staging", "gcp/volcano-qa", "azure/volcano-staging"):
        shutil.rmtree(whole_clone / "stacks" / other)
    (tmp_path / "policies").mkdir()
    result = report(replace(Toolchain(ROOT), root=whole_clone), tmp_path / "policies")
    assert result.rejected == ()
    assert result.waived


def test_settings_that_the_app_refuses_leave_nothing(whole_clone: Path) -> None:
    name = f"azure-{'volcano' * 4}"
    done = promoter("environment", "add", name, "--like", "azure-volcano-staging", "--yes")
    assert done.code == 1
    assert f"add {name}: its settings are refused: " in done.stderr
    assert "key_vault" in done.stderr
    assert Git(whole_clone).changed() == []
    assert name not in gates(whole_clone)


def test_a_cache_that_cannot_be_written_leaves_nothing(
    whole_clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null/home")
    done = promoter("environment", "add", "local-demo", "--like", "local-qa", "--yes")
    assert done.code == 1
    assert "error: write to the cache /dev/null/home/.cache/promoter" in done.stderr
    assert Git(whole_clone).changed() == []


def test_declined_is_unchanged(whole_clone: Path) -> None:
    done = promoter("environment", "add", "local-demo", "--like", "local-qa", stdin="n\n")
    assert done.code != 0
    assert Git(whole_clone).changed() == []


@pytest.mark.parametrize(
    ("name", "like", "reason"),
    [
        ("gcp-volcano-qa", "gcp-galoy-staging", "it exists already, in a cepler file"),
        ("gcp-new", "gcp-nowhere", "copy environment gcp-nowhere: no cepler file has it"),
        ("azure-new", "gcp-volcano-qa", "gcp-volcano-qa is on platform gcp"),
        ("gcp-New", "gcp-volcano-qa", "not a valid name"),
        ("gcp-../x", "gcp-volcano-qa", "not a valid name"),
        (f"local-{'x' * 60}", "local-qa", "not a valid name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, like: str, reason: str) -> None:
    with pytest.raises(UsageError, match=re.escape(reason)):
        plan_environment(ROOT, name, like)


def test_a_folder_that_is_there_already_is_refused(whole_clone: Path) -> None:
    (whole_clone / "stacks/gcp/volcano-demo").mkdir()
    with pytest.raises(UsageError, match="it exists already, in stacks/gcp/volcano-demo"):
        plan_environment(whole_clone, "gcp-volcano-demo", "gcp-volcano-qa")


def test_no_two_environments_share_a_service_account() -> None:
    """An id has 30 characters at most; a long name is cut, and made another one again."""
    names = ("gcp-volcano-production", "gcp-volcano-production-a", "gcp-volcano-production-b")
    accounts = [account_id(name, suffix) for name in names for suffix in ("lana", "dagster")]
    assert len(set(accounts)) == len(accounts)
    assert max(map(len, accounts)) <= 30
    assert accounts[0] == "gcp-volcano-production-lana"


def test_a_copy_of_production_is_held_where_nothing_is_cleared(clone: Git) -> None:
    first = clone.commit("HEAD")
    push(clone, {STATE: b"recorded\n"})
    plan_init(Site.of(clone.dir)).push()
    site = Site.of(clone.dir)
    copies = {"app": ("local-production", "local-demo")}
    plan = plan_gates(site, copies, "production")
    assert f"local-demo: {first}\n" in plan.changes[0].files["app.yml"].decode()
    plan.push()
    again = plan_gates(site.fetched(), copies, "production")
    assert again.changes == ()


def test_without_gates_the_gate_is_left_to_init(clone: Git) -> None:
    with pytest.raises(PromoterError, match=r"read app\.yml on branch cepler-gates"):
        plan_gates(Site.of(clone.dir), {"app": ("local-staging", "local-demo")}, "staging")


def test_names_are_replaced_in_values_alone() -> None:
    text = "# volcano-qa is ours\nproject: volcano-qa  # qa\nstorage: volcanoqatf\nstage: qa\n"
    assert settings_copy(text, Renaming("gcp-volcano-qa", "gcp-acme-demo"), "x.yml") == (
        "# volcano-qa is ours\nproject: acme-demo  # qa\nstorage: acmedemotf\nstage: qa\n"
    )


@pytest.mark.parametrize(
    ("name", "like", "domain", "dataset"),
    [
        ("gcp-acme-demo", "gcp-volcano-qa", "demo.lana.galoy.io", "lana-bank-demo"),
        # The renamed ones would be those of production and of another staging.
        ("gcp-volcano-eu", "gcp-volcano-production", "volcano-eu.app.lana.galoy.io", ""),
        ("gcp-acme-staging", "gcp-volcano-qa", "acme-staging.qa.lana.galoy.io", ""),
    ],
)
def test_a_domain_is_never_that_of_another_environment(
    name: str, like: str, domain: str, dataset: str
) -> None:
    new = plan_environment(ROOT, name, like)
    folder = new.renaming.folders[1]
    release = yaml.safe_load(new.files[f"{folder}/lana-bank.yml"])
    shared = yaml.safe_load(new.files[f"{folder}/shared.yml"])
    assert (release["lana_domain"], shared["dns_zone"]) == (domain, domain)
    others = [yaml.safe_load(path.read_text()) for path in ROOT.glob("stacks/*/*/shared.yml")]
    assert shared["honeycomb_dataset"] not in {each.get("honeycomb_dataset") for each in others}
    assert dataset in shared["honeycomb_dataset"]


def test_an_entry_in_one_line_and_the_comments_around_it_stay() -> None:
    text = CONFIG.decode().replace("[shared/*]\n", "[shared/*, stacks/local/staging/*] # ours\n", 1)
    copy = cepler_copy(text, Renaming("local-staging", "local-demo"), "x.yml")
    assert copy.startswith(text[: text.index("  local-production")])
    assert "  local-demo:\n    latest: [shared/*, stacks/local/demo/*] # ours\n" in copy
    assert copy.endswith(text[text.index("  local-production") :])


def test_an_entry_without_lines_of_its_own_is_refused() -> None:
    text = "environments: {local-qa: {latest: [a/*]}, local-b: {latest: [b/*]}}\n"
    with pytest.raises(YamlEditError, match="cannot be copied alone"):
        cepler_copy(text, Renaming("local-qa", "local-demo"), "x.yml")
