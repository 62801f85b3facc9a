"""Random histories of the gates branch on real git, with an adversary, against the model.

The adversary pushes what it likes: statements of others again, under other names, with their
signatures exchanged, edited, or signed for another purpose; and commits that remove files. A
statement counts if, and only if, its own words were signed by a listed key for this purpose.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.approvals.authority import Case
from promoter.approvals.control import GitControl
from promoter.approvals.rules_file import read_rules
from promoter.approvals.statement import Kind, Statement, content_digest
from promoter.gate.deployment import Deployment
from promoter.gate.state import DeployState
from promoter.git import Git
from promoter.git.seen import WentBack
from promoter.git.signing import NAMESPACE
from promoter.site.site import Site
from tests.approvals.people import key
from tests.approvals.test_authority import PEOPLE, START, TEAMS, Model
from tests.examples import examples
from tests.site.repository import CONFIG

RULES = """\
environments:
  production:
    approval: {count: 2, from: [release, risk], required: [risk], expires: 24h}
    override: {count: 1, from: [incident], expires: 2h}
"""
WOULD = DeployState("0" * 40)


class Signed(NamedTuple):
    """Words with a signature, and the statement that they are: None where it does not count."""

    content: bytes
    signature: bytes
    statement: Statement | None


class World(NamedTuple):
    """A repository with rules, its clean deployment, and everything that was ever signed."""

    git: Git
    deployment: Deployment
    case: Case
    pool: list[Signed]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A repository whose people have signed a few statements each, and one who is not listed."""
    folder = tmp_path_factory.mktemp("world")
    git = Git(folder)
    git.text("init", "-q", "-b", "main")
    for name, value in {"user.name": "A", "user.email": "a@bank.example"}.items():
        git.text("config", name, value)
    keys = {name: key(folder, name) for name in (*PEOPLE, "mallory")}
    signers = "".join(f'{name} namespaces="{NAMESPACE}" {keys[name]}' for name in PEOPLE)
    teams = "people:\n"
    teams += "".join(
        f"  {name}: {{mail: [{name}@bank.example], keys: [{name}]}}\n" for name in PEOPLE
    )
    teams += "teams: {release: [ann, bob], risk: [cy], incident: [dee]}\n"
    files = {
        "cepler/app.yml": CONFIG,
        "cepler/app.rules.yml": RULES,
        "cepler/teams.yml": teams,
        "cepler/allowed_signers": signers,
    }
    main = git.commit_files(None, {path: text.encode() for path, text in files.items()}, "feat: a")
    deployment = Deployment.at_commit(git, main, "cepler/app.yml")
    case = GitControl(deployment, None, in_ci=False).case("production", None, WOULD)
    rules = read_rules(RULES.encode(), "rules", TEAMS, ("production",))
    case = replace(case, rules=rules.environments["production"])
    return World(git, deployment, case, pool(folder, case.rules_digest, main))


def pool(folder: Path, rules: str, main: str) -> list[Signed]:
    """Return statements of everybody, valid ones and those of an adversary."""
    made = []
    named = {"deployment": "app", "runs": "nothing", "would": content_digest(WOULD)}
    named |= {"rules": rules, "reason": "x", "environment": "production", "commit": main}
    kinds: tuple[Kind, ...] = ("approve", "reject", "override", "stop", "resume")
    for hour, kind in enumerate((*kinds, "approve", "approve")):
        for name in (*PEOPLE, "mallory"):
            at = (START + timedelta(hours=10 * hour)).isoformat()
            statement = Statement(kind=kind, at=at, **named)
            content = statement.content()
            known = replace(statement, person=name) if name != "mallory" else None
            made.append(Signed(content, sign(folder, name, content), known))
    valid = [each for each in made if each.statement]
    exchanged = [
        Signed(a.content, b.signature, None) for a, b in zip(valid, valid[6:], strict=False)
    ]
    edited = [
        Signed(each.content.replace(b"reject", b"approve"), each.signature, None)
        for each in valid
        if b"reject" in each.content
    ]
    commits = [
        Signed(each.content, sign(folder, "cy", each.content, "git"), None) for each in valid[:3]
    ]
    return [*made, *valid, *valid, *exchanged, *edited, *commits]


def sign(folder: Path, name: str, content: bytes, namespace: str = NAMESPACE) -> bytes:
    done = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(folder / name)],
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout


class Gates(NamedTuple):
    """A commit of the gates branch, and the statements in its history that count."""

    tip: str
    counting: tuple[Statement, ...]


def draw_history(world: World, data: st.DataObject) -> list[Gates]:
    """Return the gates branch as it grew: statements in two pushes, each perhaps removed again."""
    chosen = data.draw(st.lists(st.sampled_from(world.pool), max_size=6))
    cut = data.draw(st.integers(0, len(chosen)))
    found = [Gates(world.git.commit_files(None, {"app.yml": b"production: HEAD\n"}, "gates"), ())]
    for part in (chosen[:cut], chosen[cut:]):
        files = {f"votes/app/{number}-{id(part)}.json": each for number, each in enumerate(part)}
        added: dict[str, bytes | None] = {path: each.content for path, each in files.items()}
        added |= {f"{path}.sig": each.signature for path, each in files.items()}
        tip = world.git.commit_files(found[-1].tip, added, "votes")
        if data.draw(st.booleans()):
            tip = world.git.commit_files(tip, dict.fromkeys(added), "removed")
        counting = (each.statement for each in part if each.statement)
        # What is pushed again counts from the first time on.
        once = {(each, each.person): each for each in (*found[-1].counting, *counting)}
        found.append(Gates(tip, tuple(once.values())))
    return found


def require_as_model(world: World, deployment: Deployment, gates: Gates, now: datetime) -> None:
    control = GitControl(deployment, gates.tip, now=now, in_ci=False)
    refusals = control.judge("production", None, WOULD, gated=True)
    truth = replace(world.case, statements=gates.counting)
    assert (not refusals) is Model(truth, truth.runs, truth.would).allowed(now), refusals


HOURS = st.integers(0, 80).map(lambda hours: START + timedelta(hours=hours))


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_random_history_is_decided_as_by_the_model(world: World, data: st.DataObject) -> None:
    gates = draw_history(world, data)[-1]
    require_as_model(world, world.deployment, gates, data.draw(HOURS))


@pytest.mark.slow
@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_clone_believes_no_branch_that_goes_back(world: World, data: st.DataObject) -> None:
    """The adversary moves both branches of the remote where it likes, and so drops pushes.

    Whatever a clone has seen of a branch, it takes only what grew on top of it, and then decides by
    every statement of that history.
    """
    git, history = world.git, draw_history(world, data)
    later = git.commit_files(world.deployment.tip, {"elsewhere": b"x"}, "feat: elsewhere")
    mains = [world.deployment.tip, later]
    with TemporaryDirectory() as folder:
        clone = Git(Path(folder))
        clone.text("init", "-q")
        clone.text("remote", "add", "origin", str(git.dir))
        site, seen = Site(clone, "origin", "main", "", None), dict[str, int]()
        for _ in range(data.draw(st.integers(1, 4))):
            at = {
                "main": data.draw(st.integers(0, 1)),
                "cepler-gates": data.draw(st.integers(0, 2)),
            }
            tips = {"main": mains[at["main"]], "cepler-gates": history[at["cepler-gates"]].tip}
            for branch, tip in tips.items():
                git.text("update-ref", f"refs/heads/{branch}", tip)
            back = [branch for branch, place in at.items() if place < seen.get(branch, 0)]
            if back:
                with pytest.raises(WentBack, match=f"read {back[0]} of origin"):
                    site.fetched()
                seen["main"] = max(at["main"], seen.get("main", 0))
                continue
            now, seen = site.fetched(), dict(at)
            assert (now.tip, now.gates_tip) == tuple(tips.values())
            gates, moment = history[at["cepler-gates"]], data.draw(HOURS)
            require_as_model(world, now.deployments["app"], gates, moment)
