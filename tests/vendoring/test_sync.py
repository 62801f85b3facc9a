"""A sync writes files, modes and the lock; a refused one changes nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError
from promoter.vendoring import sync
from promoter.vendoring.errors import RefNotFound, UnsafeContent, VendorError
from promoter.vendoring.refusals import refuse_links_out
from promoter.vendoring.workspace import HOME
from tests.progress import Notes
from tests.vendoring.sources import CONFIG, Source, Target, contents, git


def configured(tmp_path: Path, source: Source, *more: str, ref: str = "main") -> Target:
    text = CONFIG.format(url=source.url, ref=ref) + "".join(f"        {line}\n" for line in more)
    return Target.new(tmp_path / "deployments", text)


def whole(tmp_path: Path, source: Source, *more: str) -> Target:
    """Configured without includePaths and newRootPath."""
    text = CONFIG.format(url=source.url, ref="main")
    text = text[: text.index("        includePaths")] + "".join(
        f"        {line}\n" for line in more
    )
    return Target.new(tmp_path / "deployments", text)


def vendored(target: Target) -> list[str]:
    return sorted(
        str(path.relative_to(target.chart)) for path in target.chart.rglob("*") if not path.is_dir()
    )


def test_files_modes_and_lock(source: Source, tmp_path: Path) -> None:
    (source.folder / "charts/lana-bank/run.sh").write_text("#!/bin/sh\n")
    (source.folder / "charts/lana-bank/run.sh").chmod(0o755)
    (source.folder / "charts/lana-bank/link").symlink_to("templates/deployment.yaml")
    head = source.commit("feat: a script")
    target = configured(tmp_path, source)
    sync(target.folder)
    found = contents(target.folder)
    assert found["charts"] == ("folder", "0o700")
    assert found["charts/lana-bank"] == ("folder", "0o755")
    assert found["charts/lana-bank/run.sh"] == ("0o755", b"#!/bin/sh\n")
    assert found["charts/lana-bank/values.yaml"] == ("0o644", b"replicas: 1\n")
    assert found["charts/lana-bank/link"] == ("link", "templates/deployment.yaml")
    assert "charts/lana-bank/LICENSE" not in found
    assert found["vendir.lock.yml"][0] == "0o600"
    assert f"sha: {head}".encode() in found["vendir.lock.yml"][1]


def test_git_status_shows_only_the_result(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source)
    sync(target.folder)
    assert target.status.split() == ["??", "charts/", "??", "vendir.lock.yml", "??", "vendir.yml"]
    assert not (target.folder / HOME).exists()


def test_files_removed_from_the_source_are_removed_here(source: Source, target: Target) -> None:
    source.commit("feat: less", {"charts/lana-bank/values.yaml": None})
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="main"))
    (target.chart / "left-behind").write_text("x")
    sync(target.folder)
    assert vendored(target) == [".helmignore", "Chart.yaml", "templates/deployment.yaml"]


def test_a_second_sync_changes_nothing(target: Target) -> None:
    before = contents(target.folder)
    sync(target.folder)
    assert contents(target.folder) == before
    assert target.status == ""


def test_an_existing_lock_keeps_its_mode(target: Target) -> None:
    (target.folder / "vendir.lock.yml").write_text(
        "apiVersion: vendir.k14s.io/v1alpha1\nkind: LockConfig\ndirectories: []\n"
    )
    (target.folder / "vendir.lock.yml").chmod(0o644)
    sync(target.folder)
    assert (target.folder / "vendir.lock.yml").stat().st_mode & 0o777 == 0o644


def test_locked_takes_the_lock_s_commit(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source)
    sync(target.folder)
    source.commit("feat: newer", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    sync(target.folder, locked=True)
    assert (target.chart / "values.yaml").read_text() == "replicas: 1\n"
    sync(target.folder)
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"


def test_locked_without_a_lock_is_refused(source: Source, tmp_path: Path) -> None:
    with pytest.raises(VendorError, match=r"vendir\.lock\.yml does not have it"):
        sync(configured(tmp_path, source).folder, locked=True)


def test_everything_and_legal_files(source: Source, tmp_path: Path) -> None:
    target = whole(tmp_path, source)
    sync(target.folder)
    assert "README.md" in vendored(target)
    assert not (target.chart / ".git").exists()


def test_legal_files_are_kept_unless_configured_otherwise(source: Source, tmp_path: Path) -> None:
    target = whole(tmp_path, source, "includePaths: [charts/other/*]")
    sync(target.folder)
    assert vendored(target) == ["LICENSE", "charts/other/Chart.yaml"]
    (target.folder / "vendir.yml").write_text(
        (target.folder / "vendir.yml").read_text() + "        legalPaths: []\n"
    )
    sync(target.folder)
    assert vendored(target) == ["charts/other/Chart.yaml"]


def test_excluded_files(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source, "excludePaths: ['**/templates/**', '**/.helmignore']")
    sync(target.folder)
    assert vendored(target) == ["Chart.yaml", "values.yaml"]


def test_ignored_files_survive(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source, "ignorePaths: [values.yaml, 'mine/**']")
    sync(target.folder)
    (target.chart / "values.yaml").write_text("mine\n")
    (target.chart / "mine").mkdir()
    (target.chart / "mine/file").write_text("mine too\n")
    (target.chart / "other").write_text("not mine\n")
    sync(target.folder)
    assert (target.chart / "values.yaml").read_text() == "mine\n"
    assert (target.chart / "mine/file").read_text() == "mine too\n"
    assert not (target.chart / "other").exists()


def test_a_kept_file_is_not_written_through_a_fetched_link(source: Source, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("theirs\n")
    target = configured(tmp_path, source, "ignorePaths: [values.yaml]")
    sync(target.folder)
    (target.chart / "values.yaml").write_text("mine\n")
    (source.folder / "charts/lana-bank/values.yaml").unlink()
    (source.folder / "charts/lana-bank/values.yaml").symlink_to(victim)
    source.commit("feat: a trap")
    with pytest.raises(UnsafeContent, match=r"keep values\.yaml: the source has a symlink there"):
        sync(target.folder)
    assert victim.read_text() == "theirs\n"
    assert (target.chart / "values.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("kind", ["dangling", "to a folder", "file for folder", "folder for file"])
def test_a_file_that_cannot_be_kept_is_refused(source: Source, tmp_path: Path, kind: str) -> None:
    target = configured(tmp_path, source, "ignorePaths: ['**/*']")
    sync(target.folder)
    if kind == "file for folder":
        shutil.rmtree(target.chart / "templates")
        (target.chart / "templates").write_text("mine\n")
    elif kind == "folder for file":
        (target.chart / "values.yaml").unlink()
        (target.chart / "values.yaml").mkdir()
        (target.chart / "values.yaml/mine").write_text("mine\n")
    else:
        (target.chart / "link").symlink_to("templates" if kind == "to a folder" else "nothing")
    before = contents(target.folder)
    with pytest.raises(UnsafeContent, match="keep ") as caught:
        sync(target.folder)
    assert "ignorePaths" in caught.value.next_step
    assert contents(target.folder) == before


def test_lazy_contents_are_left_alone_until_their_configuration_changes(
    source: Source, tmp_path: Path
) -> None:
    target = configured(tmp_path, source, "lazy: true")
    sync(target.folder)
    source.commit("feat: newer", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    notes = Notes()
    before = contents(target.folder)
    sync(target.folder, progress=notes)
    assert contents(target.folder) == before
    assert notes.lines == ["charts/lana-bank: lazy and unchanged in vendir.yml, not fetched"]
    sync(target.folder, lazy=False)
    assert (target.chart / "values.yaml").read_text() == "replicas: 2\n"
    text = (target.folder / "vendir.yml").read_text()
    (target.folder / "vendir.yml").write_text(text + "        excludePaths: [x]\n")
    source.commit("feat: newest", {"charts/lana-bank/values.yaml": "replicas: 3\n"})
    sync(target.folder)
    assert (target.chart / "values.yaml").read_text() == "replicas: 3\n"


def test_permissions(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source, "permissions: 0711")
    text = (target.folder / "vendir.yml").read_text() + "    permissions: 0755\n"
    (target.folder / "vendir.yml").write_text(text)
    sync(target.folder)
    assert target.chart.stat().st_mode & 0o777 == 0o711
    assert target.chart.parent.stat().st_mode & 0o777 == 0o755


def test_attributes_of_the_source_shape_its_files(source: Source, tmp_path: Path) -> None:
    source.commit(
        "feat: line ends",
        {
            ".gitattributes": "*.txt eol=crlf\n*.id ident\n",
            "charts/lana-bank/a.txt": "one\ntwo\n",
            "charts/lana-bank/b.id": "$Id$\n",
        },
    )
    target = configured(tmp_path, source)
    sync(target.folder)
    assert (target.chart / "a.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert (target.chart / "b.id").read_bytes().startswith(b"$Id: ")
    assert ".gitattributes" not in vendored(target)


def test_binary_and_huge_files(source: Source, tmp_path: Path) -> None:
    binary = bytes(range(256)) * 4
    huge = os.urandom(1 << 20) * 16
    source.commit("feat: big", {"charts/lana-bank/binary": binary, "charts/lana-bank/huge": huge})
    target = configured(tmp_path, source)
    sync(target.folder)
    assert (target.chart / "binary").read_bytes() == binary
    assert (target.chart / "huge").read_bytes() == huge


def test_odd_but_harmless_names(source: Source, tmp_path: Path) -> None:
    names = ["with space", "é", "quo'te", 'dou"ble', "-dash", "digit", ".github", "a\\b"]
    source.commit("feat: names", {f"charts/lana-bank/{name}": name for name in names})
    target = configured(tmp_path, source)
    sync(target.folder)
    assert all((target.chart / name).read_text() == name for name in names)


HOSTILE = {
    "newline": ("100644", "charts/lana-bank/new\nline", b"x", "control character"),
    "escape": ("100644", "charts/lana-bank/\x1b[2J", b"x", "control character"),
    "parent": ("100644", "charts/lana-bank/../../outside", b"x", "leaves its folder"),
    "git folder": ("100644", "charts/lana-bank/.git/config", b"x", ".git"),
    "git folder in capitals": ("100644", "charts/lana-bank/.GIT/config", b"x", ".git"),
    "git folder for NTFS": ("100644", "charts/lana-bank/git~1/config", b"x", ".git"),
    "git folder for HFS": ("100644", "charts/lana-bank/.g\u200cit/config", b"x", ".git"),
    "absolute link": ("120000", "charts/lana-bank/link", b"/etc/passwd", "symlink out"),
    "link out": ("120000", "charts/lana-bank/link", b"../../../../../etc/hosts", "symlink out"),
    "link to a sibling": ("120000", "charts/lana-bank/link", b"../../README.md", "symlink out"),
    "link to nothing": ("120000", "charts/lana-bank/link", b"nothing", "not vendored"),
    "link to itself": ("120000", "charts/lana-bank/link", b"link", "not vendored"),
    "not UTF-8": ("100644", "charts/lana-bank/\udcff", b"x", "not UTF-8"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_content_is_refused_and_nothing_changes(
    source: Source, target: Target, kind: str, tmp_path: Path
) -> None:
    mode, name, content, reason = HOSTILE[kind]
    good = ("100644", "charts/lana-bank/Chart.yaml", b"name: x\n")
    source.commit_entries([good, (mode, name, content)])
    (target.folder / "vendir.yml").write_text(CONFIG.format(url=source.url, ref="odd"))
    before = contents(tmp_path, without=(".git", "charts.git"))
    with pytest.raises(PromoterError, match=reason) as caught:
        sync(target.folder)
    assert isinstance(caught.value, UnsafeContent)
    assert contents(tmp_path, without=(".git", "charts.git")) == before


def test_a_symlink_where_a_vendored_folder_belongs(source: Source, tmp_path: Path) -> None:
    target = configured(tmp_path, source)
    (tmp_path / "elsewhere").mkdir()
    (target.folder / "charts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeContent, match="is a symlink"):
        sync(target.folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_links_inside_the_folder_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/up").symlink_to("../file")
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").symlink_to("a")
    refuse_links_out(tmp_path)


def test_a_submodule_is_refused_or_left_out(source: Source, tmp_path: Path) -> None:
    source.commit_entries(
        [
            ("100644", "charts/lana-bank/Chart.yaml", b"name: x\n"),
            ("160000", "charts/lana-bank/sub", b"a" * 40),
        ]
    )
    target = configured(tmp_path, source, ref="odd")
    with pytest.raises(VendorError, match="is a submodule") as caught:
        sync(target.folder)
    assert "skipInitSubmodules" in caught.value.next_step
    text = (target.folder / "vendir.yml").read_text()
    (target.folder / "vendir.yml").write_text(
        text.replace("ref: odd\n", "ref: odd\n          skipInitSubmodules: true\n")
    )
    sync(target.folder)
    assert vendored(target) == ["Chart.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("- charts/lana-bank/**/*", "- nothing/**\n        legalPaths: []", "no file of"),
        ("newRootPath: charts/lana-bank", "newRootPath: charts/lana", "has none"),
        ("newRootPath: charts/lana-bank", "newRootPath: charts/lana-bank/Chart.yaml", "has none"),
        ("- charts/lana-bank/**/*", "- 'charts/[lana-bank/**'", "malformed"),
    ],
)
def test_an_empty_selection_is_refused(
    source: Source, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    target = configured(tmp_path, source)
    text = (target.folder / "vendir.yml").read_text()
    (target.folder / "vendir.yml").write_text(text.replace(old, new))
    with pytest.raises(VendorError, match=reason) as caught:
        sync(target.folder)
    assert "vendir.yml" in caught.value.next_step
    assert not (target.folder / "charts").exists()


def test_a_failing_content_leaves_the_other_directories_too(source: Source, target: Target) -> None:
    source.commit("feat: newer", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    text = CONFIG.format(url=source.url, ref="main")
    text += f"  - path: more\n    contents: [{{path: x, git: {{url: '{source.url}', ref: no}}}}]\n"
    (target.folder / "vendir.yml").write_text(text.replace("ref: no}", "ref: nope}"))
    before = contents(target.folder)
    with pytest.raises(RefNotFound):
        sync(target.folder)
    assert contents(target.folder) == before


def test_two_contents_and_a_deep_directory(source: Source, tmp_path: Path) -> None:
    text = CONFIG.format(url=source.url, ref="main").replace("path: charts\n", "path: a/b\n", 1)
    text += (
        "      - path: deep/other\n        git:\n"
        f"          url: {source.url}\n          ref: main\n"
        "        includePaths: [charts/other/*]\n        legalPaths: []\n"
    )
    target = Target.new(tmp_path / "deployments", text)
    sync(target.folder)
    found = contents(target.folder)
    assert found["a"] == ("folder", "0o700")
    assert found["a/b/deep"] == ("folder", "0o700")
    assert found["a/b/deep/other"] == ("folder", "0o700")
    assert "a/b/lana-bank/Chart.yaml" in found
    assert "a/b/deep/other/charts/other/Chart.yaml" in found


def test_a_content_that_is_its_directory(source: Source, tmp_path: Path) -> None:
    text = CONFIG.format(url=source.url, ref="main").replace("path: lana-bank\n", "path: .\n")
    target = Target.new(tmp_path / "deployments", text)
    sync(target.folder)
    assert (target.folder / "charts/Chart.yaml").is_file()


def test_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"vendir\.yml"):
        sync(tmp_path)


def test_git_settings_of_the_caller_s_repository_do_not_reach_the_fetch(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As inside a hook, where git has set these for the repository that it runs in."""
    target = configured(tmp_path, source)
    monkeypatch.setenv("GIT_DIR", str(target.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(target.folder / ".git/index"))
    sync(target.folder)
    monkeypatch.undo()
    assert git(target.folder, "ls-files") == ""
    assert "values.yaml" in vendored(target)
