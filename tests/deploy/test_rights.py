"""A deploy by hand where the record may not be pushed: refused before anything is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import GitError, PromoterError
from promoter.common.progress import Silent
from promoter.deploy.deploy import deploy
from promoter.git import Git
from promoter.site.site import Site
from promoter.synthesis.stack import Target
from tests.site.repository import site

__all__ = ["site"]

RULE = """\
#!/bin/sh
while read old new ref; do
  if [ "$ref" = refs/heads/main ]; then
    echo "GH013: Repository rule violations found for $ref."
    exit 1
  fi
done
"""


def ruled(site: Site) -> Git:
    """The site's remote, on which main takes no pushes, but every other ref does."""
    remote = Git(Path(site.git.text("remote", "get-url", "origin")))
    hook = remote.dir / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(RULE)
    hook.chmod(0o755)
    return remote


def test_a_rule_of_main_refuses_it_and_names_the_pipeline_s_job(site: Site, tmp_path: Path) -> None:
    remote = ruled(site)
    refs = remote.text("for-each-ref")
    with pytest.raises(PromoterError, match=r"nothing was applied.*main of origin") as refused:
        deploy(site, "qa", Target(tmp_path / "local", None), Silent())
    assert "pre-receive hook declined" in str(refused.value)
    assert refused.value.next_step.startswith("trigger the job qa of the deployments pipeline")
    assert isinstance(refused.value.__cause__, GitError)
    assert remote.text("for-each-ref") == refs
    assert not (tmp_path / "local").exists()


def test_who_may_push_leaves_evidence_of_the_attempt_first(site: Site, tmp_path: Path) -> None:
    """Nothing can be synthesized here: the deploy gets beyond the push, and fails there."""
    with pytest.raises(PromoterError, match=r"^(?!.*nothing was applied)"):
        deploy(site, "qa", Target(tmp_path / "local", None), Silent())
    names = site.fetched().git.lines("ls-tree", "-r", "--name-only", "origin/main", "cepler/")
    assert sum("-deploy-begun-" in name for name in names) == 1
