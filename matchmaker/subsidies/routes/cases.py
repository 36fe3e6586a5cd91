"""The list of cases, the page of one, and the writing of an application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind
from matchmaker.subsidies import operations, policies, queries, tasks
from matchmaker.subsidies.forms.plan import BeginForm, LinesForm, PaperForm, PlanForm
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.routes import acting, acts, bp, shown, turns
from matchmaker.subsidies.states import CASE_LIFE, CaseState
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

PARTIES = (Audience.AGENCY, Audience.STAFF)


@bp.get("/subsidies")
@open_to(*PARTIES)
def index() -> ResponseReturnValue:
    """The cases of one's agency, all submitted ones for staff; and the rounds that take applications."""
    state, page, person, today = asked("state", CaseState), asked_page(), actor(), local_day(g.now)
    listed = queries.list_cases(
        person,
        state=CaseState(state) if state else None,
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    rounds = queries.open_rounds(today) if not person.is_staff else []
    agency = people.own_organization(person)
    return render_template(
        "subsidies/index.html",
        rows=[(case, account_of(case), tasks.of_case(case, today)[:1]) for case in listed.rows],
        task_labels=tasks.TASK_LABELS,
        turns=turns.TURNS,
        today=today,
        page=Page(page, listed.total),
        life=CASE_LIFE,
        rounds=[(each, policies.can_apply(person, agency, each, g.now)) for each in rounds],
        chosen={"state": state, "q": asked_text()},
    )


@bp.route("/subsidies/rounds/<ref>/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def begin(ref: str) -> ResponseReturnValue:
    """Begin an application in a round."""
    round_, form, person = queries.round_by_ref(ref), BeginForm(), actor()
    decision = policies.can_apply(person, people.own_organization(person), round_, g.now)
    context = {"round": round_, "decision": decision}
    if not form.is_submitted():
        return render_template("subsidies/begin.html", form=form, **context)

    def act() -> ResponseReturnValue:
        case = operations.begin(round_=round_, title_zh=form.title_zh.data or "", by=person, at=g.now)
        said(N_("The application is begun. Write the plan next."))
        return redirect(url_for("subsidies.plan", ref=case.ref), 303)

    return attempt(form, act, template="subsidies/begin.html", **context)


@bp.get("/subsidies/<ref>")
@open_to(*PARTIES)
def show(ref: str) -> ResponseReturnValue:
    """Everything about one case."""
    case = queries.case_for(actor(), ref)
    return render_template(
        "subsidies/show.html",
        acts=acts.offered(case),
        tasks=turns.told(case),
        turns=turns.TURNS,
        **shown.page(case),
    )


@bp.route("/subsidies/<ref>/plan", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def plan(ref: str) -> ResponseReturnValue:
    """Write the plan."""
    case = queries.case_for(actor(), ref)
    form = PlanForm.of(case)

    def act() -> ResponseReturnValue:
        operations.save_plan(
            case=case, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("subsidies.lines", ref=ref), 303)

    return _edit(case, form, "plan", act)


def _edit(case: Any, form: Any, part: str, act: Any, **more: Any) -> ResponseReturnValue:
    template = f"subsidies/{part}.html"
    context = shown.around(case) | {"decision": policies.can_edit(actor(), case, g.now), "part": part} | more
    if not form.is_submitted():
        return render_template(template, form=form, **context)
    return attempt(form, act, template=template, **context)


@bp.route("/subsidies/<ref>/items", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def lines(ref: str) -> ResponseReturnValue:
    """Say which listed items are bought."""
    case = queries.case_for(actor(), ref)
    listed = queries.listed_items(local_day(g.now))
    items = [(item.ref, _priced(version)) for item, version in listed]
    form = LinesForm.of(case, items)

    def act() -> ResponseReturnValue:
        operations.save_lines(
            case=case, lines=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("subsidies.papers", ref=ref), 303)

    if form.is_submitted() and form.change_rows(items):
        decision = policies.can_edit(actor(), case, g.now)
        context = shown.around(case) | {"decision": decision, "part": "lines"}
        return render_template("subsidies/lines.html", form=form, **context)
    return _edit(case, form, "lines", act)


def _priced(version: Any) -> str:
    title = version.title_zh or version.title_en if is_chinese() else version.title_en or version.title_zh
    return f"{title}　NT${version.unit_price:,}"


@bp.route("/subsidies/<ref>/papers", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def papers(ref: str) -> ResponseReturnValue:
    """Add a paper to the application."""
    case = queries.case_for(actor(), ref)
    form = PaperForm()

    def act() -> ResponseReturnValue:
        made = form.facts()
        if not made:
            raise Invalid({"upload": acting.nothing_chosen()})
        operations.add_papers(case=case, papers=made, by=actor(), at=g.now)
        said(N_("The paper is added."))
        return redirect(url_for("subsidies.papers", ref=ref), 303)

    page = shown.page(case)
    more = {name: page[name] for name in ("papers", "removable", "paper_titles")}
    return _edit(case, form, "papers", act, **more)


@bp.post("/subsidies/<ref>/papers/<paper>/remove")
@open_to(Audience.AGENCY)
@writes
def remove_paper(ref: str, paper: str) -> ResponseReturnValue:
    """Take a paper out again."""
    operations.remove_paper(case=queries.case_for(actor(), ref), paper=paper, by=actor(), at=g.now)
    said(N_("The paper is taken out."))
    return redirect(url_for("subsidies.papers", ref=ref), 303)


@bp.get("/subsidies/<ref>/papers/<paper>")
@open_to(*PARTIES)
def paper(ref: str, paper: str) -> ResponseReturnValue:
    """A paper of the case, as a download."""
    return attachment(queries.paper_of(queries.case_for(actor(), ref), paper).file)


def work_panel(actor: Actor, now: datetime, **_context: Any) -> str:
    """On the front page: cases that wait for the programme office, or for this agency."""
    if not actor.is_staff and not actor.is_kind(OrganizationKind.AGENCY):
        return ""
    counts = queries.count_waiting(actor)
    mine = (
        (CaseState.CHECKING, CaseState.COMPLETE)
        if actor.is_staff
        else (CaseState.DRAFT, CaseState.CURE, CaseState.RUNNING)
    )
    waiting = [(state, counts[state]) for state in mine if counts.get(state)]
    if not waiting:
        return ""
    return render_template("subsidies/panels/work.html", waiting=waiting, life=CASE_LIFE)
