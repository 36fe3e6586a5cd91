"""The own organisation: facts, profile, people, desks; and the public page of a startup."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import DeskForm, InviteForm, OrganizationForm, ProfileForm, RoleForm
from matchmaker.people.models import Organization
from matchmaker.people.routes import bp
from matchmaker.people.states import SignOffRole
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.words import choices


@bp.get("/organization")
@open_to(Audience.SIGNED_IN)
def organization() -> ResponseReturnValue:
    """Everything about the organisation that the person acts for."""
    own = queries.own_organization(actor())
    return render_template("people/organization.html", organization=own, **_people(own))


def _people(own: Organization) -> dict[str, object]:
    members = queries.members_of(own.id)
    managers = queries.count_managers(own.id)
    desks = {desk.role: desk for desk in queries.desks_of(own.id)}
    options = [(m.ref, m.user.name) for m in members]
    return {
        "members": members,
        "endings": {m.ref: policies.can_end_membership(actor(), m, managers) for m in members},
        "invitations": queries.invitations_of(own.id),
        "desks": desks,
        "desk_forms": {role: DeskForm(role, options, desks.get(role)) for role in SignOffRole},
        "invite_form": InviteForm(own.kind, formdata=None),
        "role_form": RoleForm(own.kind, formdata=None),
        "may_edit": policies.can_edit_organization(actor(), own),
        "may_manage": policies.can_manage_people(actor(), own),
        "may_profile": policies.can_edit_profile(actor(), own),
        "may_ask_again": policies.can_ask_again(actor(), own),
        "domain_labels": DOMAIN_LABELS,
    }


@bp.route("/organization/edit", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def edit_organization() -> ResponseReturnValue:
    own = queries.own_organization(actor())
    form = OrganizationForm.of(own)
    if not form.is_submitted():
        return render_template("people/edit_organization.html", form=form, entity=own)

    def act() -> ResponseReturnValue:
        operations.update_organization(
            organization=own, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/edit_organization.html", entity=own)


@bp.post("/organization/ask-again")
@open_to(Audience.SIGNED_IN)
@writes
def ask_again() -> ResponseReturnValue:
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
    shown = {"entity": own.profile, "organization": own}
    if not form.is_submitted():
        return render_template("people/edit_profile.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.update_profile(
            organization=own, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Your profile is saved. Fitting challenges are computed anew."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/edit_profile.html", **shown)


@bp.post("/organization/invitations")
@open_to(Audience.SIGNED_IN)
@writes
def invite() -> ResponseReturnValue:
    own = queries.own_organization(actor())
    form = InviteForm(own.kind)

    def act() -> ResponseReturnValue:
        operations.invite(
            organization=own,
            email=form.email.data or "",
            role=RoleForm(own.kind).chosen,
            external_expert=bool(form.data.get("external_expert")),
            occupation=form.data.get("occupation") or "",
            by=actor(),
            at=g.now,
        )
        said(N_("The invitation is on its way."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/invite.html", organization=own)


@bp.post("/organization/invitations/<ref>/withdraw")
@open_to(Audience.SIGNED_IN)
@writes
def withdraw_invitation(ref: str) -> ResponseReturnValue:
    own = queries.own_organization(actor())
    operations.withdraw_invitation(
        invitation=queries.invitation_for(actor(), ref), organization=own, by=actor(), at=g.now
    )
    said(N_("The invitation is withdrawn."))
    return redirect(url_for("people.organization"), 303)


@bp.post("/organization/members/<ref>/role")
@open_to(Audience.SIGNED_IN)
@writes
def change_role(ref: str) -> ResponseReturnValue:
    membership = queries.member_for(actor(), ref)
    form = RoleForm(membership.organization.kind)
    if form.validate():
        operations.change_role(membership=membership, role=form.chosen, by=actor(), at=g.now)
        said(N_("Saved."))
    return redirect(url_for("people.organization"), 303)


@bp.post("/organization/members/<ref>/end")
@open_to(Audience.SIGNED_IN)
@writes
def end_membership(ref: str) -> ResponseReturnValue:
    operations.end_membership(membership=queries.member_for(actor(), ref), by=actor(), at=g.now)
    said(N_("The person no longer belongs to the organisation."))
    return redirect(url_for("people.organization"), 303)


@bp.post("/organization/desks/<role>")
@open_to(Audience.AGENCY)
@writes
def seat(role: str) -> ResponseReturnValue:
    """Say who sits at a sign-off desk and who stands in."""
    if role not in list(SignOffRole):
        raise NotFound
    own = queries.own_organization(actor())
    options = {m.ref: m for m in queries.members_of(own.id)}
    form = DeskForm(SignOffRole(role), [(ref, m.user.name) for ref, m in options.items()], None)

    def act() -> ResponseReturnValue:
        operations.seat(
            organization=own,
            role=SignOffRole(role),
            holder=options.get(form.holder.data or ""),
            deputy=options.get(form.deputy.data or ""),
            by=actor(),
            at=g.now,
        )
        said(N_("Saved."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/desk.html", organization=own, role=SignOffRole(role))


@bp.get("/organizations/<ref>")
@open_to(Audience.PUBLIC)
def public_organization(ref: str) -> ResponseReturnValue:
    """A confirmed organisation as everybody may see it."""
    shown = queries.organization_for(actor(), ref)
    return render_template("people/public_organization.html", organization=shown, domain_labels=DOMAIN_LABELS)
