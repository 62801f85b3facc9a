"""Compare with vendir: the same files, modes and lock bytes. Skipped without vendir on PATH."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from promoter.vendoring import check, sync
from promoter.vendoring.bump import BumpOptions, bump
from promoter.vendoring.errors import UnsafeContent, VendorError
from promoter.vendoring.fetch import find_vendir
from tests.vendoring.sources import CONFIG, Source, Target, contents, git, vendir

needs_vendir = pytest.mark.skipif(
    vendir() is None, reason="vendir is not on PATH, and no package registry has it"
)


def test_without_vendir_the_git_source_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_vendir("auto") is None
    assert find_vendir("never") is None
    with pytest.raises(VendorError, match="not on PATH"):
        find_vendir("always")


def put_on_path(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `vendir` on PATH that runs the shell lines ``program``."""
    file = folder / "bin/vendir"
    file.parent.mkdir()
    file.write_text(f"#!/bin/sh\n{program}\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:/usr/bin:/bin")


def test_the_error_of_a_failing_vendir_is_reported(
    source: Source, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last error line of the program is reported, and nothing changes."""
    put_on_path("echo 'vendir: Error: boom' >&2; exit 1", tmp_path, monkeypatch)
    before = contents(target.folder)
    with pytest.raises(VendorError, match="vendir: Error: boom") as caught:
        sync(target.folder, vendir=find_vendir())
    assert "--vendir never" in caught.value.next_step
    assert contents(target.folder) == before


SYNC = """\
cd $3
mkdir -p fetched/content
printf 'name: x\\n' > fetched/content/Chart.yaml
{more}
cat > vendir.lock.yml <<end
apiVersion: vendir.k14s.io/v1alpha1
kind: LockConfig
directories: [{{path: fetched, contents: [{{path: content, git: {{sha: {sha}, commitTitle: x}}}}]}}]
end"""


def test_files_and_lock_of_a_vendir_on_path_are_taken(
    source: Source, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(SYNC.format(more="mkdir fetched/content/.git", sha="a" * 40), tmp_path, monkeypatch)
    lock = sync(target.folder, vendir=find_vendir())
    assert [each.name for each in target.chart.iterdir()] == ["Chart.yaml"]
    assert lock.directories[0].contents[0].git.sha == "a" * 40


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("ln -s /etc/passwd fetched/content/link", "symlink out"),
        ("mkdir -p fetched/content/a/.git; touch fetched/content/a/.git/x", "has a .git in it"),
        ("touch \"$(printf 'fetched/content/a\\033b')\"", "control character"),
    ],
)
def test_content_that_vendir_fetched_passes_the_same_refusals(
    source: Source,
    target: Target,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    reason: str,
) -> None:
    put_on_path(SYNC.format(more=more, sha="a" * 40), tmp_path, monkeypatch)
    before = contents(target.folder)
    with pytest.raises(UnsafeContent, match=reason):
        sync(target.folder, vendir=find_vendir())
    assert contents(target.folder) == before


def rich_source(folder: Path) -> Source:
    """A source with everything that a sync may come across."""
    source = Source.new(folder)
    script = source.folder / "charts/lana-bank/bin/run.sh"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    (source.folder / "charts/lana-bank/link").symlink_to("templates/deployment.yaml")
    (source.folder / "charts/lana-bank/folder-link").symlink_to("templates")
    source.commit(
        "feat: it's #1: everything that a chart can have, and a title past the line",
        {
            ".gitattributes": "*.txt eol=crlf\n",
            "charts/lana-bank/a.txt": "one\ntwo\n",
            "charts/lana-bank/binary": bytes(range(256)),
            "charts/lana-bank/empty": "",
            "charts/lana-bank/.hidden/file": "x",
            "charts/lana-bank/é und ü": "x",
            "charts/lana-bank/charts/sub/Chart.yaml": "name: sub\n",
            "charts/lana-bank/NOTICE.md": "x",
            "NOTICE.txt": "x",
            "Licence.rst": "x",
            "docs/LICENSE": "x",
        },
    )
    git(source.folder, "tag", "1.0")
    source.commit("fix: later\n\nwith a body", {"charts/lana-bank/values.yaml": "a: 2\n"})
    git(source.folder, "tag", "-a", "-m", "x", "v2")
    git(source.folder, "branch", "same", "HEAD^")
    git(source.folder, "tag", "same", "HEAD")
    return source


MAIN = "        includePaths: [charts/lana-bank/**/*]\n        newRootPath: charts/lana-bank\n"
CASES = {
    "seeds": ("main", MAIN),
    "tag": ("v2", MAIN),
    "number": ("'1.0'", MAIN),
    "origin": ("origin/main", MAIN),
    "tag and branch": ("same", MAIN),
    "origin, tag and branch": ("origin/same", MAIN),
    "sha": ("{head}", MAIN),
    "short": ("{short}", MAIN),
    "before a tag": ("{head}", MAIN),
    "excluded": ("main", MAIN + "        excludePaths: ['**/*.txt', '**/bin/**']\n"),
    "legal": ("main", "        includePaths: [charts/lana-bank/*.yaml]\n"),
    "no legal": ("main", "        includePaths: ['**/*.yaml']\n        legalPaths: []\n"),
    "own legal": ("main", "        includePaths: [docs/x]\n        legalPaths: ['**/LICENSE']\n"),
    "braces": ("main", "        includePaths: ['charts/{lana-bank,other}/{*.yaml,.h*}']\n"),
    "lazy": ("main", MAIN + "        lazy: true\n"),
    "root as written": ("main", MAIN.replace(": charts/", ": ./charts//") + "        lazy: true\n"),
    "permissions": ("main", MAIN + "        permissions: 0711\n    permissions: 0755\n"),
    "depth": ("main", MAIN.replace("        inc", "          depth: 1\n        inc", 1)),
    "new root only": ("main", "        newRootPath: charts/lana-bank/templates\n"),
}


@needs_vendir
@pytest.mark.parametrize("case", CASES)
def test_same_files_modes_and_lock_bytes(case: str, tmp_path: Path) -> None:
    source = rich_source(tmp_path / "charts.git")
    if case == "before a tag":
        source.commit("chore: past the tag")
    ref, rest = CASES[case]
    ref = ref.format(head=source.head, short=source.head[:9])
    head = CONFIG.format(url=source.url, ref=ref)
    text = head[: head.index("        includePaths")] + rest
    theirs = Target.new(tmp_path / "theirs", text)
    ours = Target.new(tmp_path / "ours", text)
    through = Target.new(tmp_path / "through", text)
    subprocess.run(["vendir", "sync"], cwd=theirs.folder, check=True, capture_output=True)
    sync(ours.folder)
    sync(through.folder, vendir=find_vendir("always"))
    expected = contents(theirs.folder)
    assert contents(ours.folder) == expected
    assert contents(through.folder) == expected


@needs_vendir
def test_vendir_and_the_git_source_agree_on_check(tmp_path: Path) -> None:
    source = rich_source(tmp_path / "charts.git")
    target = Target.new(tmp_path / "target", CONFIG.format(url=source.url, ref="v2"))
    sync(target.folder, vendir=find_vendir("always"))
    target.commit_all()
    assert check(target.folder) == []
    bump(target.folder, "lana-bank", source.head[:12])
    assert check(target.folder, vendir=find_vendir("always")) == []


@needs_vendir
def test_a_bump_by_vendir_is_the_same_commit(tmp_path: Path) -> None:
    source = Source.new(tmp_path / "charts.git")
    trees = []
    new = ""
    for name in ("auto", "never"):
        target = Target.new(tmp_path / name, CONFIG.format(url=source.url, ref=source.head))
        sync(target.folder)
        target.commit_all()
        trees.append(target)
    new = source.commit("feat: more", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    for target, choice in zip(trees, ("always", "never"), strict=True):
        bump(target.folder, "lana-bank", new, options=BumpOptions(vendir=find_vendir(choice)))
    found = [git(target.folder, "rev-parse", "HEAD^{tree}") for target in trees]
    assert found[0] == found[1]
