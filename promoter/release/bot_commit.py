"""The check that a commit is the bot's own: author, signature, and content made again.

Somebody who can push to the bot's branch can change anything below an open pull request. So the
commit is made again from the base, the released commit and the digests that it names.
"""

import re
from collections.abc import Iterator

import yaml

from promoter.common.errors import PromoterError
from promoter.forge.forge import PullRequest
from promoter.git import Git
from promoter.git.signing import read_signature
from promoter.release.application import HostedRepository
from promoter.release.bump_review import Bump
from promoter.release.chart import is_candidate, pinned_commit, pinned_files
from promoter.release.errors import ReleaseError
from promoter.release.settings import SETTINGS_FILE, ChartSettings, read_settings
from promoter.release.source import source_of_commit
from promoter.release.terraform_modules import Validate
from promoter.vendoring.pins import Pin, read_pins

BOT_SIGNERS = "ci/bot_signers"
"""The allowed signers of the bot's commits, on the branch that a pull request is for."""

_FOLDER = "charts/lana-bank"


def objections(
    charts: HostedRepository, pull: PullRequest, source: str, validate: Validate
) -> Iterator[str]:
    """Yield the reasons why the head of ``pull`` is not the bot's pins of a release of ``source``.

    ``source`` is the address of the application's repository, whose tags are releases. Another
    reason is what the release breaks (`Bump.review`, with ``validate``).
    """
    try:
        parent = _parent(charts, pull)
        yield from _people(charts, parent, pull.head_commit)
        expected, bump = _made_again(charts, parent, pull.head_commit, source)
        yield from bump.review(validate).objections()
    except PromoterError as error:
        yield str(error)
        return
    differing = charts.git.changed_between(expected, pull.head_commit)
    yield from (f"{path} is not what pinning a release gives" for path in differing)


def _parent(charts: HostedRepository, pull: PullRequest) -> str:
    """Return the only parent of the head, a commit of the base; fetches what is missing here."""
    git, head = charts.git, pull.head_commit
    if git.commit(head) is None:
        git.fetch(charts.remote, f"refs/heads/{pull.head}")
    parents = git.text("rev-list", "--parents", "--max-count=1", head).split()[1:]
    base = git.commit(f"refs/remotes/{charts.remote}/{pull.base}")
    if len(parents) == 1 and not (base and git.is_ancestor(parents[0], base)):
        base = git.tip(charts.remote, pull.base)
    if len(parents) != 1 or not git.is_ancestor(parents[0], base or head):
        raise ReleaseError(f"its head is not one commit on {pull.base}")
    return parents[0]


def _people(charts: HostedRepository, parent: str, head: str) -> Iterator[str]:
    git, bot = charts.git, f"{charts.author.name} <{charts.author.email}>"
    for person in git.lines("log", "-1", "--format=%an <%ae>%n%cn <%ce>", head):
        if person != bot:
            yield f"its commit is by {person}, not {bot}"
    signers = git.file(parent, BOT_SIGNERS)
    if signers is not None and read_signature(git, head, signers).signer is None:
        yield f"its commit is not signed by anyone in {BOT_SIGNERS}"


def _made_again(charts: HostedRepository, parent: str, head: str, address: str) -> tuple[str, Bump]:
    """Return a commit on ``parent`` that pins the release of ``head``, and that change."""
    git = charts.git
    found = {pin.path: pin for pin in read_pins(_text(git, head, "values.yaml"))}
    version = str(yaml.safe_load(_text(git, head, "Chart.yaml")).get("appVersion", ""))
    source = source_of_commit(git, _released(git, address, version))
    settings = read_settings(source)
    chart = settings.chart or ChartSettings(folder=_FOLDER)
    pins = [
        Pin(
            path,
            settings.published(image.name),
            found[path].digest,
            settings.source,
            chart.commit_ref(source.commit),
            image.name,
        )
        for image in settings.images
        if (path := image.pin) in found
    ]
    if is_candidate(version) and not chart.candidates:
        raise ReleaseError(f"it pins the candidate {version}, which {SETTINGS_FILE} does not allow")
    files = pinned_files(git, parent, chart, source, pins, version)
    made = git.commit_files(parent, files, "pins, made again", author=charts.author)
    old = pinned_commit(git, _text(git, parent, "values.yaml"))
    return made, Bump(git, parent, chart, files, git, old, source)


def _released(git: Git, address: str, version: str) -> str:
    """Return the commit of the tag of ``version`` at ``address``, fetched."""
    tag = re.compile(rf"refs/tags/[^0-9]*{re.escape(version)}")
    listed = git.lines("ls-remote", "--tags", "--", address, f"*{version}") if version else []
    for line in listed:
        object_id, _, ref = line.partition("\t")
        if tag.fullmatch(ref):
            git.fetch(address, ref)
            return git.commit(object_id) or object_id
    raise ReleaseError(f"its appVersion {version!r} is not a release of {address}")


def _text(git: Git, commit: str, name: str) -> str:
    content = git.file(commit, f"{_FOLDER}/{name}")
    if content is None:
        raise ReleaseError(f"it has no {_FOLDER}/{name}")
    return content.decode(errors="replace")
