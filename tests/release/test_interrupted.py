"""The whole way, stopped before and after every single write, and then run again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from promoter.common.errors import NothingNewer
from promoter.forge.forge import PullRequestState, Query
from promoter.programs.registry import Registry
from promoter.release.application import Application, HostedRepository
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.promotion import promote
from promoter.release.publication import release

from .sandbox import Sandbox, open_sandbox, quick_release_yml

WRITES = {
    "push",
    "tag",
    "open_pull_request",
    "edit_pull_request",
    "close_pull_request",
    "add_labels",
    "set_check",
    "draft_release",
    "upload_asset",
    "publish_release",
}


class Stopped(BaseException):
    """The process was killed here."""


@dataclass
class Plug:
    """Pulled at write number ``at``, before it or after it; counts the writes."""

    at: int = -1
    after: bool = False
    writes: int = 0

    def guard(self, what: Any) -> Any:
        """``what`` with its writing methods stopped when the plug is pulled."""
        plug = self

        class Guarded:
            def __getattr__(self, name: str) -> Any:
                found = getattr(what, name)
                return plug.stopped(found) if name in WRITES else found

        return Guarded()

    def stopped(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            number, self.writes = self.writes, self.writes + 1
            if number == self.at and not self.after:
                raise Stopped
            result = write(*arguments, **options)
            if number == self.at:
                raise Stopped
            return result

        return call


def plugged(sandbox: Sandbox, plug: Plug) -> tuple[Application, HostedRepository]:
    """The sandbox with every write going through ``plug``."""
    application = replace(
        sandbox.application,
        git=plug.guard(sandbox.application.git),
        forge=plug.guard(sandbox.application.forge),
        registry=plug.guard(sandbox.application.registry),
    )
    charts = replace(
        sandbox.charts, git=plug.guard(sandbox.charts.git), forge=plug.guard(sandbox.charts.forge)
    )
    return application, charts


def whole_way(sandbox: Sandbox, application: Application, charts: HostedRepository) -> None:
    """Each step as the pipeline would run it again: what is done already is passed over."""
    with suppress(NothingNewer):
        create_candidate(application)
    try:
        pull = promote(application)
    except NothingNewer:
        pull = application.forge.pull_requests(Query(state=PullRequestState.MERGED))[0]
    if pull.state is not PullRequestState.MERGED:
        sandbox.merge(pull)
    release(application)
    bump_chart(application, charts)


def outcome(sandbox: Sandbox) -> dict[str, object]:
    """Return the visible result without times and the numbers of pull requests."""
    forge = sandbox.application.forge
    there = forge.release("0.1.0")
    bumps = sandbox.charts.forge.pull_requests(Query())
    registry = sandbox.application.registry
    return {
        "tags": {tag: sandbox.git.commit(f"refs/tags/{tag}") for tag in sandbox.tags()},
        "version": sandbox.git.file("version", "version"),
        "release": replace(there, url="") if there else None,
        "images": {
            (name, tag): registry.digest(name, tag)
            for name in ("lana-bank", "dagster-code-location-lana-dw")
            for tag in ("edge", "0.1.0-rc.1", "0.1.0", "latest")
        },
        "merged": len(forge.pull_requests(Query(state=PullRequestState.MERGED))),
        "open": len(forge.pull_requests(Query())),
        "bumps": [(one.title, one.labels, one.body) for one in bumps],
        "values": [
            sandbox.charts.git.file(one.head_commit, "charts/lana-bank/values.yaml")
            for one in bumps
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_rerun_completes_a_run_stopped_anywhere(
    tmp_path: Path, registry: Registry, after: bool
) -> None:
    quick = quick_release_yml()

    def sandbox_number(number: int) -> Sandbox:
        own = replace(registry, address=f"{registry.address}/{number}-{after}".lower())
        return open_sandbox(tmp_path / str(number), own, quick)

    undisturbed = sandbox_number(0)
    plug = Plug()
    whole_way(undisturbed, *plugged(undisturbed, plug))
    assert plug.writes > 20
    expected = comparable(outcome(undisturbed), undisturbed)

    # Stopped after write n is stopped before write n+1: the two runs together meet every gap.
    for at in range(0, plug.writes, 2):
        sandbox = sandbox_number(at + 1)
        with pytest.raises(Stopped):
            whole_way(sandbox, *plugged(sandbox, Plug(at, after)))
        whole_way(sandbox, sandbox.application, sandbox.charts)
        assert comparable(outcome(sandbox), sandbox) == expected, f"stopped at write {at}"


def comparable(seen: dict[str, object], sandbox: Sandbox) -> str:
    """``seen`` without the address of the sandbox's own registry."""
    return repr(seen).replace(sandbox.application.registry.address, "REGISTRY")
