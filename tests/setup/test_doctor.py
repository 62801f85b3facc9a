"""``promoter doctor``: every row on a real repository; GitHub is a server that answers like it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promoter.forge.local import LocalForge
from promoter.gate.state import DeployState, EnvironmentState
from promoter.gate.state_file import write_state
from promoter.git import Git
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.programs.provider_lock import lock_path
from promoter.setup.doctor import CHECKS as REPOSITORY
from promoter.setup.doctor import MACHINE, Surroundings, examine
from promoter.setup.doctor.capacity import LEAST, LEAST_IN_PRODUCTION, ClusterSize
from promoter.setup.doctor.check import CheckResult, CheckState, ExaminedEnvironment
from promoter.setup.doctor.cluster import examine_cluster
from promoter.setup.init import plan_init
from promoter.setup.keys import key_in
from promoter.site.site import Site
from promoter.site.status import VALUES
from promoter.toolchain import Toolchain
from promoter.toolchain.versions import Version
from tests.command_line import promoter
from tests.forge import github_server
from tests.programs.test_cloud import served
from tests.setup.repository import CONFIG, public_key, push, served_read_only

ROOT = Path(__file__).parents[2]
CHECKS = {**MACHINE, **REPOSITORY}
OK, PROBLEM, UNKNOWN = CheckState.OK, CheckState.PROBLEM, CheckState.UNKNOWN
ZEROS = "00000000-0000-0000-0000-000000000000"
PIPELINE = b"key: ((github.key))\ngcp: ((gcp-one.kubeconfig))\nother: ((gcp-two.kubeconfig))\n"
CLOUD = b"""\
deployment: bank
environments:
  gcp-one: {latest: [shared/*]}
  azure-two: {latest: [shared/*]}
"""
CLOUD_FILES = {
    "cepler/bank.yml": CLOUD,
    "stacks/gcp/one/shared.yml": b"state: {bucket: one-state}\n",
    "stacks/azure/two/shared.yml": f"ids: [{{tenant: {ZEROS}}}]\n".encode()
    + b"state: {storage_account: twostate}\n",
    "ci/deployments/rendered/pipeline.yml": PIPELINE,
}


def rows(git: Git, check: str, *names: str, **more: Any) -> dict[str, CheckResult]:
    """Return the rows of one check by their subject."""
    site, toolchain = Site.of(git.dir), Toolchain(ROOT)
    found = examine(Surroundings(git, site, toolchain, names, **more), {check: CHECKS[check]})
    return {each.check: each for each in found}


def test_a_fresh_repository_lacks_gates_and_keys_and_says_what_adds_them(clone: Git) -> None:
    gates = rows(clone, "gates")["gates of app"]
    assert (gates.state, gates.remedy) == (PROBLEM, "promoter init")
    keys = rows(clone, "keys")
    assert {each.state for each in keys.values()} == {PROBLEM}
    assert keys["testers"].remedy.startswith("promoter init --tester")


def test_after_init_they_are_there(clone: Git, tmp_path: Path) -> None:
    plan_init(Site.of(clone.dir), [key_in(public_key(tmp_path / "tester", "ci@bank"))]).push()
    assert rows(clone, "gates")["gates of app"].detail.endswith(
        "held at a commit: local-production"
    )
    assert [each.state for each in rows(clone, "keys").values()] == [OK, OK, OK]


def test_a_gate_that_names_no_commit_is_a_problem(clone: Git) -> None:
    gates = f"local-staging: HEAD\nlocal-production: {'1' * 40}\n".encode()
    commit = clone.commit_files(None, {"app.yml": gates}, "chore: gates")
    clone.push("origin", commit, "refs/heads/cepler-gates", expect=None)
    assert "Gate commit doesn't exist" in rows(clone, "gates")["gates of app"].detail


def test_a_production_whose_gate_is_head_is_a_problem(clone: Git) -> None:
    push(clone, {"stacks/local/production/shared.yml": b"stage: production\n"})
    for gate, states in ((b"HEAD", [PROBLEM]), (clone.text("rev-parse", "HEAD").encode(), [])):
        gates = b"local-staging: HEAD\nlocal-production: " + gate + b"\n"
        before = clone.remote_ref("origin", "refs/heads/cepler-gates")
        commit = clone.commit_files(before, {"app.yml": gates}, "chore: gates")
        clone.push("origin", commit, "refs/heads/cepler-gates", expect=before)
        found = rows(clone, "productions")
        assert [each.state for each in found.values()] == states
        if found:
            remedy = found["gate of local-production"].remedy
            assert remedy == "replace HEAD with a commit in app.yml on cepler-gates"


def test_ids_of_zeros_are_named_by_file_and_key(clone: Git) -> None:
    push(clone, CLOUD_FILES)
    found = rows(clone, "settings")
    assert found["settings of azure-two"].detail == "placeholders: shared.yml: ids[0].tenant"
    assert found["settings"].detail.startswith("no placeholder in local-staging")
    assert PROBLEM not in {each.state for each in rows(clone, "settings", "app").values()}


def test_addresses_of_documentation_are_placeholders(clone: Git) -> None:
    trusted = b"trusted_cidrs: [10.0.0.0/8, 203.0.113.7/32]\n"
    push(clone, {**CLOUD_FILES, "stacks/gcp/one/foundation.yml": trusted})
    found = rows(clone, "settings", "gcp-one")["settings of gcp-one"]
    assert found.detail == "placeholders: foundation.yml: trusted_cidrs[1]"


def test_variables_that_the_pipeline_names_are_listed_by_environment(clone: Git) -> None:
    push(clone, CLOUD_FILES)
    found = rows(clone, "variables", "gcp-one")
    assert found["variables of gcp-one"].detail.endswith("it needs kubeconfig")
    assert "github.key" in found["variables of every job"].detail
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert rows(clone, "variables", "app") == {}


def test_a_platform_without_a_lock_is_named(clone: Git) -> None:
    push(clone, CLOUD_FILES)
    found = rows(clone, "providers")
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert found["providers of gcp"].remedy.startswith("promoter providers lock gcp, and commit")
    push(clone, {lock_path("gcp"): b"# locked\n"})
    assert rows(clone, "providers")["providers of gcp"].state is OK


def test_an_account_is_not_read_without_credentials(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (
        b"deployment: foundation\nenvironments:\n  gcp-one-foundation:\n    latest: [shared/*]\n"
    )
    push(clone, {**CLOUD_FILES, "cepler/foundation.yml": config})
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    found = rows(clone, "accounts")
    assert found["account of gcp-one"].state is UNKNOWN
    assert "there are no credentials of gcp here" in found["account of gcp-one"].detail
    assert set(found) == {"account of gcp-one"}


def test_a_production_takes_no_release_without_a_recent_backup(clone: Git) -> None:
    shared, release = "stacks/gcp/one/shared.yml", "stacks/gcp/one/lana-bank.yml"
    server = b"postgres: {server: {tier: db-custom-2-7680}}\n"
    push(clone, {**CLOUD_FILES, shared: b"stage: production\n", release: server})
    assert rows(clone, "backups") == {}
    state = write_state(EnvironmentState(1, DeployState("1" * 40)))
    push(clone, {"cepler/.cepler/bank/gcp-one.state": state})
    found = rows(clone, "backups")
    assert found["backups of gcp-one"].state is PROBLEM
    assert found["backups of gcp-one"].remedy.endswith(f"backup_younger_than_hours in {release}")
    push(clone, {release: server.replace(b"{server", b"{backup_younger_than_hours: 24, server")})
    assert rows(clone, "backups")["backups of gcp-one"].state is OK
    push(clone, {shared: b"stage: qa\n", release: server})
    assert rows(clone, "backups") == {}


def test_a_state_in_a_cloud_is_unknown_and_one_here_is_written(clone: Git) -> None:
    push(clone, CLOUD_FILES)
    found = rows(clone, "state")
    assert found["state of local-staging, local-production"].state is OK
    assert found["state of gcp-one"].remedy == "gcloud storage ls gs://one-state"
    assert "twostate was not probed" in found["state of azure-two"].detail
    assert {found[f"state of {name}"].state for name in ("gcp-one", "azure-two")} == {UNKNOWN}
    (clone.dir / ".local").write_text("a file where a folder has to be")
    assert rows(clone, "state")["state of local-staging, local-production"].state is PROBLEM


def test_credentials_are_found_or_named(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(clone, CLOUD_FILES)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "ARM_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    found = rows(clone, "credentials")
    assert {name: each.state for name, each in found.items()} == {
        "credentials of azure": PROBLEM,
        "credentials of gcp": PROBLEM,
    }
    monkeypatch.setenv("GOOGLE_CREDENTIALS", "{}")
    assert rows(clone, "credentials", "gcp-one")["credentials of gcp"].state is UNKNOWN


def test_a_platform_that_is_not_up_is_one_problem(clone: Git) -> None:
    found = rows(clone, "cluster")["cluster of local-staging, local-production"]
    assert (found.state, found.remedy) == (PROBLEM, "promoter platform up")


def test_a_remote_that_refuses_pushes_is_a_problem(clone: Git, tmp_path: Path) -> None:
    assert rows(clone, "push")["push"].state is OK
    with served_read_only(tmp_path) as address:
        clone.text("remote", "set-url", "origin", f"{address}/origin.git")
        found = rows(clone, "push")["push"]
    assert found.state is PROBLEM
    assert "push to cepler-gates of origin: remote error: access denied" in found.detail


def test_programs_that_would_be_built_have_their_minutes(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(Path("/usr/bin/git"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    site = Site.of(clone.dir)
    empty = Toolchain(ROOT, cache=tmp_path / "cache")
    surroundings = Surroundings(clone, site, empty)
    (found,) = examine(surroundings, {"programs": CHECKS["programs"]})
    assert found.state is PROBLEM
    assert " min on " in found.detail
    assert "kube-apiserver" in found.detail
    assert "go is not on PATH" in found.detail
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_a_problem(clone: Git, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    surroundings = Surroundings(
        clone, Site.of(clone.dir), Toolchain(ROOT, cache=tmp_path / "file" / "promoter")
    )
    (found,) = examine(surroundings, {"cache": CHECKS["cache"]})
    assert found.state is PROBLEM
    assert "XDG_CACHE_HOME" in found.remedy


def test_a_check_that_hangs_is_unknown_and_hides_nothing(clone: Git) -> None:
    released = threading.Event()

    def hang(_: Surroundings) -> Iterator[CheckResult]:
        released.wait(30)
        yield CheckResult("slow", OK, "")

    started = time.monotonic()
    surroundings = Surroundings(clone, Site.of(clone.dir), Toolchain(ROOT))
    found = examine(surroundings, {"slow": hang, "keys": CHECKS["keys"]}, seconds=1)
    released.set()
    assert time.monotonic() - started < 10
    assert (found[0].state, found[0].detail) == (UNKNOWN, "it did not end within 1 s")
    assert [each.check for each in found] == ["slow", "signers", "deployers", "testers"]


@pytest.mark.slow
def test_a_cluster_and_a_registry_that_respond_are_ok(
    clone: Git, tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = platform.require()
    monkeypatch.setenv("PROMOTER_REGISTRY_MIRROR", f"gcr.io={running.registry}")
    (tmp_path / "layer.tar").write_bytes(b"\0" * 10240)
    pushed = subprocess.run(
        [
            platform.toolchain.program("crane"),
            *("append", "--oci-empty-base", f"--new_layer={tmp_path}/layer.tar"),
            f"--new_tag={running.registry}/doctor/app:1",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    digest = pushed.stdout.strip().partition("@")[2]
    push(clone, {**CLOUD_FILES, VALUES: values(digest)})
    site = Site.of(clone.dir)
    surroundings = Surroundings(
        clone, site, platform.toolchain, ("gcp-one", "app"), running.kubeconfig
    )
    found = examine(surroundings, {name: CHECKS[name] for name in ("cluster", "images")})
    by_name = {each.check: each for each in found}
    names = "local-staging, local-production, gcp-one"
    assert by_name[f"cluster of {names}"].state is OK, found
    assert "its nodes have 64 CPUs" in by_name[f"cluster of {names}"].detail
    assert by_name["images"].state is OK
    assert by_name["images of local"].state is UNKNOWN
    push(clone, {VALUES: values(f"sha256:{'1' * 64}")})
    missing = rows(clone, "images", "gcp-one")["images"]
    assert (missing.state, missing.detail) == (
        PROBLEM,
        f"missing: gcr.io/doctor/app@sha256:{'1' * 64}",
    )


@pytest.mark.slow
def test_what_a_release_needs_of_its_cluster_is_read(clone: Git, platform: Platform) -> None:
    """A PriorityClass that exists, one that does not, and settings without any."""
    running, release = platform.require(), "stacks/gcp/one/lana-bank.yml"
    settings = b"priority_class: system-cluster-critical\n"
    push(clone, {**CLOUD_FILES, release: settings})

    def found() -> dict[str, CheckResult]:
        site = Site.of(clone.dir)
        surroundings = Surroundings(
            clone, site, platform.toolchain, ("gcp-one",), running.kubeconfig
        )
        return {each.check: each for each in examine(surroundings, {"x": CHECKS["cluster"]})}

    rows = found()
    assert rows["Kubernetes of gcp-one"].state is OK
    assert rows["priority of gcp-one"].state is OK
    push(clone, {release: b"priority_class: lana-bank\n"})
    missing = found()["priority of gcp-one"]
    assert missing.state is PROBLEM
    assert missing.remedy == "kubectl create priorityclass lana-bank --value 1000000"
    push(clone, {release: b"namespace: lana-bank\n"})
    assert "priority of gcp-one" not in found()


@pytest.mark.parametrize(
    ("version", "users", "state", "remedy"),
    [
        ("v1.29.9", True, PROBLEM, "upgrade the cluster"),
        ("v1.32.4-gke.100", True, PROBLEM, "upgrade the cluster, or set user_namespaces: false"),
        ("v1.32.4-gke.100", False, OK, ""),
        ("v1.29.9", False, PROBLEM, "upgrade the cluster"),
        ("v1.33.0", True, OK, ""),
        ("v1.36.9", True, OK, ""),
        ("v1.37.0", True, UNKNOWN, "try the release in staging first"),
    ],
)
def test_a_cluster_has_a_version_that_the_chart_needs(
    clone: Git, tmp_path: Path, version: str, users: bool, state: CheckState, remedy: str
) -> None:
    settings = f"user_namespaces: {str(users).lower()}\n".encode()
    push(clone, {**CLOUD_FILES, "stacks/gcp/one/lana-bank.yml": settings})
    environment = ExaminedEnvironment("bank", "gcp-one", Site.of(clone.dir))

    def answer(path: str, headers: Any, body: str) -> tuple[int, Any]:
        known = path.partition("?")[0] == "/version"
        return (200, {"gitVersion": version}) if known else (404, {})

    with served(answer) as server:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(json.dumps(kubeconfig_of(server)))
        kubectl = Kubectl(Toolchain(ROOT).program("kubectl"), kubeconfig)
        (row,) = examine_cluster(kubectl, [environment], Version(1, 36, 3))
    assert (row.state, row.remedy) == (state, remedy)


def kubeconfig_of(server: str) -> dict[str, Any]:
    context = {"name": "only", "context": {"cluster": "only", "user": "only"}}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "only",
        "contexts": [context],
        "clusters": [{"name": "only", "cluster": {"server": server}}],
        "users": [{"name": "only", "user": {}}],
    }


@pytest.mark.parametrize(
    ("cpu", "memory", "disk", "enough"),
    [
        ("3920m", "16Gi", "200Gi", (False, False)),
        ("4", "8Gi", "51200Mi", (True, False)),
        ("8", "16000000Ki", "100G", (True, True)),
        ("16", "32Gi", "49G", (False, False)),
        ("16", "many", "500Gi", (False, False)),
    ],
)
def test_the_least_size_of_a_cluster_is_that_of_its_stage(
    cpu: str, memory: str, disk: str, enough: tuple[bool, bool]
) -> None:
    node = {"cpu": cpu, "memory": memory, "ephemeral-storage": disk}
    size = ClusterSize.of([{"status": {"allocatable": node}}, {"status": {}}])
    assert (not size.lacks(LEAST), not size.lacks(LEAST_IN_PRODUCTION)) == enough


def values(digest: str) -> bytes:
    metadata = f"METADATA:: repository=https://example.com/x.git;commit_ref={'a' * 40};app=app;"
    image = f'repository: gcr.io/doctor/app\n  digest: "{digest}" # {metadata}\n'
    return f"image:\n  {image}".encode()


def ruleset(name: str, **more: Any) -> dict[str, Any]:
    rules = [{"type": "deletion"}, {"type": "pull_request", "parameters": {"count": 1}}]
    return {"name": name, "target": "branch", "enforcement": "active", "rules": rules} | more


@pytest.fixture
def on_github(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Surroundings, github_server.Server]]:
    """The repository was fetched; now its remote is the one that the server serves."""
    jobs = {
        "test": {"env": {"A": "${{ secrets.DEPLOY_KEY }}", "B": "${{ vars.HOSTS }}"}},
        "merge": {"environment": "merging", "env": {"A": "${{ secrets.APP_KEY }}"}},
    }
    workflow = json.dumps({"jobs": jobs}).encode()
    files = {f".github/rulesets/{name}.json": ruleset(name) for name in ("main", "gates")}
    push(clone, {path: json.dumps(each).encode() for path, each in files.items()})
    push(clone, {".github/workflows/ci.yml": workflow})
    surroundings = Surroundings(clone, Site.of(clone.dir), Toolchain(ROOT))
    address = f"https://github.com/{github_server.NAME}.git"
    clone.text("remote", "set-url", "origin", address)
    with github_server.serving(LocalForge(Git(tmp_path / "origin.git"))) as (server, api):
        monkeypatch.setenv("GITHUB_API_URL", api)
        monkeypatch.setenv("GH_TOKEN", "a-token")
        yield surroundings, server


def test_rulesets_are_compared_with_the_committed_ones(
    on_github: tuple[Surroundings, github_server.Server],
) -> None:
    surroundings, server = on_github
    weaker = [{"type": "deletion"}, {"type": "pull_request", "parameters": {"count": 0}}]
    # GitHub adds fields of its own, and an administrator may add rules.
    stricter = [*ruleset("main")["rules"], {"type": "required_signatures"}]
    server.rulesets = [
        ruleset("main", id=1, source="a/b", rules=stricter),
        ruleset("gates", id=2, rules=weaker, enforcement="disabled"),
    ]
    found = examine(surroundings, {"rulesets": CHECKS["rulesets"]})
    by_name = {each.check: each for each in found}
    assert by_name["ruleset main"].state is OK
    assert by_name["ruleset gates"].state is PROBLEM
    assert by_name["ruleset gates"].detail.endswith("enforcement, rules (pull_request)")
    server.rulesets = []
    found = examine(surroundings, {"rulesets": CHECKS["rulesets"]})
    assert [each.state for each in found] == [PROBLEM, PROBLEM]
    assert "is not active on the forge" in found[0].detail


def test_a_required_check_that_no_committed_ruleset_has_is_a_problem(
    on_github: tuple[Surroundings, github_server.Server],
) -> None:
    surroundings, server = on_github
    checks = {"required_status_checks": [{"context": "renamed"}]}
    by_hand = ruleset(
        "by hand",
        id=3,
        rules=[{"type": "required_status_checks", "parameters": checks}],
        conditions={"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
    )
    server.rulesets = [ruleset("main", id=1), ruleset("gates", id=2), by_hand]
    *committed, found = examine(surroundings, {"rulesets": CHECKS["rulesets"]})
    assert [each.state for each in committed] == [OK, OK]
    assert (found.check, found.state) == ("required check renamed", PROBLEM)
    assert "waits for it for ever" in found.remedy


@pytest.mark.slow
def test_secrets_that_workflows_name_are_looked_up(
    on_github: tuple[Surroundings, github_server.Server],
) -> None:
    surroundings, server = on_github
    server.workflow_settings["secrets"] = ["DEPLOY_KEY"]
    server.environments = {"merging": {"variables": ["HOSTS"]}, "other": {"secrets": ["APP_KEY"]}}
    (found,) = examine(surroundings, {"workflows": CHECKS["workflows"]})
    assert (found.state, found.detail) == (
        PROBLEM,
        "not set: secrets.APP_KEY in environment merging, vars.HOSTS in the repository",
    )
    server.workflow_settings["variables"] = ["HOSTS"]
    server.environments["merging"]["secrets"] = ["APP_KEY"]
    (found,) = examine(surroundings, {"workflows": CHECKS["workflows"]})
    assert found.state is OK
    refused = github_server.Response(403, {"message": "Resource not accessible"})
    server.fail("GET .*/actions/secrets", refused)
    (found,) = examine(surroundings, {"workflows": CHECKS["workflows"]})
    assert found.state is UNKNOWN
    assert "vars.HOSTS" in found.detail


def test_without_a_token_they_are_unknown(
    on_github: tuple[Surroundings, github_server.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    names = ("rulesets", "workflows")
    found = examine(on_github[0], {name: CHECKS[name] for name in names})
    assert [each.state for each in found] == [UNKNOWN, UNKNOWN]
    assert found[0].remedy == "set GH_TOKEN or GITHUB_TOKEN, or GH_APP_ID and GH_APP_KEY"


def test_the_command_exits_1_where_something_blocks(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.dir)
    done = promoter("doctor", "app", "--json")
    assert done.code == 1
    states = {row["check"]: row["state"] for row in json.loads(done.stdout)["checks"]}
    assert states["gates of app"] == "problem"
    assert states["signing"] == "ok"
    shown = promoter("doctor", "app").stdout
    assert max(map(len, shown.splitlines())) <= 100
    assert promoter("doctor", "nowhere").code == 64


def test_a_remote_that_cannot_be_read_is_a_row(clone: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone.dir)
    clone.text("remote", "remove", "origin")
    done = promoter("doctor", "--json")
    assert done.code == 1
    found = {row["check"]: row["state"] for row in json.loads(done.stdout)["checks"]}
    assert found["repository"] == "problem"
    assert found["cache"] == "ok"


def test_local_environments_are_examined_though_origin_cannot_be_read(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(clone, {"cepler/local.yml": CONFIG.replace(b": app", b": local")})
    monkeypatch.chdir(clone.dir)
    clone.text("remote", "remove", "origin")
    done = promoter("doctor", "--json")
    found = {row["check"]: row["state"] for row in json.loads(done.stdout)["checks"]}
    assert found["remote origin"] == "problem"
    assert found["gates of local"] == "ok"
    assert "signers" not in found
