"""The people of the own organisation: invitations, roles, sign-off desks."""

from __future__ import annotations

from datetime import timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import DeskForm, InviteForm, MemberForm
from matchmaker.people.routes import bp
from matchmaker.people.states import SIGN_OFF_LABELS, SignOffRole
from matchmaker.web.access import Audience, actor, limit, open_to, writes
from matchmaker.web.forms import attempt, said


@bp.route("/organization/invitations", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def invite() -> ResponseReturnValue:
    """Offer somebody a role."""
    if request.method == "POST":
        limit("invite", actor().ref, most=60, per=timedelta(hours=1))
    own = queries.own_organization(actor())
    form = InviteForm(own.kind)
    shown = {"organization": own, "decision": policies.can_invite(actor(), own)}
    if not form.is_submitted():
        return render_template("people/invite.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.invite(
            organization=own,
            email=form.email.data or "",
            role=form.chosen,
            external_expert=form.is_external_expert,
            occupation=form.stated_occupation,
            by=actor(),
            at=g.now,
        )
        said(N_("The invitation is on its way."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/invite.html", **shown)


@bp.post("/organization/invitations/<ref>/withdraw")
@open_to(Audience.SIGNED_IN)
@writes
def withdraw_invitation(ref: str) -> ResponseReturnValue:
    """Take an invitation back."""
    operations.withdraw_invitation(
        invitation=queries.invitation_for(actor(), ref),
        organization=queries.own_organization(actor()),
        by=actor(),
        at=g.now,
    )
    said(N_("The invitation is withdrawn."))
    return redirect(url_for("people.organization"), 303)


@bp.route("/organization/members/<ref>", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def member(ref: str) -> ResponseReturnValue:
    """One person of the organisation: their role, and the way out."""
    row = queries.member_for(actor(), ref)
    if row.user_id != actor().user_id and not policies.can_see_people(actor(), row.organization):
        raise NotFound
    form = MemberForm(row.organization.kind, obj=row)
    managers = queries.count_managers(row.organization_id)
    shown = {
        "membership": row,
        "may_change": policies.can_manage_people(actor(), row.organization),
        "may_end": policies.can_end_membership(actor(), row, managers),
    }
    if not form.is_submitted():
        return render_template("people/member.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.change_role(
            membership=row,
            role=form.chosen,
            external_expert=form.is_external_expert,
            occupation=form.stated_occupation,
            by=actor(),
            at=g.now,
        )
        said(N_("Saved."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/member.html", **shown)


@bp.post("/organization/members/<ref>/end")
@open_to(Audience.SIGNED_IN)
@writes
def end_membership(ref: str) -> ResponseReturnValue:
    """Let somebody go, or leave."""
    row = queries.member_for(actor(), ref)
    operations.end_membership(membership=row, by=actor(), at=g.now)
    if row.user_id == actor().user_id:
        said(N_("You have left %(organization)s."), organization=row.organization.name)
        return redirect(url_for("home.front"), 303)
    said(N_("%(name)s no longer belongs to the organisation."), name=row.user.name)
    return redirect(url_for("people.organization"), 303)


@bp.route("/organization/desks/<role>", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def desk(role: str) -> ResponseReturnValue:
    """Say who sits at a sign-off desk and who stands in."""
    if role not in list(SignOffRole):
        raise NotFound
    own, seat = queries.own_organization(actor()), SignOffRole(role)
    members = {m.ref: m for m in queries.members_of(own.id)}
    present = next((desk for desk in queries.desks_of(own.id) if desk.role is seat), None)
    form = DeskForm([(ref, m.user.name) for ref, m in members.items()], present)
    shown = {
        "organization": own,
        "label": SIGN_OFF_LABELS[seat],
        "decision": policies.can_seat(actor(), own),
    }
    if not form.is_submitted():
        return render_template("people/desk.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.seat(
            organization=own,
            role=seat,
            holder=members.get(form.holder.data or ""),
            deputy=members.get(form.deputy.data or ""),
            by=actor(),
            at=g.now,
        )
        said(N_("Saved."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/desk.html", **shown)
