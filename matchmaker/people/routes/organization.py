"""The own organisation: facts and profile; and the public page of every confirmed one."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import OrganizationForm, ProfileForm
from matchmaker.people.models import Organization
from matchmaker.people.routes import bp
from matchmaker.people.states import (
    AGENCY_KIND_LABELS,
    ORGANIZATION_KIND_LABELS,
    ORGANIZATION_LIFE,
    ROLE_LABELS,
    SIGN_OFF_LABELS,
)
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.words import choices

LABELS = {
    "kind_labels": ORGANIZATION_KIND_LABELS,
    "agency_kind_labels": AGENCY_KIND_LABELS,
    "domain_labels": DOMAIN_LABELS,
    "role_labels": ROLE_LABELS,
    "life": ORGANIZATION_LIFE,
}
"""What the pages of organisations name things by."""


@bp.get("/organization")
@open_to(Audience.SIGNED_IN)
def organization() -> ResponseReturnValue:
    """Everything about the organisation that the person acts for."""
    own = queries.own_organization(actor())
    return render_template("people/organization.html", organization=own, **_people(own), **LABELS)


def _people(own: Organization) -> dict[str, object]:
    sees = policies.can_see_people(actor(), own)
    return {
        "members": [m for m in queries.members_of(own.id) if sees or m.user_id == actor().user_id],
        "invitations": queries.invitations_of(own.id) if sees else [],
        "desks": {desk.role: desk for desk in queries.desks_of(own.id)},
        "desk_labels": SIGN_OFF_LABELS,
        "may_see_people": sees,
        "may_edit": policies.can_edit_organization(actor(), own),
        "may_invite": policies.can_invite(actor(), own),
        "may_manage": policies.can_manage_people(actor(), own),
        "may_profile": policies.can_edit_profile(actor(), own),
        "may_ask_again": policies.can_ask_again(actor(), own),
    }


@bp.route("/organization/edit", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def edit_organization() -> ResponseReturnValue:
    """The facts of the own organisation."""
    return edit(queries.own_organization(actor()), url_for("people.organization"))


def edit(entity: Organization, back: str) -> ResponseReturnValue:
    """The form of an organisation's facts, for its owners and for staff."""
    fixed = policies.fixed_facts(actor(), entity)
    form = OrganizationForm.of(entity, fixed)
    shown = {
        "entity": entity,
        "fixed": fixed,
        "back": back,
        "decision": policies.can_edit_organization(actor(), entity),
        **LABELS,
    }
    if not form.is_submitted():
        return render_template("people/edit_organization.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.update_organization(
            organization=entity, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(back, 303)

    return attempt(form, act, template="people/edit_organization.html", **shown)


@bp.post("/organization/ask-again")
@open_to(Audience.SIGNED_IN)
@writes
def ask_again() -> ResponseReturnValue:
    """Hand in a declined registration once more."""
    operations.ask_again(organization=queries.own_organization(actor()), by=actor(), at=g.now)
    said(N_("Handed in again. The programme office will look at it and write to you."))
    return redirect(url_for("people.organization"), 303)


@bp.route("/organization/profile", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def edit_profile() -> ResponseReturnValue:
    """What the startup offers; suggestions follow the change."""
    own = queries.own_organization(actor())
    if own.profile is None:
        raise NotFound
    form = ProfileForm.of(own.profile, choices(DOMAIN_LABELS))
    shown = {
        "entity": own.profile,
        "organization": own,
        "decision": policies.can_edit_profile(actor(), own),
    }
    if not form.is_submitted():
        return render_template("people/edit_profile.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.update_profile(
            organization=own, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Your profile is saved. Fitting challenges are computed anew."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/edit_profile.html", **shown)


@bp.get("/organizations/<ref>")
@open_to(Audience.PUBLIC)
def public_organization(ref: str) -> ResponseReturnValue:
    """A confirmed organisation as everybody may see it."""
    shown = queries.organization_for(actor(), ref)
    return render_template(
        "people/public_organization.html",
        organization=shown,
        may_see_contact=policies.can_see_contact(actor(), shown),
        **LABELS,
    )
