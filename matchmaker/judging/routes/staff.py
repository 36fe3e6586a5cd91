"""The programme office's pages of a panel: form, seat, convene, follow, end."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.judging import operations, policies, queries, scoring
from matchmaker.judging.forms import NoteForm, PanelForm, ReasonForm, SeatForm
from matchmaker.judging.models import Panel
from matchmaker.judging.queries import Board
from matchmaker.judging.routes import bp
from matchmaker.judging.routes.shown import WORDS
from matchmaker.judging.states import DEFAULT_PASS_MARK, PanelState, ScoringMethod
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import Page, asked, asked_page, asked_text

POOL_SHOWN = 20


@bp.get("/staff/panels")
@open_to(Audience.STAFF)
def panels() -> ResponseReturnValue:
    """All panels, and the challenges that wait for one."""
    state = asked("state", PanelState)
    page = asked_page()
    rows, total = queries.staff_list(
        state=PanelState(state) if state else None,
        offset=Page(page, 0).offset,
        limit=Page(page, 0).per_page,
    )
    return render_template(
        "judging/panels.html",
        rows=rows,
        page=Page(page, total),
        state=state,
        waiting=[c for c, panel in queries.waiting_for_staff() if panel is None],
        **WORDS,
    )


@bp.route("/staff/challenges/<ref>/panel", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def form_panel(ref: str) -> ResponseReturnValue:
    """Begin the panel of a challenge; goes on to the panel where there is one."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    existing = queries.panel_of(challenge.id)
    form = PanelForm(
        data={"method": ScoringMethod.TOTAL_SCORE, "pass_mark": DEFAULT_PASS_MARK, "scores_due_at": None}
    )
    may = policies.can_form(actor(), challenge, g.now, exists=existing is not None)
    shown = {"challenge": challenge, "may": may, **WORDS}
    if not form.is_submitted():
        if existing is not None:
            return redirect(url_for("judging.panel", ref=existing.ref))
        return render_template("judging/form_panel.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        made = operations.form_panel(challenge=challenge, facts=form.facts(), by=actor(), at=g.now)
        said(N_("The panel is begun. Give its members their seats."))
        return redirect(url_for("judging.panel", ref=made.ref), 303)

    return attempt(form, act, template="judging/form_panel.html", **shown)


def _context(board: Board, form: SeatForm | None = None) -> dict[str, Any]:
    """Everything on a panel's page: progress in numbers, never a score."""
    person, panel, challenge = actor(), board.panel, board.challenge
    words = asked_text()
    pool = queries.pool(panel, words) if policies.can_change(person, panel) else []
    bodies = [challenge.organization_id, *(entry.proposal.organization_id for entry in board.entries)]
    barred = queries.concerned([juror.user_id for juror in pool[:POOL_SHOWN]], bodies, g.now)
    experts = sum(member.external_expert for member in board.members)
    return {
        "board": board,
        "panel": panel,
        "challenge": challenge,
        "progress": {member.ref: board.progress(member) for member in board.members},
        "experts": experts,
        "lacks": scoring.composition(len(board.members), experts),
        "pool": [
            (
                juror,
                policies.can_take_seat(in_pool=True, seated=False, concerned=barred.get(juror.user_id)),
            )
            for juror in pool[:POOL_SHOWN]
        ],
        "pool_total": len(pool),
        "words": words,
        "form": form or SeatForm(formdata=None),
        "may_change": policies.can_change(person, panel),
        "may_convene": policies.can_convene(
            person,
            panel,
            challenge,
            board.members,
            g.now,
            proposals=len(board.entries),
            concerned=operations.concerned_members(board, g.now),
        ),
        "may_begin": policies.can_begin_scoring(person, panel, challenge, board.members, board.undeclared()),
        "may_end": policies.can_end_scoring(
            person, panel, challenge, board.unfinished(), board.without_quorum()
        ),
        "may_reopen": policies.can_reopen_scoring(person, panel, challenge),
        "may_prepare": policies.can_prepare(person, panel, challenge),
        "may_release": policies.can_release(person, panel, challenge, complete=board.is_complete()),
        **WORDS,
    }


def _board(ref: str) -> Board:
    return queries.load(queries.panel_for_staff(actor(), ref).id)


@bp.get("/staff/panels/<ref>")
@open_to(Audience.STAFF)
def panel(ref: str) -> ResponseReturnValue:
    """One panel: members, progress, and the next step."""
    return render_template("judging/panel.html", **_context(_board(ref)))


@bp.route("/staff/panels/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def edit_panel(ref: str) -> ResponseReturnValue:
    board = _board(ref)
    form = PanelForm.of(board.panel)
    shown = {
        "panel": board.panel,
        "challenge": board.challenge,
        "may": policies.can_change(actor(), board.panel),
        **WORDS,
    }
    if not form.is_submitted():
        return render_template("judging/edit_panel.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.save_panel(
            panel=board.panel, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("judging.panel", ref=ref), 303)

    return attempt(form, act, template="judging/edit_panel.html", entity=board.panel, **shown)


@bp.post("/staff/panels/<ref>/members")
@open_to(Audience.STAFF)
@writes
def seat(ref: str) -> ResponseReturnValue:
    """Give somebody of the pool a seat."""
    found = queries.panel_for_staff(actor(), ref)
    form = SeatForm()
    juror = next((j for j in queries.pool(found) if j.ref == form.juror.data), None)
    if juror is None:
        raise NotFound

    def act() -> ResponseReturnValue:
        operations.seat_member(panel=found, juror=juror, chair=bool(form.chair.data), by=actor(), at=g.now)
        said(N_("%(name)s has a seat on the panel."), name=juror.user.name)
        return redirect(url_for("judging.panel", ref=ref, q=request.args.get("q") or None), 303)

    context = _context(_board(ref), form)
    context.pop("form")
    return attempt(form, act, template="judging/panel.html", **context)


@bp.post("/staff/panels/<ref>/members/<member>/chair")
@open_to(Audience.STAFF)
@writes
def name_chair(ref: str, member: str) -> ResponseReturnValue:
    found = queries.panel_for_staff(actor(), ref)
    seated = queries.seat_for_staff(actor(), found, member)
    operations.appoint_chair(member=seated, by=actor(), at=g.now)
    said(N_("%(name)s chairs the panel now."), name=seated.user.name)
    return redirect(url_for("judging.panel", ref=ref), 303)


@bp.route("/staff/panels/<ref>/members/<member>/unseat", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def unseat(ref: str, member: str) -> ResponseReturnValue:
    """End a seat, with the reason."""
    board = _board(ref)
    seated = queries.seat_for_staff(actor(), board.panel, member)
    name = seated.user.name
    form = NoteForm() if board.panel.state is PanelState.FORMING else ReasonForm()
    may = policies.can_unseat(actor(), board.panel, seated)
    shown = _reasoned(board, "unseat", name, may)
    if not form.is_submitted():
        return render_template("judging/reason.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.unseat_member(member=seated, reason=form.reason.data or "", by=actor(), at=g.now)
        said(N_("%(name)s is excused from the panel."), name=name)
        return redirect(url_for("judging.panel", ref=ref), 303)

    return attempt(form, act, template="judging/reason.html", **shown)


def _reasoned(board: Board, what: str, name: str, may: Any, number: int | None = None) -> dict[str, Any]:
    return {
        "panel": board.panel,
        "challenge": board.challenge,
        "what": what,
        "name": name,
        "number": number,
        "may": may,
        **WORDS,
    }


@bp.post("/staff/panels/<ref>/convene")
@open_to(Audience.STAFF)
@writes
def convene(ref: str) -> ResponseReturnValue:
    operations.convene(panel=_panel(ref), by=actor(), at=g.now)
    said(N_("The panel is convened. Its members are asked to declare."))
    return redirect(url_for("judging.panel", ref=ref), 303)


@bp.post("/staff/panels/<ref>/begin-scoring")
@open_to(Audience.STAFF)
@writes
def begin_scoring(ref: str) -> ResponseReturnValue:
    operations.begin_scoring(panel=_panel(ref), by=actor(), at=g.now)
    said(N_("Scoring is open. The members are told."))
    return redirect(url_for("judging.panel", ref=ref), 303)


@bp.post("/staff/panels/<ref>/end-scoring")
@open_to(Audience.STAFF)
@writes
def end_scoring(ref: str) -> ResponseReturnValue:
    operations.end_scoring(panel=_panel(ref), by=actor(), at=g.now)
    said(N_("Scoring has ended. Here are the results."))
    return redirect(url_for("judging.results", ref=ref), 303)


def _panel(ref: str) -> Panel:
    return queries.panel_for_staff(actor(), ref)


@bp.route("/staff/panels/<ref>/reopen", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def reopen(ref: str) -> ResponseReturnValue:
    """Open the scoring once more, with the reason; a prepared decision falls."""
    board = _board(ref)
    form = ReasonForm()
    shown = _reasoned(board, "reopen", "", policies.can_reopen_scoring(actor(), board.panel, board.challenge))
    if not form.is_submitted():
        return render_template("judging/reason.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.reopen_scoring(panel=board.panel, reason=form.reason.data or "", by=actor(), at=g.now)
        said(N_("Scoring is open once more. The members are told."))
        return redirect(url_for("judging.panel", ref=ref), 303)

    return attempt(form, act, template="judging/reason.html", **shown)


@bp.route("/staff/panels/<ref>/sheets/<member>/<proposal>/return", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def return_sheet(ref: str, member: str, proposal: str) -> ResponseReturnValue:
    """Give a submitted sheet back to its juror, with the reason; its scores stay unseen."""
    board = _board(ref)
    sheet = queries.sheet_for_staff(actor(), board.panel, member, proposal)
    may = policies.can_return_sheet(actor(), board.panel, sheet)
    number = board.entry(proposal).number
    shown = _reasoned(board, "return", sheet.member.user.name, may, number)
    form = ReasonForm()
    if not form.is_submitted():
        return render_template("judging/reason.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.return_sheet(sheet=sheet, reason=form.reason.data or "", by=actor(), at=g.now)
        said(N_("The sheet is returned. The juror is told."))
        return redirect(url_for("judging.panel", ref=ref), 303)

    return attempt(form, act, template="judging/reason.html", **shown)


def work_panel(actor: Any, now: Any, **_context: Any) -> str:
    """On the front page: what waits for a juror or for the programme office."""
    if actor.is_juror:
        open_ = [duty for duty in queries.duties_of(actor) if duty.step.value != "released"]
        return render_template("judging/panels/juror_work.html", duties=open_, **WORDS) if open_ else ""
    if not actor.is_staff:
        return ""
    waiting = queries.waiting_for_staff()
    return render_template("judging/panels/staff_work.html", waiting=waiting, **WORDS) if waiting else ""
