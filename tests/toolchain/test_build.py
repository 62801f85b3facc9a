"""Programs are built once, completely or not at all, and a failure names the next step."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev.toolchain_keys import MODULE as MODULE_FOLDER
from dev.toolchain_keys import keys
from promoter.common.errors import InvalidFile, ProgramMissing, UsageError
from promoter.toolchain import BuildFailed, Toolchain
from promoter.toolchain.cache import default_cache
from promoter.toolchain.recipes import KEYS, ON_REQUEST, RECIPES
from promoter.toolchain.tracker import SECONDS
from tests.toolchain.fake_programs import (
    BUILD,
    MODULE,
    Seen,
    building,
    fake,
    wait_until,
    write_keys,
)

ROOT = Path(__file__).parents[2]


def go() -> str:
    found = shutil.which("go")
    assert found, "these tests build with Go"
    return found


def test_two_processes_build_once(tree: Path, tmp_path: Path) -> None:
    calls, release = tmp_path / "calls", tmp_path / "release"
    os.mkfifo(release)
    fake(
        tmp_path / "bin",
        "go",
        f'echo "$@" >>{calls}\n[ $1 = list ] || read -r x <{release}\nexec {go()} "$@"',
    )
    first, second = (building(tree, tmp_path / "cache", str(tmp_path / "bin")) for _ in range(2))
    with first, second:
        assert first.stdout is not None
        assert second.stdout is not None
        lines = sorted(process.stdout.readline() for process in (first, second))
        assert lines[0].startswith("build etcd 3.6.99")
        assert lines[1].startswith("wait for etcd, which another process creates")
        release.write_text("go\n")
        outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert [line.split()[0] for line in calls.read_text().splitlines()] == ["list", "build"]
    (path,) = {output.strip() for output in outputs}
    assert subprocess.run([path], capture_output=True, check=True).stderr == b"small etcd\n"


def test_a_killed_build_leaves_nothing_incomplete(tree: Path, tmp_path: Path) -> None:
    cache, here = tmp_path / "cache", tmp_path / "here"
    os.mkfifo(here)
    # It has begun to write the program when it says so, and then it would never end.
    last = 'for each; do [ "$before" = -o ] && target=$each/etcd; before=$each; done'
    fake(
        tmp_path / "bin",
        "go",
        f'[ $1 = list ] && exit 0\n{last}\nmkdir -p "${{target%/*}}"\nprintf half >$target\n'
        f"echo >{here}\nexec tail -f /dev/null",
    )
    process = building(tree, cache, str(tmp_path / "bin"))
    here.read_text()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)

    toolchain = Toolchain(tree, cache=cache)
    assert toolchain.cached("etcd") is None
    assert not (cache / "programs").exists()
    built = toolchain.built("etcd")
    assert subprocess.run([built], capture_output=True, check=True).stderr == b"small etcd\n"
    assert list((cache / "programs" / "etcd").iterdir()) == [built.parent]
    assert list((cache / "making").iterdir()) == []


def test_a_failed_build_shows_the_last_lines(tree: Path, tmp_path: Path) -> None:
    (tree / "dev" / "toolchain" / "programs" / "etcd" / "main.go").write_text(
        "package main\n\nfunc main() { undefinedName() }\n"
    )
    toolchain = Toolchain(tree, cache=tmp_path / "cache")
    with pytest.raises(BuildFailed) as error:
        toolchain.built("etcd")
    message = str(error.value)
    assert message.startswith("build etcd 3.6.99: exit code 1, last lines:\n")
    assert "  | etcd/main.go:3:15: undefined: undefinedName" in message
    assert "go build ./etcd" in error.value.next_step
    assert "Go >= 1.21" in error.value.next_step
    assert not (tmp_path / "cache" / "programs").exists()


def test_an_error_is_shown_also_when_other_packages_follow_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = '[ $1 = list ] && exit 0; echo "main.go:1:1: broken"; yes some/package | head -30'
    fake(tmp_path / "bin", "go", f"{script}; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BuildFailed, match=r"main\.go:1:1: broken"):
        Toolchain(tree, cache=tmp_path / "cache").built("etcd")


def test_without_go_the_error_names_the_version_to_install(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ProgramMissing, match=r"build etcd 3\.6\.99: there is no Go") as error:
        Toolchain(tree, cache=tmp_path / "cache").program("etcd")
    assert "install Go >= 1.21" in error.value.next_step


def test_every_input_of_a_program_changes_its_key(tree: Path, tmp_path: Path) -> None:
    toolchain = Toolchain(tree, cache=tmp_path / "cache")
    keys, registry = [toolchain.pin("etcd").key], toolchain.pin("registry").key
    main = tree / "dev" / "toolchain" / "programs" / "etcd" / "main.go"
    main.write_text(main.read_text() + "// changed")
    keys.append(toolchain.pin("etcd").key)
    write_keys(tree, etcd="c", registry="b")
    keys.append(toolchain.pin("etcd").key)
    assert len(set(keys)) == 3
    assert all(key.startswith("3.6.99-") for key in keys)
    assert toolchain.pin("registry").key == registry


@pytest.mark.parametrize("name", ["go.mod", "go.sum"])
def test_keys_of_other_requirements_are_refused(tree: Path, tmp_path: Path, name: str) -> None:
    file = tree / "dev" / "toolchain" / "programs" / name
    file.write_text(file.read_text() + "// changed")
    with pytest.raises(InvalidFile, match=r"does not belong to go\.mod and go\.sum") as error:
        Toolchain(tree, cache=tmp_path / "cache").pin("etcd")
    assert error.value.next_step == "make generated"


def test_several_programs_are_built_by_one_command(tree: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    fake(tmp_path / "bin", "go", f'echo "$@" >>{calls}\nexec {go()} "$@"')
    toolchain = Toolchain(tree, cache=tmp_path / "cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
        paths = toolchain.programs(["registry", "etcd"])
        toolchain.programs(["etcd"])
    assert [line.split()[0] for line in calls.read_text().splitlines()] == ["list", "build"]
    for name, path in paths.items():
        done = subprocess.run([path], capture_output=True, check=True)
        assert done.stderr == f"small {name}\n".encode()


def test_a_program_is_published_before_the_others_are_built(tree: Path, tmp_path: Path) -> None:
    """Another process waits for what it needs, not for the whole build."""
    first, second = tmp_path / "first", tmp_path / "second"
    os.mkfifo(first)
    os.mkfifo(second)
    program = (
        'cd "$target" && printf "#!/bin/sh\\n" >new && chmod +x new && mv new %s; echo some/package'
    )
    fake(
        tmp_path / "bin",
        "go",
        "[ $1 = list ] && exit 0\n"
        'for each; do [ "$before" = -o ] && target=$each; before=$each; done\n'
        f"echo some/package; read -r x <{first}; {program.replace('%s', 'etcd')}\n"
        f"read -r x <{second}; {program.replace('%s', 'registry')}",
    )
    both, path = BUILD.replace('built("etcd")', 'programs(["etcd", "registry"])'), tmp_path / "bin"
    cache, seen = tmp_path / "cache", Seen()
    found = Toolchain(tree, cache=cache, progress=seen)
    with building(tree, cache, str(path), both) as builder, ThreadPoolExecutor() as pool:
        wait_until((cache / "making" / "programs-programs" / "status").is_file)
        waiting = pool.submit(found.built, "etcd")
        wait_until(lambda: any("left etcd, registry" in line for line in seen.lines))
        first.write_text("go\n")
        etcd = waiting.result(timeout=60)
        assert builder.poll() is None
        assert found.unbuilt(["etcd", "registry"]) == ("registry",)
        second.write_text("go\n")
        builder.communicate(timeout=60)
    assert found.unbuilt(["etcd", "registry"]) == ()
    assert subprocess.run([etcd], check=True).returncode == 0
    assert seen.lines[0] == "wait for etcd, which another process creates"


def test_the_first_programs_are_built_while_modules_are_downloaded(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, downloaded = tmp_path / "calls", tmp_path / "downloaded"
    os.mkfifo(downloaded)
    download = f"echo go: downloading example.com/module v1.0.0; read -r x <{downloaded}"
    script = f'echo "$@" >>{calls}\n[ $1 = list ] && {{ {download}; }}\nexec {go()} "$@"'
    fake(tmp_path / "bin", "go", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    seen = Seen()
    toolchain = Toolchain(tree, cache=tmp_path / "cache", progress=seen)
    with ThreadPoolExecutor() as pool:
        both = pool.submit(toolchain.programs, ["registry", "etcd"])
        wait_until(lambda: both.done() or not toolchain.unbuilt(["registry", "etcd"]))
        assert not both.done(), both.result()
        downloaded.write_text("go\n")
        both.result(timeout=60)
    listed, *builds = (line.split() for line in calls.read_text().splitlines())
    assert listed[0] == "list"
    assert [build[-1] for build in builds] == ["./registry", "./etcd"]
    assert "downloading example.com/module v1.0.0" in seen.lines


def test_a_failed_download_ends_the_build_that_runs(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = tmp_path / "running"
    os.mkfifo(running)
    listing = f"echo go: downloading example.com/module v1.0.0; read -r x <{running}"
    script = (
        f"[ $1 = list ] && {{ {listing}; echo dial tcp: no such host; exit 1; }}\n"
        f"echo go >{running}; while sleep 0.05; do echo some/package; done"
    )
    fake(tmp_path / "bin", "go", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BuildFailed, match=r"download the modules of .*: no network"):
        Toolchain(tree, cache=tmp_path / "cache").built("etcd")


def test_what_takes_how_long_is_shown_and_remembered(tree: Path, tmp_path: Path) -> None:
    for main in tree.rglob("main.go"):
        main.write_text(f"{main.read_text()}// {time.time_ns()}: not in Go's own cache\n")
    seen = Seen()
    toolchain = Toolchain(tree, cache=tmp_path / "cache", progress=seen)
    assert toolchain.seconds("etcd") == RECIPES["etcd"].seconds
    toolchain.programs(["registry", "etcd"])
    for name in ("registry 0.22.99", "etcd 3.6.99"):
        assert [line for line in seen.lines if re.fullmatch(rf"built {name} \(.* s of CPU\)", line)]
    shown = [line for line in seen.lines if "left registry, etcd, about" in line]
    assert shown, seen.lines
    assert re.search(r"about \d+ (s|min) \(\d+ of \d+ packages\)", shown[0])
    place = toolchain.built("etcd").parent
    (place / SECONDS).write_text("12.5\n")
    assert toolchain.seconds("etcd") == 12.5


@pytest.mark.parametrize("name", [each.name for each in RECIPES.values() if each.release])
def test_the_release_of_a_commit_is_the_newest_of_its_changelog(name: str) -> None:
    recipe = RECIPES[name]
    command = [go(), "list", "-m", "-f", "{{.Dir}}", recipe.pinned]
    module = MODULE_FOLDER.parent / recipe.folder
    folder = subprocess.run(command, cwd=module, capture_output=True, text=True, check=True).stdout
    if not folder.strip():
        pytest.skip(f"{recipe.pinned} has not been downloaded")
    changelog = Path(folder.strip(), "CHANGELOG.md").read_text()
    newest = re.search(r"(?m)^## v?([0-9.]+)", changelog)
    assert newest
    assert newest[1] == recipe.release


def test_the_benchmarks_have_the_weight_of_every_program() -> None:
    table = (ROOT / "docs" / "benchmarks.md").read_text()
    listed = dict(re.findall(r"(?m)^\| ([\w-]+) \| (\d+) \|$", table))
    assert listed == {name: str(recipe.seconds) for name, recipe in RECIPES.items()}
    built = sum(recipe.seconds for name, recipe in RECIPES.items() if name not in ON_REQUEST)
    assert f"The others are {built} seconds" in table


def test_the_committed_keys_are_current() -> None:
    assert (MODULE_FOLDER / KEYS).read_text() == keys(), "make generated"


def test_opentofu_is_built_without_xds() -> None:
    recipe = RECIPES["tofu"]
    done = subprocess.run(
        [go(), "list", "-deps", *recipe.flags, recipe.package],
        cwd=MODULE_FOLDER,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"},
        capture_output=True,
        text=True,
        check=True,
    )
    packages = done.stdout.split()
    assert "cloud.google.com/go/storage" in packages
    assert not [each for each in packages if each.startswith("github.com/envoyproxy/")]


def test_the_caller_s_go_flags_and_workspace_do_not_matter(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    monkeypatch.setenv("GOWORK", str(tmp_path / "go.work"))
    assert Toolchain(tree, cache=tmp_path / "cache").built("etcd").is_file()


@pytest.mark.parametrize(("own", "used"), [(None, "400"), ("50", "50")])
def test_the_compiler_collects_garbage_less_often_unless_told(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str | None, used: str
) -> None:
    seen = tmp_path / "seen"
    fake(tmp_path / "bin", "go", f'echo "$1 $GOGC" >>{seen}\nexec {go()} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("GOGC", raising=False)
    if own:
        monkeypatch.setenv("GOGC", own)
    Toolchain(tree, cache=tmp_path / "cache").built("etcd")
    assert seen.read_text().splitlines() == [f"list {used}", f"build {used}"]


def test_a_module_that_does_not_require_the_program_is_named(tree: Path, tmp_path: Path) -> None:
    file = tree / "dev" / "toolchain" / "programs" / "go.mod"
    file.write_text("module small\n\ngo 1.21\n")
    with pytest.raises(InvalidFile, match=f"{file}.*{MODULE} is not required"):
        Toolchain(tree, cache=tmp_path / "cache").pin("etcd")


def test_a_tree_without_the_module_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"go\.mod: No such file") as error:
        Toolchain(tmp_path, cache=tmp_path / "cache").pin("etcd")
    assert error.value.next_step == "restore it from git"


def test_the_cache_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "promoter"
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert default_cache() == Path.home() / ".cache" / "promoter"


def test_wrong_usage_has_its_own_exit_code() -> None:
    assert (BuildFailed.exit_code, ProgramMissing.exit_code, UsageError.exit_code) == (1, 1, 64)
