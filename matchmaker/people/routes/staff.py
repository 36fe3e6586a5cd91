"""Staff: registrations to confirm, organisations to look after."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation import audit
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import KIND_CHOICES, DecisionForm
from matchmaker.people.routes import bp
from matchmaker.people.states import ORGANIZATION_LIFE, OrganizationKind, OrganizationState
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

MOVES = ("confirm", "decline", "suspend", "restore")
REASON_NEEDED = Reason("people.reason_needed", N_("Give the reason: it is sent to the organisation."))


@bp.get("/staff/organizations")
@open_to(Audience.STAFF)
def organizations() -> ResponseReturnValue:
    """All organisations, the waiting ones first at hand."""
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
        life=ORGANIZATION_LIFE,
        kinds=KIND_CHOICES,
        chosen={"state": state, "kind": kind, "q": asked_text()},
    )


@bp.get("/staff/organizations/<ref>")
@open_to(Audience.STAFF)
def staff_organization(ref: str) -> ResponseReturnValue:
    return render_template("people/staff_organization.html", form=DecisionForm(formdata=None), **_shown(ref))


def _shown(ref: str) -> dict[str, object]:
    shown = queries.organization_for(actor(), ref)
    history = audit.history(shown.subject)
    return {
        "organization": shown,
        "entity": shown,
        "members": queries.members_of(shown.id),
        "decisions": {move: policies.can_decide(actor(), shown, move) for move in MOVES},
        "life": ORGANIZATION_LIFE,
        "history": history,
        "names": queries.names_by_ref([entry.actor_ref for entry in history]),
        "domain_labels": DOMAIN_LABELS,
    }


@bp.post("/staff/organizations/<ref>/<move>")
@open_to(Audience.STAFF)
@writes
def decide(ref: str, move: str) -> ResponseReturnValue:
    """Confirm, decline, suspend or restore; a no needs its reason."""
    if move not in MOVES:
        raise NotFound
    form, shown = DecisionForm(), _shown(ref)

    def act() -> ResponseReturnValue:
        if move in ("decline", "suspend") and not form.reason.data:
            raise Invalid({"reason": deny(REASON_NEEDED)})
        operations.decide(
            organization=shown["organization"],  # type: ignore[arg-type]
            move=move,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Saved. The organisation is being told by mail."))
        return redirect(url_for("people.staff_organization", ref=ref), 303)

    return attempt(form, act, template="people/staff_organization.html", **shown)
