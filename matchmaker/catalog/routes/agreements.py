"""Framework agreements, their lots and the yearly announcements, as everybody sees them and as staff keep them."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.forms import AnnouncementForm, ExtensionForm, FrameworkForm, LotForm
from matchmaker.catalog.models import FrameworkAgreement
from matchmaker.catalog.routes import bp, shown
from matchmaker.catalog.states import AGREEMENT_LIFE, AgreementPhase
from matchmaker.foundation import audit
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page

ORDER = (
    AgreementPhase.OPEN,
    AgreementPhase.LIVE,
    AgreementPhase.PENDING,
    AgreementPhase.COMING,
    AgreementPhase.EXPIRED,
)
EVENT_LABELS = {
    "framework.made": N_("Entered"),
    "framework.changed": N_("Changed"),
    "framework.extended": N_("Extended"),
    "lot.made": N_("Lot added"),
    "lot.changed": N_("Lot changed"),
    "lot.removed": N_("Lot removed"),
}


# --- everybody ---


@bp.get("/catalog/agreements")
@open_to(Audience.PUBLIC)
def agreements() -> ResponseReturnValue:
    """All agreements: those that take applications first, then those that hold."""
    today, chosen = local_day(g.now), asked("phase", AgreementPhase)
    rows = [row for row in queries.frameworks() if not chosen or row.framework.phase_on(today) == chosen]
    rows.sort(key=lambda row: ORDER.index(row.framework.phase_on(today)))
    return render_template(
        "catalog/agreements.html", rows=rows, today=today, phases=AGREEMENT_LIFE, chosen=chosen
    )


@bp.get("/catalog/agreements/<ref>")
@open_to(Audience.PUBLIC)
def agreement(ref: str) -> ResponseReturnValue:
    """One agreement: its terms, its lots, what is left of its time, what is listed in it."""
    row, page = queries.framework_with_lots(ref), asked_page()
    today = local_day(g.now)
    listed = queries.list_of_framework(row.id, today=today, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "catalog/agreement.html",
        listed=listed,
        page=Page(page, listed.total),
        may_apply=policies.can_apply_to(row, today),
        **_context(row),
        **shown.WORDS,
    )


def _context(row: FrameworkAgreement) -> dict[str, Any]:
    today = local_day(g.now)
    return {
        "framework": row,
        "today": today,
        "phase": row.phase_on(today),
        "phases": AGREEMENT_LIFE,
        "counts": queries.items_by_lot(row.id),
        "counties": {county.code: county.name for county in people.counties()},
    }


@bp.get("/catalog/announcements")
@open_to(Audience.PUBLIC)
def announcements() -> ResponseReturnValue:
    """Which categories are procured in which year (R-040)."""
    return render_template(
        "catalog/announcements.html",
        rows=queries.announcements(local_day(g.now)),
        domain_labels=shown.WORDS["domain_labels"],
    )


# --- the programme office: agreements ---


@bp.get("/staff/frameworks")
@open_to(Audience.STAFF)
def frameworks() -> ResponseReturnValue:
    """The framework agreements that items are listed in."""
    return render_template(
        "catalog/frameworks.html", rows=queries.frameworks(), today=local_day(g.now), phases=AGREEMENT_LIFE
    )


@bp.get("/staff/frameworks/<ref>")
@open_to(Audience.STAFF)
def framework(ref: str) -> ResponseReturnValue:
    """One agreement with its lots: what can be done, what happened."""
    row = queries.framework_with_lots(ref)
    history = audit.history(row.subject)
    return render_template(
        "catalog/staff_framework.html",
        may_extend=policies.can_extend(actor(), row, g.now),
        latest=operations.latest_end(row.starts_on),
        history=history,
        event_labels=EVENT_LABELS,
        names=people.names_by_ref([entry.actor_ref for entry in history]),
        **_context(row),
        domain_labels=shown.WORDS["domain_labels"],
    )


@bp.route("/staff/frameworks/new", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def new_framework() -> ResponseReturnValue:
    return _framework(None)


@bp.route("/staff/frameworks/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def edit_framework(ref: str) -> ResponseReturnValue:
    return _framework(ref)


def _framework(ref: str | None) -> ResponseReturnValue:
    """Make an agreement or change one."""
    row = queries.framework_by_ref(ref) if ref is not None else None
    form = FrameworkForm.of(row)
    if not form.is_submitted():
        return render_template("catalog/framework.html", form=form, framework=row)

    def act() -> ResponseReturnValue:
        made = operations.save_framework(
            framework=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("catalog.framework", ref=made.ref), 303)

    return attempt(form, act, template="catalog/framework.html", framework=row, entity=row)


@bp.route("/staff/frameworks/<ref>/extend", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def extend_framework(ref: str) -> ResponseReturnValue:
    """Let an agreement run longer, within two years in all."""
    row, form = queries.framework_by_ref(ref), ExtensionForm()
    context = {"framework": row, "latest": operations.latest_end(row.starts_on)}
    if not form.is_submitted():
        require(policies.can_extend(actor(), row, g.now))
        form.expected_version.data = str(row.version)
        return render_template("catalog/extend.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.extend_framework(
            framework=row,
            ends_on=form.ends_on.data,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Extended. The suppliers are being told by mail."))
        return redirect(url_for("catalog.framework", ref=ref), 303)

    return attempt(form, act, template="catalog/extend.html", entity=row, **context)


# --- the programme office: lots ---


@bp.route("/staff/frameworks/<ref>/lots/new", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def new_lot(ref: str) -> ResponseReturnValue:
    return _lot(ref, None)


@bp.route("/staff/frameworks/<ref>/lots/<lot>", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def edit_lot(ref: str, lot: str) -> ResponseReturnValue:
    return _lot(ref, lot)


def _lot(ref: str, lot_ref: str | None) -> ResponseReturnValue:
    """Make a lot of an agreement or change one."""
    row = queries.framework_with_lots(ref)
    lot = queries.lot_by_ref(row, lot_ref) if lot_ref is not None else None
    form, context = LotForm.of(lot), {"framework": row, "lot": lot}
    if not form.is_submitted():
        return render_template("catalog/lot.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_lot(
            framework=row, lot=lot, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("catalog.framework", ref=ref), 303)

    return attempt(form, act, template="catalog/lot.html", entity=lot, **context)


@bp.post("/staff/frameworks/<ref>/lots/<lot>/remove")
@open_to(Audience.STAFF)
@writes
def remove_lot(ref: str, lot: str) -> ResponseReturnValue:
    row, form = queries.framework_with_lots(ref), Bare()
    operations.remove_lot(
        lot=queries.lot_by_ref(row, lot), by=actor(), at=g.now, expected_version=form.version
    )
    said(N_("The lot is removed."))
    return redirect(url_for("catalog.framework", ref=ref), 303)


# --- the programme office: announcements ---


@bp.get("/staff/announcements")
@open_to(Audience.STAFF)
def staff_announcements() -> ResponseReturnValue:
    """The yearly announcements, those to come too."""
    return render_template(
        "catalog/staff_announcements.html", rows=queries.announcements(), today=local_day(g.now)
    )


@bp.route("/staff/announcements/new", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def new_announcement() -> ResponseReturnValue:
    return _announcement(None)


@bp.route("/staff/announcements/<ref>", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def edit_announcement(ref: str) -> ResponseReturnValue:
    return _announcement(ref)


def _announcement(ref: str | None) -> ResponseReturnValue:
    """Enter the categories of a year or change them."""
    row = queries.announcement_by_ref(ref) if ref is not None else None
    form = AnnouncementForm.of(row)
    if not form.is_submitted():
        return render_template("catalog/announcement.html", form=form, announcement=row)

    def act() -> ResponseReturnValue:
        operations.save_announcement(
            announcement=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("catalog.staff_announcements"), 303)

    return attempt(form, act, template="catalog/announcement.html", announcement=row)
