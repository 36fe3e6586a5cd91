"""Staff: registrations to confirm, organisations to look after."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation import audit
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import KIND_CHOICES, DecisionForm
from matchmaker.people.models import Organization
from matchmaker.people.routes import bp
from matchmaker.people.routes.organization import LABELS, edit
from matchmaker.people.states import ORGANIZATION_LIFE, OrganizationKind, OrganizationState
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

EVENT_LABELS = {
    "organization.registered": N_("Registered"),
    "organization.changed": N_("Facts changed"),
    "organization.confirm": N_("Confirmed"),
    "organization.decline": N_("Declined"),
    "organization.resubmit": N_("Asked again"),
    "organization.suspend": N_("Suspended"),
    "organization.restore": N_("Restored"),
    "profile.changed": N_("Profile changed"),
    "membership.began": N_("Somebody joined"),
    "membership.role_changed": N_("Somebody got another role"),
    "membership.ended": N_("Somebody left"),
    "invitation.made": N_("Somebody was invited"),
    "invitation.withdrawn": N_("An invitation was withdrawn"),
    "desk.seated": N_("A sign-off desk was seated"),
}
"""What the audit chain holds of an organisation, in words."""

MOVES = ("confirm", "decline", "suspend", "restore")


@bp.get("/staff/organizations")
@open_to(Audience.STAFF)
def organizations() -> ResponseReturnValue:
    """All organisations, the waiting ones first."""
    state, kind, page = asked("state", OrganizationState), asked("kind", KIND_CHOICES), asked_page()
    listed = queries.list_organizations(
        state=OrganizationState(state) if state else None,
        kind=OrganizationKind(kind) if kind else None,
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "people/staff_organizations.html",
        organizations=listed.rows,
        page=Page(page, listed.total),
        kinds=KIND_CHOICES,
        chosen={"state": state, "kind": kind, "q": asked_text()},
        **LABELS,
    )


@bp.get("/staff/organizations/<ref>")
@open_to(Audience.STAFF)
def staff_organization(ref: str) -> ResponseReturnValue:
    """One organisation, its people, and the word of the programme office on it."""
    entity = queries.organization_for(actor(), ref)
    form = DecisionForm(formdata=None, expected_version=str(entity.version))
    return render_template("people/staff_organization.html", form=form, **_shown(entity))


def _shown(entity: Organization) -> dict[str, object]:
    history = audit.history(entity.subject)
    return {
        "organization": entity,
        "entity": entity,
        "members": queries.members_of(entity.id),
        "decisions": {move: policies.can_decide(actor(), entity, move) for move in MOVES},
        "moves": {move: ORGANIZATION_LIFE.moves[move] for move in MOVES},
        "history": history,
        "event_labels": EVENT_LABELS,
        "names": queries.names_by_ref([entry.actor_ref for entry in history]),
        **LABELS,
    }


@bp.post("/staff/organizations/<ref>/<move>")
@open_to(Audience.STAFF)
@writes
def decide(ref: str, move: str) -> ResponseReturnValue:
    """Confirm, decline, suspend or restore; a no needs its reason."""
    if move not in MOVES:
        raise NotFound
    form, entity = DecisionForm(), queries.organization_for(actor(), ref)

    def act() -> ResponseReturnValue:
        operations.decide(
            organization=entity,
            move=move,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Saved. The organisation is being told by mail."))
        return redirect(url_for("people.staff_organization", ref=ref), 303)

    return attempt(form, act, template="people/staff_organization.html", **_shown(entity))


@bp.route("/staff/organizations/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def staff_edit_organization(ref: str) -> ResponseReturnValue:
    """Staff correct the facts, those that were confirmed included."""
    return edit(queries.organization_for(actor(), ref), url_for("people.staff_organization", ref=ref))
