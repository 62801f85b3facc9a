"""The time of each present record, all of them by one walk through the history."""

from collections.abc import Mapping
from functools import lru_cache

from promoter.gate.config import state_folder
from promoter.git import Git
from promoter.site.site import Site


def recorded_times(site: Site) -> Mapping[str, str]:
    """Return the time (ISO 8601) of the commit that wrote each state file, by its path."""
    folders = (state_folder(each.config_path, name) for name, each in site.deployments.items())
    return _times(site.git, site.tip, tuple(folders))


@lru_cache(maxsize=4)
def _times(git: Git, tip: str, folders: tuple[str, ...]) -> Mapping[str, str]:
    """Return the times, from the newest commit on back to the oldest of these records."""
    present = {
        f"{folder}/{name}": entry.blob
        for folder in folders
        for name, entry in git.listing(tip, folder).items()
    }
    times: dict[str, str] = {}
    if not present:
        return times
    # A merge counts where it differs from all its parents: else it is no record of its own.
    options = ("-c", "--raw", "--no-abbrev", "--no-renames", "--format=%aI")
    command = ("-c", "core.quotePath=false", "log", *options, tip, "--", *folders)
    with git.process(*command) as process:
        time = ""
        for line in process.stdout or ():
            facts, _, path = line.decode("utf-8", "surrogateescape").rstrip("\n").partition("\t")
            if facts[:1] != ":":
                time = facts or time
            elif present.get(path) == facts.split()[-2]:
                times[path] = time
                del present[path]
                if not present:
                    break
    return times
