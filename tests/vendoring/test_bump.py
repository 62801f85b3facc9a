"""A bump moves one ref in one commit and touches nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.common.errors import NothingNewer, RemoteMoved, UsageError, YamlEditError
from promoter.toolchain import Toolchain
from promoter.vendoring import check, sync
from promoter.vendoring.bump import BumpOptions, BumpResult, bump
from promoter.vendoring.errors import DirtyPaths, RefNotFound, VendorError
from promoter.vendoring.journal import journal_file
from tests.vendoring.killing import every_kill
from tests.vendoring.sources import CONFIG, Source, Target, contents, git, multiplied

ROOT = Path(__file__).parents[2]
VALUES = "charts/lana-bank/values.yaml"
MORE = {VALUES: "replicas: 2\n"}
DIGESTS = [f"sha256:{digit * 64}" for digit in "ab"]
LANA = "https://github.com/GaloyMoney/lana-bank"


def pinned(digest: str, commit: str) -> str:
    return (
        "lanaBank:\n  image:\n    repository: gcr.io/galoyorg/lana-bank\n"
        f'    digest: "{digest}" # METADATA:: '
        f"repository={LANA};commit_ref={commit};app=lana-bank;\n"
    )


def log(target: Target) -> list[str]:
    return git(target.folder, "log", "--format=%s").splitlines()


def changed_by(target: Target, commit: str) -> list[str]:
    return git(target.folder, "show", "--format=", "--name-only", commit).split()


def test_creates_one_commit_of_exactly_the_affected_files(source: Source, target: Target) -> None:
    old, parent = source.head, target.head
    new = source.commit("feat: more", MORE)
    done = bump(target.folder, "lana-bank", new)
    assert done == BumpResult("charts/lana-bank", old, new, target.head, done.message)
    assert git(target.folder, "rev-parse", "HEAD^") == parent
    assert changed_by(target, done.commit) == [
        "charts/lana-bank/values.yaml",
        "vendir.lock.yml",
        "vendir.yml",
    ]
    assert target.status == ""
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"
    assert check(target.folder) == []


def test_commits_the_bytes_that_a_sync_writes(
    source: Source, target: Target, tmp_path: Path
) -> None:
    bump(target.folder, "lana-bank", source.commit("feat: more", MORE))
    before = contents(target.folder)
    sync(target.folder)
    assert contents(target.folder) == before
    assert target.status == ""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_vendir_yml_differs_in_the_ref_alone(source: Source, tmp_path: Path, end: str) -> None:
    text = "# kept\n" + CONFIG.format(url=source.url, ref=f"'{source.head}'   # where we are")
    text = text.replace("\n", end)
    target = Target.new(tmp_path / "deployments", text)
    old = source.head
    git(target.folder, "config", "core.autocrlf", "false")
    sync(target.folder)
    target.commit_all()
    new = source.commit("feat: more", MORE)
    done = bump(target.folder, "lana-bank", new)
    expected = text.replace(old, new).encode()
    assert (target.folder / "vendir.yml").read_bytes() == expected
    assert git(target.folder, "show", f"{done.commit}:vendir.yml").encode() == expected.strip()


@pytest.mark.parametrize("ref", ["main", "origin/main", "v2", "short"])
def test_a_name_is_written_as_its_commit(source: Source, target: Target, ref: str) -> None:
    new = source.commit("feat: more", MORE)
    git(source.folder, "tag", "v2")
    done = bump(target.folder, "lana-bank", new[:10] if ref == "short" else ref)
    assert done.new == new
    assert f"ref: {new}\n" in (target.folder / "vendir.yml").read_text()


def test_an_already_vendored_commit_is_nothing_newer(source: Source, target: Target) -> None:
    before = target.head
    for ref in (source.head, "main", "charts"):
        with pytest.raises((NothingNewer, RefNotFound)):
            bump(target.folder, "lana-bank", ref)
    with pytest.raises(NothingNewer, match=f"{source.head} is vendored already") as caught:
        bump(target.folder, "lana-bank", "main")
    assert caught.value.exit_code == 2
    assert target.head == before


def test_unrelated_files_and_index_entries_stay_unchanged(source: Source, target: Target) -> None:
    (target.folder / "tracked").write_text("1\n")
    (target.folder / "staged").write_text("1\n")
    target.commit_all()
    (target.folder / "tracked").write_text("2\n")
    (target.folder / "staged").write_text("2\n")
    git(target.folder, "add", "staged")
    (target.folder / "untracked").write_text("x\n")
    done = bump(target.folder, "lana-bank", source.commit("feat: more", MORE))
    status = git(target.folder, "status", "--porcelain").splitlines()
    assert [line.strip() for line in status] == ["M  staged", "M tracked", "?? untracked"]
    assert "staged" not in changed_by(target, done.commit)


@pytest.mark.parametrize(
    "path", ["vendir.yml", "vendir.lock.yml", "charts/lana-bank/Chart.yaml", "charts/lana-bank/new"]
)
def test_uncommitted_changes_of_affected_files_are_refused(
    source: Source, target: Target, path: str
) -> None:
    with (target.folder / path).open("a") as file:
        file.write("# mine\n")
    before = contents(target.folder)
    with pytest.raises(DirtyPaths, match=path) as caught:
        bump(target.folder, "lana-bank", source.commit("feat: more", MORE))
    assert "git checkout HEAD --" in caught.value.next_step
    assert contents(target.folder) == before


@pytest.mark.parametrize("ref", ["nope", "0" * 40])
def test_an_unknown_ref_changes_nothing(source: Source, target: Target, ref: str) -> None:
    before, head = contents(target.folder), target.head
    with pytest.raises(RefNotFound, match=ref):
        bump(target.folder, "lana-bank", ref)
    assert (contents(target.folder), target.head) == (before, head)


def test_a_force_pushed_away_ref(source: Source, target: Target) -> None:
    away = source.commit("feat: regretted", MORE)
    git(source.folder, "reset", "-q", "--hard", "HEAD^")
    with pytest.raises(RefNotFound, match=away) as caught:
        bump(target.folder, "lana-bank", away)
    assert "force-pushed" in caught.value.next_step


def test_an_unknown_dependency(target: Target) -> None:
    with pytest.raises(UsageError, match="nope"):
        bump(target.folder, "nope", "main")


def test_a_repository_without_commits(source: Source, tmp_path: Path) -> None:
    target = Target.new(tmp_path / "new", CONFIG.format(url=source.url, ref="main"))
    with pytest.raises(VendorError, match="no commit"):
        bump(target.folder, "lana-bank", "main")


def test_the_first_vendoring(source: Source, tmp_path: Path) -> None:
    target = Target.new(tmp_path / "new", CONFIG.format(url=source.url, ref="main"))
    target.commit_all()
    done = bump(target.folder, "lana-bank", "main")
    assert (done.old, done.new) == ("", source.head)
    assert (target.chart / "Chart.yaml").is_file()
    assert target.status == ""


def test_modes_links_and_ignored_names_are_committed(source: Source, target: Target) -> None:
    (target.folder / ".gitignore").write_text("*.tgz\n")
    (target.folder / ".gitattributes").write_text("* text=auto eol=lf\n")
    target.commit_all()
    script = source.folder / "charts/lana-bank/run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    (source.folder / "charts/lana-bank/link").symlink_to("run.sh")
    new = source.commit(
        "feat: more",
        {"charts/lana-bank/dep.tgz": b"\x1f\x8b", "charts/lana-bank/crlf": b"a\r\nb\r\n"},
    )
    done = bump(target.folder, "lana-bank", new)
    ours = git(target.folder, "rev-parse", f"{done.commit}:charts/lana-bank")
    assert ours == git(source.folder, "rev-parse", f"{new}:charts/lana-bank")


def test_only_the_named_dependency_of_two_is_bumped(source: Source, tmp_path: Path) -> None:
    text = CONFIG.format(url=source.url, ref=source.head)
    text += (
        "      - path: other\n        git:\n"
        f"          url: {source.url}\n          ref: main\n"
        "        newRootPath: charts/other\n"
    )
    target = Target.new(tmp_path / "deployments", text)
    sync(target.folder)
    target.commit_all()
    new = source.commit("feat: both", {**MORE, "charts/other/Chart.yaml": "name: changed\n"})
    done = bump(target.folder, "lana-bank", new)
    assert [path for path in changed_by(target, done.commit) if "other" in path] == []
    lock = (target.folder / "vendir.lock.yml").read_text()
    assert lock.count("path: ") == 3
    assert lock.index("path: lana-bank") < lock.index("path: other")


@pytest.mark.parametrize("second", ["*git", "{<<: *git, skipInitSubmodules: true}"])
def test_a_ref_shared_by_an_anchor_is_refused(source: Source, tmp_path: Path, second: str) -> None:
    text = CONFIG.format(url=source.url, ref=source.head).replace("git:", "git: &git")
    text += f"      - path: other\n        git: {second}\n        newRootPath: charts/other\n"
    target = Target.new(tmp_path / "deployments", text)
    sync(target.folder)
    target.commit_all()
    before = contents(target.folder)
    for name in ("lana-bank", "other"):
        with pytest.raises(YamlEditError, match=r"contents\[\d\]\.git.* changing it would change"):
            bump(target.folder, name, source.commit("feat: more", {"README.md": name}))
    assert contents(target.folder) == before


def test_the_message_lists_the_changes(source: Source, target: Target) -> None:
    source.commit(
        "feat: pins",
        {
            "charts/lana-bank/values.yaml": pinned(DIGESTS[0], "1" * 40) + "replicas: 1\n",
            "charts/lana-bank/templates/gone.yaml": "x\n",
        },
    )
    bump(target.folder, "lana-bank", "main")
    old = source.head
    new = source.commit(
        "feat: newer pins",
        {
            "charts/lana-bank/values.yaml": pinned(DIGESTS[1], "2" * 40)
            + "replicas: 2\nadminPassword: hunter2\n",
            "charts/lana-bank/templates/gone.yaml": None,
            "charts/lana-bank/templates/new.yaml": "y\n",
            "charts/lana-bank/templates/deployment.yaml": "kind: StatefulSet\n",
            "charts/lana-bank/Chart.yaml": "name: lana-bank\nversion: 0.2.0\n",
        },
    )
    message = bump(target.folder, "lana-bank", new).message
    assert message == (
        f"chore(charts): bump lana-bank to {new[:12]} from {old[:12]}\n\n"
        f"Chart: {old} -> {new}\n\n"
        "Pins:\n"
        f"- lana-bank: {'a' * 12} -> {'b' * 12}\n"
        f"  {LANA}/compare/{'1' * 40}...{'2' * 40}\n\n"
        "Templates:\n"
        "- M templates/deployment.yaml\n"
        "- D templates/gone.yaml\n"
        "- A templates/new.yaml\n\n"
        "Values:\n"
        "- adminPassword: nothing -> [redacted]\n"
        "- replicas: '1' -> '2'\n\n"
        "Other files:\n"
        "- M Chart.yaml\n"
    )
    assert git(target.folder, "log", "-1", "--format=%B") == message.strip()


def test_values_multiplied_by_aliases_are_refused(source: Source, target: Target) -> None:
    new = source.commit("feat: b", {VALUES: multiplied()})
    before, head = contents(target.folder), target.head
    with pytest.raises(YamlEditError, match=r"values\.yaml: line \d+: expands to more than"):
        bump(target.folder, "lana-bank", new)
    assert (contents(target.folder), target.head) == (before, head)


def test_many_changed_values_are_cut_off_with_a_count(source: Source, target: Target) -> None:
    values = "".join(f"key{number}: 1\n" for number in range(300))
    done = bump(target.folder, "lana-bank", source.commit("feat: b", {VALUES: values}))
    assert re.search(r"^- and 101 more$", done.message, re.MULTILINE)
    assert len(done.message) < 20_000


def test_a_key_of_the_values_cannot_break_a_line_of_the_message(
    source: Source, target: Target
) -> None:
    forged = '"a\\n\\nUntested: forged\\e[2J": 1\n'
    done = bump(target.folder, "lana-bank", source.commit("feat: b", {VALUES: forged}))
    assert "- a??Untested: forged?[2J: nothing -> '1'" in done.message.splitlines()


def test_no_name_or_value_of_a_chart_skips_the_checks_of_the_bump(
    source: Source, target: Target
) -> None:
    files = {VALUES: "title: '[Skip CI]'\n", "charts/lana-bank/templates/a [ci skip].yaml": ""}
    done = bump(target.folder, "lana-bank", source.commit("feat: b", files))
    assert "- title: nothing -> '(Skip CI)'" in done.message.splitlines()
    assert "- A templates/a (ci skip).yaml" in done.message.splitlines()


def test_a_value_with_a_password_in_it_is_not_in_the_message(
    source: Source, target: Target
) -> None:
    values = "database: {url: 'postgres://me:hunter22@db/x', password: hunter22, host: db}\n"
    done = bump(target.folder, "lana-bank", source.commit("feat: b", {VALUES: values}))
    assert "hunter22" not in done.message
    assert "- database.host: nothing -> 'db'" in done.message


def test_trailers_end_the_message(source: Source, target: Target) -> None:
    new = source.commit("feat: more", MORE)
    options = BumpOptions(proof=lambda sha: ["Untested: no cluster", f"Tested-Ref: {sha}"])
    bump(target.folder, "lana-bank", "main", options=options)
    said = git(target.folder, "log", "-1", "--format=%(trailers:only)")
    assert said.splitlines() == ["Untested: no cluster", f"Tested-Ref: {new}"]


def test_a_ref_without_proof_changes_nothing(source: Source, target: Target) -> None:
    def unproven(sha: str) -> list[str]:
        raise VendorError(f"no proof for {sha}")

    new = source.commit("feat: more", MORE)
    before, head = contents(target.folder), target.head
    with pytest.raises(VendorError, match=f"no proof for {new}"):
        bump(target.folder, "lana-bank", "main", options=BumpOptions(proof=unproven))
    assert (contents(target.folder), target.head) == (before, head)


@dataclass(frozen=True)
class FakeCrane:
    """A `crane` on PATH that has the images in one file and logs lookups in another."""

    images: Path
    log: Path

    @property
    def lookups(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def crane(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCrane:
    """The target pins the toolchain, as the deployments repository does."""
    shutil.copytree(ROOT / "dev/toolchain", target.folder / "dev/toolchain")
    fake = FakeCrane(tmp_path / "images", tmp_path / "lookups")
    fake.images.touch()
    program = tmp_path / "bin/crane"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f"[ $1 = version ] && exec echo {Toolchain(target.folder).pin('crane').version}\n"
        f"echo $2 >> {fake.log}\n"
        f"grep -qxF $2 {fake.images} && exec echo ${{2#*@}}\n"
        "echo 'MANIFEST_UNKNOWN: manifest unknown' >&2; exit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return fake


def test_new_pins_must_exist_in_their_registry(
    source: Source, target: Target, crane: FakeCrane
) -> None:
    source.commit("feat: pin", {"charts/lana-bank/values.yaml": pinned(DIGESTS[0], "1" * 40)})
    reference = f"gcr.io/galoyorg/lana-bank@{DIGESTS[0]}"
    before, head = contents(target.folder), target.head
    options = BumpOptions(check_digests=True)
    with pytest.raises(VendorError, match=reference) as caught:
        bump(target.folder, "lana-bank", "main", options=options)
    assert "lanaBank.image.digest" in str(caught.value)
    assert (contents(target.folder), target.head) == (before, head)
    crane.images.write_text(f"{reference}\n")
    bump(target.folder, "lana-bank", "main", options=options)
    assert crane.lookups == [reference, reference]
    source.commit("feat: same pin", {"charts/lana-bank/other": "x"})
    bump(target.folder, "lana-bank", "main", options=options)
    assert crane.lookups == [reference, reference]


# --- pushing ---------------------------------------------------------------------------


@pytest.fixture
def remote(target: Target, tmp_path: Path) -> Path:
    """A bare repository that is the target's origin."""
    bare = tmp_path / "remote.git"
    git(tmp_path, "clone", "-q", "--bare", str(target.folder), str(bare))
    git(target.folder, "remote", "add", "origin", str(bare))
    return bare


def other_clone(remote: Path, folder: Path) -> Target:
    git(folder.parent, "clone", "-q", str(remote), str(folder))
    git(folder, "config", "user.name", "Eve")
    git(folder, "config", "user.email", "eve@example.invalid")
    return Target(folder)


def test_pushed(source: Source, target: Target, remote: Path) -> None:
    done = bump(target.folder, "lana-bank", source.commit("feat: more", MORE), push=True)
    assert git(remote, "rev-parse", "main") == done.commit == target.head


def test_pushed_on_top_of_commits_of_others(
    source: Source, target: Target, remote: Path, tmp_path: Path
) -> None:
    other = other_clone(remote, tmp_path / "other")
    (other.folder / "theirs").write_text("x\n")
    theirs = other.commit_all("feat: theirs")
    git(other.folder, "push", "-q")
    done = bump(target.folder, "lana-bank", source.commit("feat: more", MORE), push=True)
    assert git(remote, "rev-parse", "main", "main^").split() == [done.commit, theirs]
    assert (target.folder / "theirs").is_file()
    assert target.status == ""


def overtake(target: Target, other: Target, times: int) -> Path:
    """Let ``other`` push right before the target does, the first few times; returns a counter."""
    left = other.folder.parent / "left"
    left.write_text(str(times))
    server = other.folder.parent / "receive-pack"
    server.write_text(
        "#!/bin/sh\n"
        "(\n"
        "unset $(git rev-parse --local-env-vars)\n"
        f"left=$(($(cat {left}) - 1)); [ $left -lt 0 ] && exit\n"
        f"echo $left > {left}; cd {other.folder}\n"
        'git commit -q --allow-empty -m "feat: theirs $left" && git push -q\n'
        ') >&2\nexec git-receive-pack "$@"\n'
    )
    server.chmod(0o755)
    git(target.folder, "config", "remote.origin.receivepack", str(server))
    return left


def test_a_lost_race_is_retried_on_the_new_tip(
    source: Source, target: Target, remote: Path, tmp_path: Path
) -> None:
    source.commit("feat: more", MORE)
    overtake(target, other_clone(remote, tmp_path / "other"), 2)
    done = bump(target.folder, "lana-bank", "main", push=True)
    assert git(remote, "rev-parse", "main") == done.commit == target.head
    assert log(target)[1:3] == ["feat: theirs 0", "feat: theirs 1"]
    assert target.status == ""


def test_a_race_lost_every_time_gives_up_and_leaves_nothing(
    source: Source, target: Target, remote: Path, tmp_path: Path
) -> None:
    source.commit("feat: more", MORE)
    left = overtake(target, other_clone(remote, tmp_path / "other"), 99)
    with pytest.raises(RemoteMoved, match="push refs/heads/main to origin"):
        bump(target.folder, "lana-bank", "main", push=True)
    assert left.read_text().strip() == str(99 - 5)
    assert (target.chart / "values.yaml").read_text() == "replicas: 1\n"
    assert target.status == ""


def test_another_clone_bumped_first(
    source: Source, target: Target, remote: Path, tmp_path: Path
) -> None:
    new = source.commit("feat: more", MORE)
    other = other_clone(remote, tmp_path / "other")
    theirs = bump(other.folder, "lana-bank", new, push=True)
    with pytest.raises(NothingNewer):
        bump(target.folder, "lana-bank", new, push=True)
    assert target.head == theirs.commit
    assert target.status == ""


def test_diverged_branches_are_refused(
    source: Source, target: Target, remote: Path, tmp_path: Path
) -> None:
    other = other_clone(remote, tmp_path / "other")
    (other.folder / "theirs").write_text("x\n")
    other.commit_all("feat: theirs")
    git(other.folder, "push", "-q")
    (target.folder / "mine").write_text("x\n")
    head = target.commit_all("feat: mine")
    with pytest.raises(VendorError, match="the other way round") as caught:
        bump(target.folder, "lana-bank", source.commit("feat: more", MORE), push=True)
    assert "git pull --rebase origin main" in caught.value.next_step
    assert target.head == head


def test_a_detached_head_commits_but_pushes_only_to_a_named_branch(
    source: Source, target: Target, remote: Path
) -> None:
    git(target.folder, "checkout", "-q", "--detach")
    new = source.commit("feat: more", MORE)
    with pytest.raises(UsageError, match="no branch is checked out"):
        bump(target.folder, "lana-bank", new, push=True)
    done = bump(target.folder, "lana-bank", new, push=True, options=BumpOptions(branch="main"))
    assert git(remote, "rev-parse", "main") == done.commit == target.head


# --- at once, and cut off --------------------------------------------------------------

BUMP = "import sys; from pathlib import Path; from promoter.vendoring.bump import bump\n"
BUMP += "bump(Path(sys.argv[1]), 'lana-bank', sys.argv[2])"


def test_two_bumps_of_one_work_tree_make_one_commit(source: Source, target: Target) -> None:
    before = len(log(target))
    new = source.commit("feat: more", MORE)
    command = [sys.executable, "-c", BUMP, str(target.folder), new]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert sorted(process.returncode for process in running) == [0, 1], said
    assert "NothingNewer" in "".join(said)
    assert len(log(target)) == before + 1
    assert target.status == ""


@pytest.mark.slow
def test_killed_at_every_step(source: Source, target: Target) -> None:
    old = contents(target.folder / "charts")
    new = source.commit("feat: more", {**MORE, "charts/lana-bank/Chart.yaml": None})
    before = len(log(target))

    def again() -> None:
        try:
            bump(target.folder, "lana-bank", new)
        except NothingNewer:
            assert target.status == ""

    found = [contents(target.folder / "charts") for _ in every_kill(again)]
    after = contents(target.folder / "charts")
    assert len(found) > 20
    assert [one for one in found if one not in (old, after)] == []
    assert len(log(target)) == before + 1
    assert target.status == ""
    assert check(target.folder) == []
    assert not journal_file(target.folder).exists()
    assert [one.name for one in (target.folder / ".git").glob("index*")] == ["index"]


def test_changes_made_after_a_kill_are_not_lost(source: Source, target: Target) -> None:
    """Killed between branch and files, then one of the old files is edited."""
    new = source.commit("feat: more", MORE)
    done = bump(target.folder, "lana-bank", new)
    parent = git(target.folder, "rev-parse", "HEAD^")
    git(target.folder, "checkout", "-q", parent, "--", ".")
    journal_file(target.folder).parent.mkdir()
    journal_file(target.folder).write_text(
        f'{{"base": "{parent}", "commit": "{done.commit}", "path": "charts/lana-bank"}}'
    )
    (target.chart / "values.yaml").write_text("mine\n")
    with pytest.raises(DirtyPaths, match="charts/lana-bank") as caught:
        bump(target.folder, "lana-bank", "main")
    assert "save your changes" in caught.value.next_step
    assert (target.chart / "values.yaml").read_text() == "mine\n"
    (target.chart / "values.yaml").write_text("replicas: 1\n")
    with pytest.raises(NothingNewer):
        bump(target.folder, "lana-bank", "main")
    assert target.status == ""
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"


def test_a_bump_records_everyone_behind_the_chart_and_its_images(
    source: Source, target: Target, tmp_path: Path
) -> None:
    people = "people: {ada: {mail: [ada@example.invalid]}}\n"
    (target.folder / "cepler").mkdir()
    (target.folder / "cepler/teams.yml").write_text(people)
    git(target.folder, "add", "cepler")
    git(target.folder, "commit", "-q", "-m", "feat: teams")
    application = Source.new(tmp_path / "application", {"main.rs": "1"})
    message = "feat: server\n\nCo-authored-by: Grace <Grace@bank.example>\n"
    released = application.commit(message, {"main.rs": "2"})
    text = pinned(DIGESTS[0], released).replace(LANA, application.url)
    gone = pinned(DIGESTS[1], "0" * 40).replace(LANA, f"file://{tmp_path}/nowhere")
    gone = gone.replace("lanaBank:", "other:").replace("app=lana-bank", "app=other")
    source.commit("feat: pin\n\nCo-authored-by: Bot <bot@bank.example>\n", {VALUES: text + gone})
    bump(target.folder, "lana-bank", source.head)
    trailers = git(target.folder, "log", "-1", "--format=%(trailers:key=Source-author,valueonly)")
    assert trailers.split() == [
        "<ada@example.invalid>",
        "<bot@bank.example>",
        "<grace@bank.example>",
        "<unreadable-source-of-000000000000>",
    ]


def test_a_rollback_records_those_whose_commits_it_undoes(source: Source, target: Target) -> None:
    (target.folder / "cepler").mkdir()
    (target.folder / "cepler/teams.yml").write_text("people: {}\n")
    git(target.folder, "add", "cepler")
    git(target.folder, "commit", "-q", "-m", "feat: teams")
    before = source.head
    message = "feat: more\n\nCo-authored-by: Grace <grace@bank.example>\n"
    source.commit(message, {VALUES: "replicas: 9\n"})
    bump(target.folder, "lana-bank", source.head)
    bump(target.folder, "lana-bank", before)
    trailers = git(target.folder, "log", "-1", "--format=%(trailers:key=Source-author,valueonly)")
    assert "<grace@bank.example>" in trailers.splitlines()
