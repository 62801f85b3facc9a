"""Select the files of a commit that a content takes."""

from collections.abc import Callable, Mapping

from promoter.git.objects import TreeEntry
from promoter.vendoring.config import Contents
from promoter.vendoring.errors import VendorError
from promoter.vendoring.globs import glob
from promoter.vendoring.refusals import refuse_name

# Kept whatever includePaths says, unless legalPaths says otherwise: vendir's documented
# DefaultLegalPaths.
LEGAL_PATHS = (
    "{LICENSE,LICENCE,License,Licence}{,.md,.txt,.rst}",
    "{COPYRIGHT,Copyright}{,.md,.txt,.rst}",
    "{NOTICE,Notice}{,.md,.txt,.rst}",
)
SUBMODULE = "160000"


def select(entries: Mapping[str, TreeEntry], contents: Contents) -> dict[str, TreeEntry]:
    """Return the files that end up in the vendored folder, below ``newRootPath`` if it is set.

    Raises `UnsafeContent` for a name that must not be written, `VendorError` when no file is
    left (as vendir does) or a submodule would have to be followed.
    """
    included = _path_filter(contents)
    chosen = {
        path: entry for path, entry in entries.items() if entry.mode != SUBMODULE and included(path)
    }
    if not chosen:
        raise VendorError(
            f"select files for {contents.path}: no file of {contents.git.url} matches",
            next_step="correct includePaths and excludePaths in vendir.yml",
        )
    below = f"{contents.root}/" if contents.root else ""
    kept = {path: entry for path, entry in chosen.items() if path.startswith(below)}
    if not kept:
        raise VendorError(
            f"select files for {contents.path}: newRootPath {contents.new_root_path!r} has none",
            next_step="correct newRootPath in vendir.yml, or check that the chart's folder exists",
        )
    for path, entry in entries.items():
        followed = f"{path}/".startswith(below) or below.startswith(f"{path}/")
        if entry.mode == SUBMODULE and followed and not contents.git.skip_init_submodules:
            raise VendorError(
                f"select files for {contents.path}: {path} is a submodule",
                next_step="set git.skipInitSubmodules: true in vendir.yml to leave it out",
            )
    for path in kept:
        refuse_name(path)
    return kept


def _path_filter(contents: Contents) -> Callable[[str], bool]:
    legal = LEGAL_PATHS if contents.legal_paths is None else contents.legal_paths
    included, excluded, kept = (
        [glob(pattern) for pattern in patterns]
        for patterns in (contents.include_paths, contents.exclude_paths, legal)
    )

    def is_included(path: str) -> bool:
        matched = not included or any(pattern.matches(path) for pattern in included)
        matched = matched and not any(pattern.matches(path) for pattern in excluded)
        return matched or any(pattern.matches(path) for pattern in kept)

    return is_included
