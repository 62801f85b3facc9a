"""`promoter vendor set-ref`: the first of three steps; `sync` and `commit` are the others."""

from pathlib import Path

from promoter.common.errors import NothingNewer
from promoter.common.yaml_edit import replace
from promoter.vendoring.config import CONFIG_NAME, find_dependency, read_config
from promoter.vendoring.git_source import source_repository
from promoter.vendoring.workspace import replace_file, workspace


def set_ref(root: Path, name: str, ref: str) -> str:
    """Write the commit of ``ref`` as the ref of dependency ``name`` to vendir.yml; return it.

    ``ref`` may be a sha, tag or branch; a name can move, so its 40 hex digits are written.
    Raises `NothingNewer` where it is written already, `RefNotFound`.
    """
    root = root.resolve()
    file = root / CONFIG_NAME
    dependency = find_dependency(read_config(file), name)
    source, before = dependency.contents.git, file.read_text(encoding="utf-8")
    with workspace(root) as stage:
        with source_repository(source, stage / "work") as repository:
            commit = repository.resolve(ref)
        if commit == source.ref:
            raise NothingNewer(f"set the ref of {dependency.name}: it is {commit} already")
        after = replace(before, (*dependency.place, "git", "ref"), commit, CONFIG_NAME)
        replace_file(file, after.encode(), 0o644, stage)
    return commit
