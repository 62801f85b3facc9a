"""Acting: the command to type with a key of one's own, or a vote or a stop by the server's key."""

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NamedTuple, TypeVar, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from promoter.approvals.approvals import one_line
from promoter.approvals.statement import WEB, options_of
from promoter.approvals.stops import Order, give
from promoter.common.errors import NotCleared, NothingNewer, PromoterError, UsageError
from promoter.gate.deployment import Deployment
from promoter.site.freezes import StopOrder, freezes
from promoter.site.proposal import ApprovalRequest, Proposal, approve, propose
from promoter.site.site import Site
from promoter.web.forms import RateLimit, caller, read_form
from promoter.web.reader import Reader
from promoter.web.responses import RequestRefused, personal_page
from promoter.web.sessions import Expiring, Session
from promoter.web.settings import Role
from promoter.web.sign_in import SignIn
from promoter.web.text import slug

Result = TypeVar("Result")
Action = Literal["approve", "reject", "stop", "resume"]

ACTIONS: tuple[Action, ...] = get_args(Action)
_WIDE_ACTIONS: tuple[Action, ...] = ("stop", "resume")
_ROLES: dict[Action, Role] = {
    "approve": "approver",
    "reject": "approver",
    "stop": "operator",
    "resume": "operator",
}
_FORM_LASTS = timedelta(minutes=30)
_MOST_FORMS = 10_000
_MOST_REASON = 500


class Scope(NamedTuple):
    """One environment, every one of a deployment, or with two empty names all of the remote."""

    deployment: str = ""
    environment: str = ""

    @property
    def name(self) -> str:
        """The scope in words."""
        return self.environment or self.deployment or "every environment"

    def environments(self, site: Site) -> Iterator[tuple[Deployment, str]]:
        """Yield each of its environments, with its deployment; raises if that is unreadable."""
        if self.deployment in site.unreadable:
            raise site.unreadable[self.deployment]
        for name, deployment in site.deployments.items():
            for each in deployment.environments:
                if self.deployment in ("", name) and self.environment in ("", each):
                    yield deployment, each


@dataclass(frozen=True)
class Review:
    """The effect of an action as it was read from the remote just now.

    ``command`` does the same with a key of one's own. ``counts`` is True if the rules count what
    the page signs. Votes have a ``proposal``, stops and resumes the ``stops`` in effect, by
    environment.
    """

    action: Action
    scope: Scope
    command: str
    counts: bool
    proposal: Proposal | None = None
    stops: Mapping[str, StopOrder] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest of what the action is about: another one means that it moved."""
        about = [f"{name} {stop.commit}" for name, stop in self.stops.items()]
        if self.proposal is not None:
            about = [self.proposal.value, self.proposal.content]
        return hashlib.sha256("\0".join(about).encode()).hexdigest()


@dataclass
class PendingForm:
    """A form that was shown to ``session``; ``result`` is the page's text once it was sent."""

    session: Session
    review: Review
    result: str = ""


class Acting:
    """The pages by which people act; ``find_site`` fetches the remote of an environment."""

    def __init__(self, sign_in: SignIn, reader: Reader, find_site: Callable[[str], Site]) -> None:
        self._sign_in, self._reader, self._find_site = sign_in, reader, find_site
        self._forms = Expiring[PendingForm](_FORM_LASTS, _MOST_FORMS)
        self._reads, self._writes = RateLimit(60), RateLimit(10)
        self._lock = threading.Lock()

    @property
    def routes(self) -> list[Route]:
        """The pages of the actions on one environment, and of stops of more than one."""
        paths = ("/act/{environment}/{action}", "/stops/{deployment}/{action}", "/stops/{action}")
        return [
            self._sign_in.route("/act/{environment}", self.menu),
            *(self._sign_in.route(path, self.show) for path in paths),
            *(self._sign_in.route(path, self.act, "POST") for path in paths),
        ]

    async def menu(self, request: Request) -> Response:
        """Show the actions on one environment."""
        scope = await run_in_threadpool(self._scope, request)
        context = {"environment": scope.environment, "actions": ACTIONS}
        return personal_page(request, "actions.html", context)

    async def show(self, request: Request) -> Response:
        """Show what an action would do, its command, and the form of those who may send it."""
        self._reads.require(caller(request))
        review = await run_in_threadpool(self._review, request)
        session = self._sign_in.session(request)
        role = _ROLES[review.action]
        form = ""
        if session and review.counts and role in session.roles:
            form = secrets.token_hex(16)
            self._forms.put(form, PendingForm(session, review))
        context = {"review": review, "session": session, "role": role, "form": form}
        return personal_page(request, "action.html", context)

    async def act(self, request: Request) -> Response:
        """Do what the form says, once, if it is still what was shown."""
        action = _action(request)
        session = self._sign_in.require(request, _ROLES[action])
        self._writes.require(session.subject)
        fields = await read_form(request, self._sign_in.settings, session)
        reason = fields.get("reason", "")
        if not reason.strip() or len(reason) > _MOST_REASON:
            error = PromoterError(
                f"{action}: a reason of 1 to {_MOST_REASON} characters is missing"
            )
            raise RequestRefused(400, "Give a reason", error)
        pending = self._forms.get(fields.get("form", ""))
        if pending is None or pending.session is not session or pending.review.action != action:
            error = PromoterError(f"{action}: the form has expired", next_step="open it again")
            raise RequestRefused(409, "The form has expired", error)
        result = await run_in_threadpool(self._once, request, pending, one_line(reason))
        context = {"scope": pending.review.scope, "result": result}
        return personal_page(request, "acted.html", context)

    def _once(self, request: Request, pending: PendingForm, reason: str) -> str:
        """Return the result of the form; a repeated one changes nothing more."""
        with self._lock:
            if not pending.result:
                found = self._review(request, pending.session.subject, reason)
                if (found.scope, found.digest) != (pending.review.scope, pending.review.digest):
                    error = PromoterError(
                        f"{found.action} {found.scope.name}: it is not what was shown any more",
                        next_step="read what it is now, then decide again",
                    )
                    raise RequestRefused(409, "It moved meanwhile", error)
                pending.result = _answered(found.action, lambda: self._give(found, pending, reason))
        return pending.result

    def _give(self, review: Review, pending: PendingForm, reason: str) -> str:
        site = self._find_site(review.scope.environment or review.scope.deployment)
        if review.proposal is not None:
            return str(approve(site, review.proposal))
        kind: Literal["stop", "resume"] = "stop" if review.action == "stop" else "resume"
        subject = pending.session.subject
        order = Order(kind, reason, *review.scope, subject)
        return str(give(site.approvals, site.deployments, order))

    def _scope(self, request: Request) -> Scope:
        """Return what the path names; raises `RequestRefused`."""
        named = request.path_params
        if not {"deployment", "environment"} & named.keys():
            return Scope()
        for each in self._reader.snapshot().environments:
            if each.name and slug(each.name) == named.get("environment"):
                return Scope(each.deployment, each.name)
            if slug(each.deployment) == named.get("deployment"):
                return Scope(each.deployment)
        error = PromoterError(f"find {'/'.join(named.values())}: there is no such page")
        raise RequestRefused(404, "No such page", error)

    def _review(self, request: Request, subject: str = "", reason: str = "...") -> Review:
        """Return the effect of the action that the path names; raises `RequestRefused`."""
        action, scope = _action(request), self._scope(request)
        return _answered(action, lambda: self._read(action, scope, subject, reason))

    def _read(self, action: Action, scope: Scope, subject: str, reason: str) -> Review:
        site = self._find_site(scope.environment or scope.deployment)
        environments = scope.environments(site)
        rules = [site.control(deployment).rules(name) for deployment, name in environments]
        counts = bool(rules) and all(WEB in each.via for each in rules)
        if action == "stop" or action == "resume":
            command = f"promoter {action} {options_of(*scope)} --reason '...'"
            return Review(action, scope, command, counts, stops=_stops(site, scope))
        name = scope.environment
        proposal = propose(site, ApprovalRequest(name, reason, vote=action, subject=subject))
        option = " --reject" if action == "reject" else ""
        command = f"promoter approve {name}{option} --commit {proposal.value} --reason '...'"
        counts = counts and proposal.ballot is not None
        return Review(action, scope, command, counts, proposal)


def _stops(site: Site, scope: Scope) -> Mapping[str, StopOrder]:
    """Return the stop in effect of each environment of ``scope`` that has one."""
    own = {name for _, name in scope.environments(site)}
    found = (freezes(site, name) for name in site.deployments if scope.deployment in ("", name))
    every = (each for deployment in found for each in deployment.environments)
    return {each.environment: each.stop for each in every if each.stop and each.environment in own}


def _action(request: Request) -> Action:
    possible = ACTIONS if "environment" in request.path_params else _WIDE_ACTIONS
    for each in possible:
        if each == request.path_params["action"]:
            return each
    raise RequestRefused(404, "No such page", PromoterError("find the action: there is none"))


def _answered(action: Action, attempt: Callable[[], Result]) -> Result:
    """Return the result of ``attempt``; its errors become pages of their own."""
    try:
        return attempt()
    except (NothingNewer, NotCleared, UsageError) as error:
        raise RequestRefused(409, f"Cannot {action}", error) from error
    except PromoterError as error:
        raise RequestRefused(503, "The repository cannot be reached", error) from error
