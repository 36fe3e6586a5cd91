"""The public list and page of challenges."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries
from matchmaker.challenges.facts import ListFacts
from matchmaker.challenges.phases import PHASES, Phase, phase_at
from matchmaker.challenges.routes import bp, shown
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.downloads import attachment
from matchmaker.web.lists import PER_PAGE, Page, address, asked, asked_many, asked_page, asked_text

SORTS = {"deadline": N_("Deadline"), "newest": N_("Newest"), "budget": N_("Budget")}
LEAST = (500_000, 1_000_000, 2_000_000, 3_000_000)
"""The amounts in NT$ that the list can be filtered by."""


@bp.get("/challenges")
@open_to(Audience.PUBLIC)
def index() -> ResponseReturnValue:
    """Every published challenge; each filter stands in the address."""
    facts, page = _asked(), asked_page()
    listed = queries.list_public(facts=facts, now=g.now, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    applied = bool(facts.words) + bool(facts.phases) + bool(facts.domain) + bool(facts.least)
    return render_template(
        "challenges/index.html",
        facts=facts,
        listed=listed,
        applied=applied,
        page=Page(page, listed.total),
        phases=PHASES,
        phase_of={row.id: PHASES[phase] for row in listed.rows if (phase := phase_at(row, g.now))},
        titles=shown.titles(listed.rows),
        summaries={row.id: shown.words(row, "summary") for row in listed.rows},
        domain_labels=DOMAIN_LABELS,
        least=LEAST,
        sorts=[(key, label, _with(sort=key)) for key, label in SORTS.items()],
    )


def _asked() -> ListFacts:
    domain, least = asked("domain", Domain), asked("least", LEAST)
    return ListFacts(
        words=asked_text(),
        phases=tuple(asked_many("status", Phase)),
        domain=Domain(domain) if domain else None,
        least=int(least or 0),
        sort=asked("sort", SORTS, "deadline"),  # type: ignore[arg-type]
    )


def _with(**changes: str) -> str:
    """The same list with another order, from its first page."""
    return address(**changes, page=None, lang=None)


@bp.get("/challenges/<ref>")
@open_to(Audience.PUBLIC)
def public(ref: str) -> ResponseReturnValue:
    """A published challenge; its code in the address leads to it too."""
    challenge = queries.public_challenge(ref, g.now)
    if challenge.ref != ref:
        return redirect(url_for("challenges.public", ref=challenge.ref), 301)
    return render_template("challenges/public.html", **shown.page(challenge, actor()))


@bp.get("/challenges/<ref>/papers/<paper>")
@open_to(Audience.PUBLIC)
def public_paper(ref: str, paper: str) -> ResponseReturnValue:
    """A paper that was published with the challenge."""
    return attachment(queries.public_paper(queries.public_challenge(ref, g.now), paper).file)
