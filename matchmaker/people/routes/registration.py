"""Sign-up of an organisation, and taking up an invitation."""

from __future__ import annotations

from datetime import timedelta

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation.i18n import language
from matchmaker.kernel.decision import Denied
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.forms import KIND_CHOICES, PersonForm, SignUpForm
from matchmaker.people.routes import bp
from matchmaker.people.session import begin, signed_in
from matchmaker.people.states import ROLE_LABELS, OrganizationKind
from matchmaker.web.access import Audience, limit, open_to, writes
from matchmaker.web.forms import Bare, attempt, said


@bp.get("/register")
@open_to(Audience.PUBLIC)
def sign_up() -> ResponseReturnValue:
    """Choose what kind of organisation to register."""
    return render_template("people/sign_up.html", kinds=KIND_CHOICES)


@bp.route("/register/<kind>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def register(kind: str) -> ResponseReturnValue:
    """Register an organisation; a visitor makes the owner's account with it."""
    if kind not in list(KIND_CHOICES):
        raise NotFound
    if request.method == "POST":
        limit("register", f"address:{request.remote_addr}", most=60, per=timedelta(hours=1))
    person = signed_in()
    form = SignUpForm(OrganizationKind(kind), signed_in=person is not None)
    shown = {"kind": OrganizationKind(kind), "person": person}
    if not form.is_submitted():
        return render_template("people/register.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        if person is None:
            user, _own = operations.sign_up(facts=form.facts(), person=form.person(language()), at=g.now)
            begin(user)
        else:
            own = operations.register(facts=form.facts(), by=person.user, at=g.now)
            person.row.organization_id = own.id
        said(N_("Registered. The programme office will look at it and write to you."))
        return redirect(url_for("people.organization"), 303)

    return attempt(form, act, template="people/register.html", **shown)


@bp.route("/invitations/<secret>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def invitation(secret: str) -> ResponseReturnValue:
    """Take up an invitation, with the account of its address or a new one."""
    row = queries.invitation_by_token(secret)
    person = signed_in()
    known = person.user if person else queries.user_by_email(row.email)
    standing = policies.can_accept(known.email if known else row.email, row, g.now)
    form = Bare() if known else PersonForm()
    shown = {
        "invitation": row,
        "known": known,
        "signed_in": person is not None,
        "standing": standing,
        "role_labels": ROLE_LABELS,
    }
    if isinstance(standing, Denied) and standing.reason is policies.INVITATION_OVER:
        return make_response(render_template("people/invitation.html", form=form, **shown), 410)
    if not form.is_submitted():
        return render_template("people/invitation.html", form=form, **shown)
    if known is not None and person is None:
        return redirect(url_for("people.sign_in", next=request.path), 303)

    def act() -> ResponseReturnValue:
        user = known or operations.create_user(
            email=row.email,
            name=form.data["name"],
            password=form.data["password"],
            language=language(),
            at=g.now,
        )
        membership = operations.accept_invitation(invitation=row, user=user, at=g.now)
        if person is None:
            begin(user)
        else:
            person.row.organization_id = membership.organization_id
        said(N_("Welcome. You act for %(organization)s now."), organization=row.organization.name)
        return redirect(url_for("home.front"), 303)

    return attempt(form, act, template="people/invitation.html", **shown)
