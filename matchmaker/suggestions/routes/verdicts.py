"""The acts on a pair, for both sides: plain forms that lead back to where the button stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.errors import NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.forms.verdicts import DismissForm
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.routes.pairs import act_url
from matchmaker.suggestions.states import Side
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said

VERBS: dict[tuple[Side, str], tuple[Callable[..., Any], str]] = {
    (Side.AGENCY, "pin"): (operations.pin, N_("Pinned: it stands on top of the list.")),
    (Side.AGENCY, "unpin"): (operations.unpin, N_("The pin is off.")),
    (Side.AGENCY, "take-back"): (
        operations.take_back,
        N_("Taken back. The suggestion is on the list again."),
    ),
    (Side.AGENCY, "invite"): (operations.invite, N_("The invitation goes out to the people of the startup.")),
    (Side.STARTUP, "pin"): (operations.pin, N_("Pinned: it stands on top of the list.")),
    (Side.STARTUP, "unpin"): (operations.unpin, N_("The pin is off.")),
    (Side.STARTUP, "take-back"): (
        operations.take_back,
        N_("Taken back. The suggestion is on the list again."),
    ),
    (Side.STARTUP, "interested"): (
        operations.interested,
        N_("Marked as of interest. Nobody outside your startup learns of it."),
    ),
}
BOTH_SIDES = frozenset({"pin", "unpin", "take-back"})


def _agency_pair(ref: str, organization: str) -> tuple[Challenge, Organization]:
    challenge = challenges.challenge_for(actor(), ref, g.now)
    return challenge, queries.suggested_startup(actor(), challenge, organization)


def _own_pair(ref: str) -> tuple[Challenge, Organization]:
    return challenges.public_challenge(ref, g.now), people.own_organization(actor())


@bp.post("/challenges/<ref>/suggestions/<organization>/<verb>")
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def agency_act(ref: str, organization: str, verb: str) -> ResponseReturnValue:
    """Pin, unpin, take back or invite, for the agency."""
    return _act(Side.AGENCY, *_agency_pair(ref, organization), verb)


@bp.post("/suggestions/<ref>/<verb>")
@open_to(Audience.STARTUP)
@writes
def startup_act(ref: str, verb: str) -> ResponseReturnValue:
    """Pin, unpin, take back or mark interest, for the startup."""
    return _act(Side.STARTUP, *_own_pair(ref), verb)


def _act(side: Side, challenge: Challenge, organization: Organization, verb: str) -> ResponseReturnValue:
    if (side, verb) not in VERBS:
        raise NotFound
    operation, done = VERBS[side, verb]
    given = {"side": side} if verb in BOTH_SIDES else {}
    operation(
        **given,
        challenge=challenge,
        organization=organization,
        by=actor(),
        at=g.now,
        expected_version=Bare().version,
    )
    said(done)
    return redirect(_back(side, challenge, organization), 303)


def _back(side: Side, challenge: Challenge, organization: Organization) -> str:
    """The page that the button stood on: the pair's own, else the list."""
    if request.form.get("on") == "pair" or request.args.get("on") == "pair":
        return act_url(side, challenge, organization)
    return _list_url(side, challenge)


def _list_url(side: Side, challenge: Challenge) -> str:
    if side is Side.AGENCY:
        return url_for("suggestions.startups", ref=challenge.ref)
    return url_for("suggestions.for_startup")


@bp.route("/challenges/<ref>/suggestions/<organization>/dismiss", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def agency_dismiss(ref: str, organization: str) -> ResponseReturnValue:
    """Put a startup away, with the reason."""
    return _dismiss(Side.AGENCY, *_agency_pair(ref, organization))


@bp.route("/suggestions/<ref>/dismiss", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def startup_dismiss(ref: str) -> ResponseReturnValue:
    """Put a challenge away, with the reason."""
    return _dismiss(Side.STARTUP, *_own_pair(ref))


def _dismiss(side: Side, challenge: Challenge, organization: Organization) -> Any:
    verdict = queries.verdict_of(side, challenge.id, organization.id)
    stopped = operations.stopping(
        side=side, challenge=challenge, organization=organization, by=actor(), at=g.now
    )
    form = DismissForm.of(side, verdict.version if verdict is not None else 0)
    context = {
        "side": side,
        "challenge": challenge,
        "organization": organization,
        "list_url": _list_url(side, challenge),
        "pair_url": act_url(side, challenge, organization),
    }
    if not form.is_submitted():
        require(policies.can_dismiss(actor(), side, challenge, verdict, stopped, g.now))
        return render_template("suggestions/dismiss.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.dismiss(
            side=side,
            challenge=challenge,
            organization=organization,
            reason=form.chosen,
            note=form.note.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Dismissed. It stays in the list of dismissed ones, where it can be taken back."))
        return redirect(_list_url(side, challenge), 303)

    return attempt(form, act, template="suggestions/dismiss.html", entity=verdict, **context)
