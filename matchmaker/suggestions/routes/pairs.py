"""One pair: both texts with the carrying words marked, what is missing, what the filters say, how it was computed."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.i18n import TAGS, is_chinese
from matchmaker.kernel.decision import Decision
from matchmaker.kernel.words import N_
from matchmaker.matcher import TermShare
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.search.queries import freshness
from matchmaker.search.states import Shelf
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.board import Line
from matchmaker.suggestions.marking import marked, telling
from matchmaker.suggestions.models import Suggestion
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.routes.words import WORDS
from matchmaker.suggestions.states import Filter, Side
from matchmaker.web.access import Audience, actor, open_to

TONGUES = {"zh": "zh_Hant_TW", "en": "en"}
ASKED_LABELS = {
    "title": N_("Title"),
    "summary": N_("In short"),
    "body": N_("Problem, wished outcome and measures"),
}
FOUND_LABELS = {
    "title": N_("In one line"),
    "body": N_("What it offers"),
    "evidence": N_("What shows that it can"),
    "tags": N_("Key words"),
}


@bp.get("/challenges/<ref>/suggestions/<organization>")
@open_to(Audience.AGENCY, Audience.STAFF)
def pair(ref: str, organization: str) -> ResponseReturnValue:
    """A startup beside the challenge, for the agency and staff."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    startup = queries.suggested_startup(actor(), challenge, organization)
    return render_template("suggestions/pair.html", **context(Side.AGENCY, challenge, startup))


@bp.get("/suggestions/<ref>")
@open_to(Audience.STARTUP)
def why(ref: str) -> ResponseReturnValue:
    """Our startup beside a published challenge: why it is, or is not, suggested to us."""
    challenge = challenges.public_challenge(ref, g.now)
    own = people.own_organization(actor())
    return render_template("suggestions/pair.html", **context(Side.STARTUP, challenge, own))


def context(side: Side, challenge: Challenge, organization: Organization) -> dict[str, Any]:
    """Everything that the page of a pair shows."""
    found = operations.compare(organization=organization, challenge=challenge, at=g.now)
    stored = queries.stored_fit(challenge.id, organization.id)
    verdict = queries.verdict_of(side, challenge.id, organization.id)
    begun = side is Side.STARTUP and queries.has_begun(actor(), challenge)
    stopped = found.stops[0] if found.stops else Filter.ALREADY_PROPOSED if begun else found.stopped_by
    operations.opened(side=side, challenge=challenge, organization=organization, by=actor(), at=g.now)
    line = Line(organization if side is Side.AGENCY else challenge, stored, verdict)
    return {
        "side": side,
        "challenge": challenge,
        "organization": organization,
        "found": found,
        "terms": operations.shares(found.explanation) if found.explanation else [],
        "statements": _statements(found),
        "profile_parts": _profile(found),
        "asked_labels": ASKED_LABELS,
        "found_labels": FOUND_LABELS,
        "stopped_by": stopped,
        "stops": [*found.stops, *([Filter.ALREADY_PROPOSED] if begun else [])],
        "stored": stored,
        "changed": changed(stored, challenge, organization),
        "looking": challenge.state_at(g.now) in policies.MATCHED,
        "index": freshness(Shelf.MATCH),
        "line": line,
        "may": decisions(side, challenge, line, stopped),
        "may_speak": policies.can_speak(actor(), side, challenge, g.now),
        "act_url": act_url(side, challenge, organization),
        **WORDS,
    }


def _told(term: TermShare, score: float) -> str:
    share = f"{100 * term.share / score:.0f} %" if score else "—"
    return gettext("%(term)s: %(share)s of the fit", term=term.term, share=share)


def _carrying(statement: operations.Statement) -> list[tuple[TermShare, str]]:
    """The terms worth marking, each with how much it carries."""
    explanation = statement.explanation
    if explanation is None:
        return []
    return [(term, _told(term, explanation.score)) for term in telling(explanation.terms)]


def _asked(statement: operations.Statement) -> dict[str, Any]:
    """One statement as the page shows it."""
    reasons = [(term.asked, why) for term, why in _carrying(statement)]
    return {"lang": TAGS[TONGUES[statement.language]], "parts": marked(statement.document, reasons)}


def _statements(found: operations.Compared) -> list[dict[str, Any]]:
    """The statements with the words marked, the one in the reader's language first."""
    mine = "zh" if is_chinese() else "en"
    return [_asked(each) for each in sorted(found.statements, key=lambda each: each.language != mine)]


def _profile(found: operations.Compared) -> list[Any]:
    """The profile with what it shares with either statement marked."""
    return marked(
        found.profile, [(term.found, why) for each in found.statements for term, why in _carrying(each)]
    )


def changed(stored: Suggestion | None, challenge: Challenge, organization: Organization) -> list[str]:
    """Which of the two texts changed since the stored suggestion was computed: ``challenge``, ``profile``."""
    if stored is None:
        return []
    version = organization.profile.version if organization.profile is not None else 0
    both = {
        "challenge": stored.challenge_version != challenge.version,
        "profile": stored.profile_version != version,
    }
    return [name for name, is_new in both.items() if is_new]


def decisions(side: Side, challenge: Challenge, line: Line, stopped_by: Filter | None) -> dict[str, Decision]:
    """What the reader may do to this pair, each with its reason."""
    person, verdict, now = actor(), line.verdict, g.now
    return {
        "pin": policies.can_pin(person, side, challenge, verdict, stopped_by, now),
        "unpin": policies.can_unpin(person, side, challenge, verdict, now),
        "dismiss": policies.can_dismiss(person, side, challenge, verdict, stopped_by, now),
        "take_back": policies.can_take_back(person, side, challenge, verdict, now),
        "accept": policies.can_accept(person, side, challenge, verdict, stopped_by, now),
    }


def act_url(side: Side, challenge: Challenge, organization: Organization) -> str:
    """The address under which the acts on a pair stand."""
    if side is Side.AGENCY:
        return url_for("suggestions.pair", ref=challenge.ref, organization=organization.ref)
    return url_for("suggestions.why", ref=challenge.ref)
