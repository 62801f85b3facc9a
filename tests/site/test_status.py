"""`status`: state files and clusters queried concurrently; a cluster may not respond."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError, UsageError
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.site.status import Clusters, statuses
from promoter.toolchain import Toolchain
from tests.command_line import promoter
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]

DIGEST = f"sha256:{'1' * 64}"
POD = {"metadata": {}, "spec": {"containers": [{"image": f"gcr.io/bank/server@{DIGEST}"}]}}
# Each cluster answers only once both have been queried.
KUBECTL = f"""#!/bin/sh
touch "$KUBECONFIG.queried"
for _ in $(seq 100); do
  [ $(ls "$(dirname "$KUBECONFIG")"/*.queried | wc -l) -ge 2 ] && break
  sleep 0.1
done
[ $(ls "$(dirname "$KUBECONFIG")"/*.queried | wc -l) -ge 2 ] || exit 1
grep -q down "$KUBECONFIG" && {{ echo 'Unable to connect to the server: EOF' >&2; exit 1; }}
echo '{json.dumps({"items": [POD]})}'
"""
HELM = """#!/bin/sh
echo "[{\\"revision\\": $(cat "$KUBECONFIG"), \\"status\\": \\"deployed\\"}]"
"""


@pytest.fixture
def both(site: Site) -> Site:
    """Both environments are deployed."""
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    return deployed(site, "production")


@pytest.fixture
def clusters(both: Site, tmp_path: Path) -> Clusters:
    """A cluster for each environment; its kubeconfig has the revision of its release."""
    folder = tmp_path / "kubeconfigs"
    folder.mkdir()
    (folder / "qa.kubeconfig").write_text("3")
    (folder / "production.kubeconfig").write_text("2")
    for name, script in {"kubectl": KUBECTL, "helm": HELM}.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return Clusters(both.git.dir, folder, lambda names: {name: tmp_path / name for name in names})


def test_each_environment_is_read_from_its_own_cluster_at_the_same_time(
    both: Site, clusters: Clusters
) -> None:
    found = statuses(both, ["app"], clusters)
    assert [(each.name, each.helm_revision) for each in found] == [("qa", 3), ("production", 2)]
    assert {each.digests["server"] for each in found} == {DIGEST}
    assert [each.problem for each in found] == ["", ""]


def test_a_cluster_that_cannot_be_reached_is_a_row_with_its_reason(
    both: Site, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clusters.kubeconfig
    assert folder is not None
    (folder / "production.kubeconfig").write_text("down")
    monkeypatch.chdir(both.git.dir)
    monkeypatch.setattr(Toolchain, "programs", lambda self, names: clusters.programs(names))
    command = ["status", "app", f"--kubeconfig={folder}"]
    done = promoter(*command, "--json")
    assert done.code == 1
    qa, production = json.loads(done.stdout)["environments"]
    assert (qa["helm_revision"], qa["problem"]) == (3, "")
    assert (production["status"], production["version"]) == ("deployed", 1)
    assert production["problem"].endswith("Unable to connect to the server: EOF")
    shown = promoter(*command).stdout
    assert "production: kubectl get pods in default: Unable to connect" in shown


def test_an_environment_without_a_kubeconfig_in_the_folder_is_named(
    both: Site, clusters: Clusters
) -> None:
    folder = clusters.kubeconfig
    assert folder is not None
    (folder / "qa.kubeconfig").unlink()
    (folder / "qa.queried").touch()
    found = {each.name: each.problem for each in statuses(both, ["app"], clusters)}
    assert "qa.kubeconfig: no such file" in found["qa"]
    assert found["production"] == ""


def test_no_program_is_needed_where_nothing_is_deployed(site: Site) -> None:
    def build(names: Iterable[str]) -> dict[str, Path]:
        raise AssertionError(names)

    found = statuses(site, ["app"], Clusters(site.git.dir, None, build))
    assert [(each.status, each.problem) for each in found] == [("never deployed", "")] * 2


def test_without_clusters_only_the_records_are_read(both: Site) -> None:
    assert [each.version for each in statuses(both, ["app"], None)] == [1, 1]


def test_an_unknown_deployment_is_wrong_usage(site: Site) -> None:
    with pytest.raises(UsageError, match="find other: no such deployment or environment"):
        statuses(site, ["other"], None)


def test_without_fetching_the_remote_is_as_it_was_fetched_last(site: Site) -> None:
    read = Site.of(site.git.dir, fetch=False)
    assert (read.tip, read.gates_tip) == (site.tip, site.gates_tip)
    pull(site)
    other = site.git.commit_files(site.tip, {"shared/a": b"2"}, "feat: change")
    site.git.text("push", "-q", str(site.git.text("remote", "get-url", "origin")), f"{other}:main")
    assert Site.of(site.git.dir, fetch=False).tip == site.tip
    assert Site.of(site.git.dir).tip == other


def test_a_remote_that_was_never_fetched_says_so(site: Site) -> None:
    with pytest.raises(PromoterError, match="has never been fetched"):
        Site.of(site.git.dir, branch="other", fetch=False)


def test_a_change_is_due_first_and_held_back_after(both: Site) -> None:
    pull(both)
    push(both.git, {"shared/a": b"2"})
    found = statuses(both.fetched(), ["app"], None)
    assert [each.status for each in found] == ["due", "blocked"]
    assert "not passed by 'qa'" in found[1].why
