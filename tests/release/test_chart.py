from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from promoter.common.errors import NotCleared, NothingNewer, RegistryError, YamlEditError
from promoter.common.yaml_edit import find, parse_path
from promoter.forge.forge import Conclusion, PullRequest, PullRequestState, Query, StatusCheck
from promoter.forge.local import LocalForge
from promoter.programs.registry import Registry
from promoter.release.application import BOT
from promoter.release.automerge import AutoMerge, automerge
from promoter.release.bot_commit import BOT_SIGNERS
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart, set_app_version
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild
from promoter.release.promotion import promote
from promoter.release.publication import read_release, release
from promoter.release.settings import parse_settings
from promoter.vendoring.pins import read_pins

from .conftest import APPLICATION, ROOT, serving
from .sandbox import CHART, DEV, VALUES, Sandbox, copy_sandbox, open_sandbox, quick_release_yml

FOLDER = "charts/lana-bank"


def cut(sandbox: Sandbox) -> VersionBuild:
    create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    return release(sandbox.application)


@pytest.fixture(scope="module")
def released_once(tmp_path_factory: pytest.TempPathFactory, crane: Path) -> Iterator[Sandbox]:
    """A sandbox with one release; nothing in the registry is changed by what comes after it."""
    with serving(crane) as address:
        registry = Registry(f"{address}/galoyorg", crane)
        made = open_sandbox(tmp_path_factory.mktemp("released"), registry, quick_release_yml())
        cut(made)
        yield made


@pytest.fixture
def sandbox(released_once: Sandbox, tmp_path: Path) -> Sandbox:
    return copy_sandbox(released_once, tmp_path)


def rule(sandbox: Sandbox) -> AutoMerge:
    return AutoMerge(source=str(sandbox.git.dir), wait=0)


def text(sandbox: Sandbox, commit: str, name: str) -> str:
    content = sandbox.charts.git.file(commit, f"{FOLDER}/{name}")
    assert content is not None
    return content.decode()


def test_pins_every_image_and_keeps_every_other_byte(sandbox: Sandbox) -> None:
    made = read_release(sandbox.application)

    pull = bump_chart(sandbox.application, sandbox.charts)

    values = text(sandbox, pull.head_commit, "values.yaml")
    expected = VALUES
    for image, old in zip(made.images, ['""', '""', '""', '"" # keep this'], strict=True):
        pinned = (
            f'"{image.digest}" # METADATA:: repository=https://github.com/GaloyMoney/lana-bank;'
            f"commit_ref={made.commit};app={image.name};"
        )
        kept = " # keep this" if "keep" in old else ""
        expected = expected.replace(f"digest: {old}\n", f"digest: {pinned}{kept}\n", 1)
    assert values == expected
    assert text(sandbox, pull.head_commit, "is-release") == "true\n"
    assert text(sandbox, pull.head_commit, "Chart.yaml") == (
        "apiVersion: v2\nname: lana-bank\nversion: 0.1.0 # ours\nappVersion: 0.1.0\n"
    )


def test_terraform_folders_are_those_of_the_released_commit(sandbox: Sandbox) -> None:
    sandbox.commit_chart("feat: old", {f"{FOLDER}/tf/gone/main.tf": b"old"})
    made = read_release(sandbox.application)
    pull = bump_chart(sandbox.application, sandbox.charts)
    tree = f"{pull.head_commit}:{FOLDER}/tf"
    assert sandbox.charts.git.lines("ls-tree", "-r", "--name-only", tree) == [
        "bq-setup/main.tf",
        "honeycomb/main.tf",
        "repo-ref",
    ]
    assert text(sandbox, pull.head_commit, "tf/repo-ref") == f"{made.commit}\n"
    assert text(sandbox, pull.head_commit, "tf/bq-setup/main.tf").encode() == sandbox.git.file(
        made.commit, "tf/bq-setup/main.tf"
    )


def test_the_pull_request_lists_the_changes_since_the_last_pins(sandbox: Sandbox) -> None:
    first = read_release(sandbox.application)
    opened = bump_chart(sandbox.application, sandbox.charts)
    assert opened.labels == {"galoybot", "lana-bank"}
    assert not opened.draft
    automerge(sandbox.charts, opened.number, rule(sandbox))
    sandbox.commit("fix(loans): round once")
    second = cut(sandbox)

    pull = bump_chart(sandbox.application, sandbox.charts)

    assert f"/compare/{first.commit}...{second.commit}" in pull.body
    assert re.search(r"### Bug Fixes\n\n- \*\(loans\)\* Round once", pull.body)
    assert "The application" not in pull.body
    assert {
        pin.commit_ref for pin in read_pins(text(sandbox, pull.head_commit, "values.yaml"))
    } == {second.commit}


def test_a_second_run_updates_the_pull_request_and_does_nothing_once_merged(
    sandbox: Sandbox,
) -> None:
    pull = bump_chart(sandbox.application, sandbox.charts)
    assert bump_chart(sandbox.application, sandbox.charts) == pull
    automerge(sandbox.charts, pull.number, rule(sandbox))
    with pytest.raises(NothingNewer, match=r"it pins 0\.1\.0 already"):
        bump_chart(sandbox.application, sandbox.charts)


def test_a_chart_that_moved_meanwhile_keeps_its_change(sandbox: Sandbox) -> None:
    first = bump_chart(sandbox.application, sandbox.charts)
    sandbox.commit_chart("feat: more", {f"{FOLDER}/README.md": b"hello"})
    second = bump_chart(sandbox.application, sandbox.charts)
    assert second.number == first.number
    automerge(sandbox.charts, second.number, rule(sandbox))
    assert text(sandbox, sandbox.charts.git.tip("origin", "main"), "README.md") == "hello"
    assert (
        len(read_pins(text(sandbox, sandbox.charts.git.tip("origin", "main"), "values.yaml"))) == 4
    )


def test_a_missing_image_is_refused(sandbox: Sandbox) -> None:
    empty = replace(
        sandbox.application.registry, address=f"{sandbox.application.registry.address}/x"
    )
    with pytest.raises(ReleaseError, match="image lana-bank is not in the registry"):
        bump_chart(replace(sandbox.application, registry=empty), sandbox.charts)
    down = replace(sandbox.application.registry, address="127.0.0.1:9/x")
    with pytest.raises(RegistryError):
        bump_chart(replace(sandbox.application, registry=down), sandbox.charts)
    assert sandbox.charts.forge.pull_requests(Query()) == ()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (VALUES.replace("dagster:", "other:"), "the key dagster is missing"),
        (VALUES.replace('    digest: ""\n  adm', "    digest: &d x\n  adm") + "more: *d\n", "&"),
        (VALUES.replace("gcr.io/galoyorg/lana-bank # ours", "gcr.io/x/other"), "it is for gcr"),
        ("lanaBank: [\n", "not YAML"),
    ],
)
def test_values_that_cannot_be_pinned_open_nothing(
    sandbox: Sandbox, broken: str, reason: str
) -> None:
    sandbox.commit_chart("fix: x", {f"{FOLDER}/values.yaml": broken.encode()})
    with pytest.raises(YamlEditError, match=reason):
        bump_chart(sandbox.application, sandbox.charts)
    assert sandbox.charts.forge.pull_requests(Query()) == ()
    assert sandbox.charts.git.remote_ref("origin", "refs/heads/bot-bump-lana-bank") is None


def test_crlf_line_ends_are_kept(sandbox: Sandbox) -> None:
    crlf = {
        f"{FOLDER}/values.yaml": VALUES.replace("\n", "\r\n").encode(),
        f"{FOLDER}/Chart.yaml": CHART.replace("\n", "\r\n").encode(),
    }
    sandbox.commit_chart("fix: x", crlf)
    pull = bump_chart(sandbox.application, sandbox.charts)
    for name in ("values.yaml", "Chart.yaml"):
        after = text(sandbox, pull.head_commit, name)
        assert after.count("\n") == after.count("\r\n")
    assert len(read_pins(text(sandbox, pull.head_commit, "values.yaml"))) == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version: 0.1.0\nappVersion: 0.1.0\n", "version: 0.1.0\nappVersion: 0.2.0\n"),
        ('appVersion: "1" # x\n', 'appVersion: "0.2.0" # x\n'),
        ("version: 0.1.0", "version: 0.1.0\nappVersion: 0.2.0\n"),
        ("version: 1\nname: x\n", "version: 1\nappVersion: 0.2.0\nname: x\n"),
    ],
)
def test_app_version_is_replaced_or_added(before: str, after: str) -> None:
    assert set_app_version(before, "0.2.0", "Chart.yaml") == after
    assert yaml.safe_load(after)["appVersion"] == "0.2.0"


def test_app_version_requires_a_chart_with_a_version() -> None:
    with pytest.raises(YamlEditError, match="neither appVersion nor version"):
        set_app_version("name: x\n", "0.2.0", "Chart.yaml")


def test_the_pins_are_where_the_chart_has_them() -> None:
    """release.yml's key paths against the chart that is really here."""
    settings = parse_settings((APPLICATION / "ci" / "release" / "release.yml").read_bytes())
    chart = ROOT / "upstream" / "galoy-private-charts" / FOLDER / "values.yaml"
    values = chart.read_bytes().decode()
    for recipe in settings.images:
        assert find(values, parse_path(recipe.pin), "values.yaml").quote == '"'
    assert settings.chart is not None
    assert settings.chart.folder == FOLDER


def test_only_this_author_these_labels_and_these_paths_merge_without_a_review(
    sandbox: Sandbox,
) -> None:
    pull = bump_chart(sandbox.application, sandbox.charts)
    forge = sandbox.charts.forge
    assert isinstance(forge, LocalForge)
    labels, paths = frozenset({"galoybot", "urgent"}), ("charts/lana-bank/tf/",)
    other = AutoMerge("someone", labels, paths, rule(sandbox).source)
    with pytest.raises(NotCleared) as raised:
        automerge(sandbox.charts, pull.number, other)
    assert str(raised.value) == (
        f"merge pull request {pull.number}: its author is galoybot-app[bot], not someone;"
        " it lacks the labels urgent; it changes charts/lana-bank/Chart.yaml; it changes"
        " charts/lana-bank/is-release; it changes charts/lana-bank/migrations; it changes"
        " charts/lana-bank/values.yaml"
    )
    assert forge.pull_request(pull.number).state is PullRequestState.OPEN

    pushed = forge.git.commit_files(
        pull.head_commit, {f"{FOLDER}/templates/x.yaml": b"x"}, "feat: x", author=DEV
    )
    forge.git.text("update-ref", f"refs/heads/{pull.head}", pushed)
    with pytest.raises(NotCleared, match=r"it changes charts/lana-bank/templates/x\.yaml"):
        automerge(sandbox.charts, pull.number, rule(sandbox))


def test_a_check_that_has_not_succeeded_blocks_the_merge(sandbox: Sandbox) -> None:
    pull = bump_chart(sandbox.application, sandbox.charts)
    sandbox.charts.forge.set_check(pull.head_commit, StatusCheck("lint", Conclusion.PENDING))
    with pytest.raises(NotCleared, match="check lint is pending"):
        automerge(sandbox.charts, pull.number, rule(sandbox))
    sandbox.charts.forge.set_check(pull.head_commit, StatusCheck("lint", Conclusion.SUCCESS))
    merged = automerge(sandbox.charts, pull.number, rule(sandbox))
    assert merged.state is PullRequestState.MERGED
    assert automerge(sandbox.charts, pull.number, rule(sandbox)) == merged


def pushed(sandbox: Sandbox, pull: PullRequest, files: dict[str, bytes], **more: Any) -> str:
    """Push a commit of the bot's name with changed files in the place of the bot's own."""
    forge = sandbox.charts.forge
    assert isinstance(forge, LocalForge)
    own, git = pull.head_commit, forge.git
    tree = git.commit_files(own, files, "x", author=BOT)
    made = git.commit_tree(f"{tree}^{{tree}}", [git.text("rev-parse", f"{own}^")], "x", **more)
    git.text("update-ref", f"refs/heads/{pull.head}", made)
    return made


def replaced(
    sandbox: Sandbox, pull: PullRequest, name: str, old: str, new: str
) -> dict[str, bytes]:
    before = text(sandbox, pull.head_commit, name)
    assert old in before
    return {f"{FOLDER}/{name}": before.replace(old, new, 1).encode()}


def test_what_somebody_else_pushed_onto_the_bots_branch_needs_a_review(sandbox: Sandbox) -> None:
    pull = bump_chart(sandbox.application, sandbox.charts)
    image = ("values.yaml", "gcr.io/galoyorg/lana-bank #", "evil.example/lana-bank #")
    commit = text(sandbox, pull.head_commit, "tf/repo-ref").strip()
    for files, reason in (
        (replaced(sandbox, pull, *image), "values.yaml is not what pinning a release gives"),
        (replaced(sandbox, pull, "values.yaml", "keep this", "x"), "values.yaml is not what"),
        (replaced(sandbox, pull, "values.yaml", commit, "0" * 40), "values.yaml is not what"),
        (replaced(sandbox, pull, "Chart.yaml", "appVersion: 0", "appVersion: 9"), "not a release"),
        (replaced(sandbox, pull, "Chart.yaml", "name: lana", "name: x"), "Chart.yaml is not what"),
        ({f"{FOLDER}/tf/x.tf": b"resource {}"}, "tf/x.tf is not what pinning a release gives"),
        ({f"{FOLDER}/tf/honeycomb/main.tf": b""}, "tf/honeycomb/main.tf is not what"),
    ):
        pushed(sandbox, pull, files, author=BOT)
        with pytest.raises(NotCleared, match=reason):
            automerge(sandbox.charts, pull.number, rule(sandbox))


def test_the_bots_content_in_another_form_needs_a_review(sandbox: Sandbox) -> None:
    pull = bump_chart(sandbox.application, sandbox.charts)
    forge, head = sandbox.charts.forge, pull.head_commit
    assert isinstance(forge, LocalForge)
    git, branch = forge.git, f"refs/heads/{pull.head}"
    pushed(sandbox, pull, {}, author=DEV)
    with pytest.raises(NotCleared, match="its commit is by Dev"):
        automerge(sandbox.charts, pull.number, rule(sandbox))
    git.text("update-ref", branch, git.commit_files(head, {}, "x", author=BOT))
    with pytest.raises(NotCleared, match="its head is not one commit on main"):
        automerge(sandbox.charts, pull.number, rule(sandbox))
    with git.scratch_index() as scratch:
        git.text("read-tree", head, env=scratch)
        link = f"120000 {git.write_blob(b'/etc/passwd')}\t{FOLDER}/values.yaml\0"
        git.output("update-index", "-z", "--index-info", stdin=link.encode(), env=scratch)
        tree = git.text("write-tree", env=scratch)
    made = git.commit_tree(tree, [git.text("rev-parse", f"{head}^")], "x", BOT)
    git.text("update-ref", branch, made)
    with pytest.raises(NotCleared, match=r"values\.yaml is not what pinning"):
        automerge(sandbox.charts, pull.number, rule(sandbox))
    git.text("update-ref", branch, head)
    assert automerge(sandbox.charts, pull.number, rule(sandbox)).state is PullRequestState.MERGED


def test_where_signers_of_the_bot_are_listed_its_commit_must_be_signed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    key = tmp_path / "bot"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    line = f'bot@galoy.io namespaces="git" {key.with_suffix(".pub").read_text()}'
    sandbox.commit_chart("chore: signers", {BOT_SIGNERS: line.encode()})
    unsigned = bump_chart(sandbox.application, sandbox.charts)
    with pytest.raises(NotCleared, match="is not signed by anyone in ci/bot_signers"):
        automerge(sandbox.charts, unsigned.number, rule(sandbox))
    sandbox.charts.git.text("config", "gpg.format", "ssh")
    sandbox.charts.git.text("config", "user.signingkey", f"{key}.pub")
    sandbox.commit_chart("chore: more", {"README.md": b"x"})
    signed = bump_chart(sandbox.application, sandbox.charts)
    assert automerge(sandbox.charts, signed.number, rule(sandbox)).state is PullRequestState.MERGED
