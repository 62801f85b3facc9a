"""Source commits: the charts that pin them, and the environments that ran them, with times."""

from __future__ import annotations

from promoter.site.site import Site
from promoter.site.source_commits import source_commits
from promoter.site.timeline import timeline
from promoter.web.pages import every_path
from tests.site.repository import deployed, pull, push, site
from tests.web.document import page, snapshot

__all__ = ["site"]

OLD, NEW = "a" * 40, "b" * 40
CONFIG = """\
deployment: app
environments:
  qa:
    latest: [charts/lana-bank/*]
  production:
    passed: qa
    propagated: [charts/lana-bank/*]
"""


def values(commit: str, digit: str = "1") -> bytes:
    metadata = f"METADATA:: repository=https://github.com/GaloyMoney/lana-bank;commit_ref={commit};app=lana;"
    text = f'image:\n  repository: gcr.io/bank/lana\n  digest: "sha256:{digit * 64}" # {metadata}\n'
    return text.encode()


def vendored(
    found: Site,
    content: bytes,
    message: str = "chore(charts): bump",
    chart: bytes = b"appVersion: 0.42.0\n",
) -> Site:
    pull(found)
    files = {"charts/lana-bank/values.yaml": content, "charts/lana-bank/Chart.yaml": chart}
    made = found.git.commit_files(found.tip, files, message)
    found.git.push("origin", made, "refs/heads/main", expect=found.tip)
    return deployed(found, "qa")


def test_a_commit_is_followed_through_charts_and_environments(site: Site) -> None:
    push(site.git, {"cepler/app.yml": CONFIG.encode()})
    message, candidate = "chore: bump\n\nTestflight: 1234 by bot\n", b"appVersion: 0.42.0-rc.1\n"
    site = vendored(site.fetched(), values(OLD), message, candidate)
    site = vendored(site, values(NEW, "2"), "chore: bump\n\nUntested: no cluster\n")
    new, old = source_commits(site, [timeline(site, "qa"), timeline(site, "production")])
    assert (new.commit, new.apps, new.repository) == (
        NEW,
        ("lana",),
        "https://github.com/GaloyMoney/lana-bank",
    )
    assert (new.vendored[0].version, old.vendored[0].version) == ("0.42.0", "0.42.0-rc.1")
    assert (new.vendored[0].untested, old.vendored[0].testflight) == ("no cluster", "1234 by bot")
    assert [(each.environment, each.version, bool(each.until)) for each in new.stays] == [
        ("qa", 2, False)
    ]
    assert [(each.environment, each.version, bool(each.until)) for each in old.stays] == [
        ("qa", 1, True)
    ]
    found = snapshot(site.git.dir)
    assert f"commits/{NEW}.html" in list(every_path(found))
    shown = page(found, f"commits/{NEW}.html").text
    assert "none: no cluster" in shown
    assert " 0.42.0 " in shown
    assert "qa version 2" in shown
    assert "runs now" in shown
    records = found.timeline("qa").records
    compared = page(found, f"environments/qa/{records[0].commit}.html")
    link = f"https://github.com/GaloyMoney/lana-bank/compare/{OLD}...{NEW}"
    assert link in compared.links


def test_what_is_no_commit_or_no_chart_has_no_page(site: Site) -> None:
    push(site.git, {"cepler/app.yml": CONFIG.encode()})
    site = vendored(site.fetched(), values("../../../index"))
    site = vendored(site, b"a: [", chart=b"a: [")
    assert source_commits(site, [timeline(site, "qa")]) == ()
    found = snapshot(site.git.dir)
    for path in every_path(found):
        assert page(found, path).problems == []
