"""An agency's kits: begin one, write the own words, take the papers."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from matchmaker.foundation.i18n import LANGUAGES, language
from matchmaker.foundation.papers import Kind
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.kits import operations, papers, policies, queries
from matchmaker.kits.budget import limits
from matchmaker.kits.forms import KitForm, stored
from matchmaker.kits.models import Kit
from matchmaker.kits.papers import PARTS, WHOLE, WHOLE_NAME, Sources
from matchmaker.kits.routes import bp
from matchmaker.kits.states import PEER_LIFE
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.exports import paper_response
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked_page

SHORT = {"zh_Hant_TW": "zh", "en": "en"}


@bp.get("/agency/kits")
@open_to(Audience.AGENCY)
def index() -> ResponseReturnValue:
    """The kits of one's own agency."""
    page = asked_page()
    listed = queries.kits_of(actor(), offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template("kits/index.html", listed=listed, page=Page(page, listed.total))


@bp.route("/agency/kits/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def new() -> ResponseReturnValue:
    """Begin a kit of the items named in the address: one, or up to four to compare."""
    items = queries.items_by_ref(asked_items())
    form = KitForm(items)
    context = {"items": items, "kit": None}
    if not form.is_submitted():
        require(policies.can_make(actor(), items, g.now))
        return render_template("kits/edit.html", form=form, **context)

    def act() -> ResponseReturnValue:
        kit = operations.make(items=items, facts=form.facts(), by=actor(), at=g.now)
        said(N_("The kit is kept. Take its papers, or go on writing."))
        return redirect(url_for("kits.show", ref=kit.ref), 303)

    return attempt(form, act, template="kits/edit.html", **context)


def asked_items() -> list[str]:
    """References of items in the address: ``items=a,b`` or ``items=a&items=b``."""
    return [ref.strip() for value in request.args.getlist("items") for ref in value.split(",")]


@bp.route("/agency/kits/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def edit(ref: str) -> ResponseReturnValue:
    """The agency's own words and figures."""
    kit = queries.kit_for(actor(), ref)
    form = KitForm.of(kit)
    context = {"items": kit.items, "kit": kit, "entity": stored(kit)}
    if not form.is_submitted():
        require(policies.can_edit(actor(), kit))
        return render_template("kits/edit.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save(kit=kit, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version)
        said(N_("The kit is kept. Take its papers, or go on writing."))
        return redirect(url_for("kits.show", ref=ref), 303)

    return attempt(form, act, template="kits/edit.html", **context)


@bp.get("/agency/kits/<ref>")
@open_to(Audience.AGENCY)
def show(ref: str) -> ResponseReturnValue:
    """One kit: its papers, its sums and limits, and whom one may ask."""
    sources = _sources(queries.kit_for(actor(), ref))
    kit, sums = sources.kit, sources.budget
    pilots = [item.pilot for item in kit.items if item.pilot is not None]
    return render_template(
        "kits/show.html",
        kit=kit,
        sums=sums,
        limits=_limits(sources),
        papers=[(part, name) for part, (name, _make) in PARTS.items()] + [(WHOLE, WHOLE_NAME)],
        languages=[(SHORT[tag], label, tag) for tag, label in LANGUAGES.items()],
        may_edit=policies.can_edit(actor(), kit),
        pilots=pilots,
        peers=sources.peers,
        peer_life=PEER_LIFE,
        may_ask={
            pilot.id: policies.can_ask_peer(
                actor(), pilot, queries.open_request(actor().organization_id or 0, pilot.id)
            )
            for pilot in pilots
        },
    )


def _limits(sources: Sources) -> list[Any]:
    goods = sources.budget.goods
    if goods is None:
        return []
    kit = sources.kit
    return limits(kit.choice, value=goods, add_ons=kit.add_ons, on=sources.today, language=language())


def _sources(kit: Kit) -> Sources:
    return Sources(
        kit=kit,
        records=queries.records_of([item.id for item in kit.items]),
        peers=queries.latest_requests(
            kit.agency_id, [item.pilot_id for item in kit.items if item.pilot_id is not None]
        ),
        today=local_day(g.now),
    )


@bp.get("/agency/kits/<ref>/<part>.<spoken>.<kind>")
@open_to(Audience.AGENCY)
def download(ref: str, part: str, spoken: str, kind: str) -> ResponseReturnValue:
    """A part of the kit, or all of it, as ODT or PDF, in Chinese or English."""
    tag = {short: tag for tag, short in SHORT.items()}.get(spoken)
    if tag is None or kind not in set(Kind) or part not in {*PARTS, WHOLE}:
        raise NotFound
    sources = _sources(queries.kit_for(actor(), ref))
    with force_locale(tag):
        made = papers.paper(sources, part)
    return paper_response(f"{part}-{sources.kit.ref}-{spoken}", made, Kind(kind))
