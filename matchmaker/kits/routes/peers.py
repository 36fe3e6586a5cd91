"""Two agencies: one asks for somebody to talk to, the other agrees or declines."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.kits import operations, policies, queries
from matchmaker.kits.forms import AnswerForm, PeerForm
from matchmaker.kits.routes import bp
from matchmaker.kits.states import PEER_LIFE
from matchmaker.people import queries as people
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said


@bp.get("/agency/peers")
@open_to(Audience.AGENCY)
def peers() -> ResponseReturnValue:
    """What other agencies asked about one's own pilots."""
    return render_template(
        "kits/peers.html", requests=queries.requests_to(actor().organization_id or 0), life=PEER_LIFE
    )


@bp.route("/agency/kits/<ref>/peers/<pilot>", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def ask(ref: str, pilot: str) -> ResponseReturnValue:
    """Ask the agency of a pilot of this kit."""
    kit = queries.kit_for(actor(), ref)
    found = next((i.pilot for i in kit.items if i.pilot is not None and i.pilot.ref == pilot), None)
    if found is None:
        raise NotFound
    form, back = PeerForm(), url_for("kits.show", ref=ref)
    context = {"kit": kit, "pilot": found, "back": back}
    if not form.is_submitted():
        earlier = queries.open_request(actor().organization_id or 0, found.id)
        require(policies.can_ask_peer(actor(), found, earlier))
        return render_template("kits/ask.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.ask_peer(pilot=found, words=form.words.data or "", by=actor(), at=g.now)
        said(N_("Asked. The other agency is being told by mail."))
        return redirect(back, 303)

    return attempt(form, act, template="kits/ask.html", **context)


@bp.route("/agency/peers/<ref>", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def peer(ref: str) -> ResponseReturnValue:
    """One request, for both agencies; the one that ran the pilot answers here."""
    row = queries.request_for(actor(), ref)
    form = AnswerForm()
    if not form.is_submitted():
        form.contact_name.data = actor().name
        form.contact_email.data = people.user_by_id(actor().user_id).email  # type: ignore[union-attr]
        form.expected_version.data = str(row.version)
    context = {
        "request_": row,
        "life": PEER_LIFE,
        "ours": actor().is_of(row.pilot.agency_id),
        "may_answer": policies.can_answer(actor(), row),
        "may_end": policies.can_end(actor(), row),
    }
    if not form.is_submitted():
        return render_template("kits/peer.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.agree(
            request=row,
            contact=form.contact(),
            words=form.answer.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Saved. The other agency is being told by mail."))
        return redirect(url_for("kits.peer", ref=ref), 303)

    return attempt(form, act, template="kits/peer.html", entity=row, **context)


@bp.post("/agency/peers/<ref>/decline")
@open_to(Audience.AGENCY)
@writes
def decline(ref: str) -> ResponseReturnValue:
    """Nobody can be named."""
    row, form = queries.request_for(actor(), ref), AnswerForm()
    operations.decline(
        request=row, words=form.answer.data or "", by=actor(), at=g.now, expected_version=form.version
    )
    said(N_("Saved. The other agency is being told by mail."))
    return redirect(url_for("kits.peer", ref=ref), 303)


@bp.post("/agency/peers/<ref>/end")
@open_to(Audience.AGENCY)
@writes
def end(ref: str) -> ResponseReturnValue:
    """Take back the question, or the contact that was given."""
    row = queries.request_for(actor(), ref)
    operations.end(request=row, by=actor(), at=g.now)
    said(N_("Taken back. Nothing of the contact is kept."))
    return redirect(url_for("kits.peer", ref=ref), 303)
