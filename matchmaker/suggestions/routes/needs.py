"""A need beside the catalog and beside other needs; more like this for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.catalog.models import CatalogItem
from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.phases import PHASES, phase_at
from matchmaker.challenges.states import CHALLENGE_LIFE, EDITABLE
from matchmaker.foundation.i18n import TAGS, is_chinese
from matchmaker.kernel.dates import local_day
from matchmaker.people.actor import Actor
from matchmaker.search.states import Kind
from matchmaker.suggestions import beside
from matchmaker.suggestions.operations import comparing, seen
from matchmaker.suggestions.policies import around as rights
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.routes.words import BAND_TONES
from matchmaker.suggestions.states import BAND_LABELS
from matchmaker.suggestions.stops import ITEM_STOP_LABELS, SIMILAR_LABELS
from matchmaker.web.access import Audience, actor, open_to

ON_PANEL = 3
LANGUAGES = {"zh": TAGS["zh_Hant_TW"], "en": TAGS["en"]}


def _standing(challenge: Challenge) -> tuple[str, str]:
    """(tone, English label) of where a challenge stands: its public phase, else its state."""
    phase = phase_at(challenge, g.now)
    if phase is not None:
        return PHASES[phase].tone, PHASES[phase].label
    info = CHALLENGE_LIFE.info(challenge.state_at(g.now))
    return info.tone, info.label


WORDS: dict[str, Any] = {
    "bands": BAND_LABELS,
    "band_tones": BAND_TONES,
    "similar_bands": SIMILAR_LABELS,
    "item_stops": ITEM_STOP_LABELS,
    "standing": _standing,
}


@bp.get("/challenges/<ref>/catalog-first")
@open_to(Audience.AGENCY, Audience.STAFF)
def items(ref: str) -> ResponseReturnValue:
    """What the catalog already offers for this need, with all reasons."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    found = _items(challenge)
    return render_template("suggestions/catalog_first.html", challenge=challenge, found=found, **WORDS)


@bp.get("/challenges/<ref>/similar")
@open_to(Audience.AGENCY, Audience.STAFF)
def similar(ref: str) -> ResponseReturnValue:
    """Which needs and challenges say nearly the same, and what came of them."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    found = _similar(challenge)
    return render_template("suggestions/similar.html", challenge=challenge, found=found, **WORDS)


@bp.get("/challenges/<ref>/similar/<other>")
@open_to(Audience.AGENCY, Audience.STAFF)
def side_by_side(ref: str, other: str) -> ResponseReturnValue:
    """Two needs side by side, in a language that both are written in."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    second = around.other_for(actor(), other)
    known = beside.common_languages(challenge, second)
    wanted = request.args.get("text") or ("zh" if is_chinese() else "en")
    language = wanted if wanted in known else next(iter(known), None)
    left, right = (one.text_in(language) if language else None for one in (challenge, second))
    return render_template(
        "suggestions/similar_beside.html",
        challenge=challenge,
        other=second,
        parts=beside.parts(left, right) if left is not None and right is not None else [],
        language=language,
        languages=known,
        tags=LANGUAGES,
        **WORDS,
    )


def _items(challenge: Challenge) -> comparing.Items:
    found = comparing.items_for(challenge=challenge, at=g.now)
    seen.saw_items(challenge=challenge, found=found, by=actor(), at=g.now)
    return found


def _similar(challenge: Challenge) -> comparing.Similar:
    found = comparing.similar_to(challenge=challenge, by=actor())
    seen.saw_similar(challenge=challenge, found=found, by=actor(), at=g.now)
    return found


# --- panels on the pages of earlier slices ---


def _may(person: Actor | None, challenge: Challenge) -> bool:
    return (
        person is not None and challenge.cancelled_at is None and bool(rights.can_compare(person, challenge))
    )


def _is_writing(person: Actor, challenge: Challenge) -> bool:
    """Is the need still with its agency? Then it looks before it hands in."""
    return challenge.state in EDITABLE and person.is_of(challenge.organization_id)


def check_panel(challenge: Challenge, **_context: Any) -> str:
    """In the last step of writing a need: look first whether it can be ordered, or was asked already."""
    person = actor()
    if not _may(person, challenge) or not _is_writing(person, challenge):
        return ""
    return _catalog_panel(challenge) + _similar_panel(challenge)


def catalog_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of a handed-in or published challenge, for its agency and staff: what can be ordered instead."""
    person = actor()
    if not _may(person, challenge) or _is_writing(person, challenge):
        return ""
    return _catalog_panel(challenge)


def similar_panel(challenge: Challenge, **_context: Any) -> str:
    """Beside it: the needs that say nearly the same."""
    person = actor()
    if not _may(person, challenge) or _is_writing(person, challenge):
        return ""
    return _similar_panel(challenge)


def _catalog_panel(challenge: Challenge) -> str:
    found = _items(challenge)
    return render_template(
        "suggestions/panels/catalog_first.html", challenge=challenge, found=found, most=ON_PANEL, **WORDS
    )


def _similar_panel(challenge: Challenge) -> str:
    found = _similar(challenge)
    return render_template(
        "suggestions/panels/similar.html", challenge=challenge, found=found, most=ON_PANEL, **WORDS
    )


def more_like_challenge(challenge: Challenge, **_context: Any) -> str:
    """On the public page of a challenge: more like this. Those inside see the similar needs instead."""
    if challenge.published_at is None or _may(actor(), challenge):
        return ""
    return _more_like(challenge.subject, (Kind.CHALLENGE, Kind.ITEM))


def more_like_item(item: CatalogItem, **_context: Any) -> str:
    """On the public page of an item: more like this."""
    return _more_like(item.subject, (Kind.ITEM, Kind.CHALLENGE))


_READ: Mapping[Kind, Callable[[list[str]], Mapping[str, Any]]] = {
    Kind.CHALLENGE: around.public_challenges,
    Kind.ITEM: lambda refs: around.orderable_items(refs, local_day(g.now)),
}


def _more_like(of: str, kinds: tuple[Kind, ...]) -> str:
    shown: dict[str, list[Any]] = {}
    for kind in kinds:
        refs = comparing.more_like(of=of, kind=kind)
        known = _READ[kind](refs) if refs else {}
        shown[kind.name.lower()] = [known[ref] for ref in refs if ref in known]
    if not any(shown.values()):
        return ""
    return render_template("suggestions/panels/similar_public.html", shown=shown, **WORDS)
