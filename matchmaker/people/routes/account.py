"""Sign in and out, passwords, one's own account."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation import audit, sessions
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import operations, passwords, queries
from matchmaker.people.forms import (
    AccountForm,
    ChangePasswordForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
)
from matchmaker.people.routes import bp
from matchmaker.people.session import begin, finish, signed_in
from matchmaker.web.access import Audience, limit, open_to, own_path, writes
from matchmaker.web.forms import attempt, said, unprocessable

QUARTER = timedelta(minutes=15)


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; say the same for an unknown address and a wrong password."""
    form = SignInForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        if signed_in() is not None:
            return redirect(url_for("home.front"))
        return render_template("people/sign_in.html", form=form)
    if not form.validate():
        return unprocessable(form, "people/sign_in.html")
    address = (form.email.data or "").lower()
    limit("sign_in", f"account:{address}", f"address:{request.remote_addr}", most=30, per=QUARTER)
    user = queries.user_by_email(address)
    if not passwords.matches(form.password.data, user.password_hash if user else None) or user is None:
        form.form_errors.append(gettext("This address and password do not belong together."))
        return unprocessable(form, "people/sign_in.html")
    begin(user)
    audit.record(type="user.signed_in", subject=user.subject, actor_ref=user.ref, at=g.now)
    return redirect(own_path(form.next.data, url_for("home.front")), 303)


@bp.post("/sign-out")
@open_to(Audience.PUBLIC)
@writes
def sign_out() -> ResponseReturnValue:
    finish()
    said(N_("You are signed out."))
    return redirect(url_for("home.front"), 303)


@bp.post("/acting")
@open_to(Audience.SIGNED_IN)
@writes
def act_for() -> ResponseReturnValue:
    """Act for another of one's organisations."""
    person = signed_in()
    mine = queries.memberships_of(person.user.id) if person else []
    chosen = next((m for m in mine if m.organization.ref == request.form.get("organization")), None)
    if person is None or chosen is None:
        raise NotFound
    person.row.organization_id = chosen.organization_id
    said(N_("You act for %(organization)s now."), organization=chosen.organization.name)
    return redirect(url_for("home.front"), 303)


@bp.route("/password", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def forgotten() -> ResponseReturnValue:
    """Ask for a reset; the answer is the same whether or not the address is known."""
    form = ForgottenForm()
    if not form.is_submitted():
        return render_template("people/forgotten.html", form=form)
    if not form.validate():
        return unprocessable(form, "people/forgotten.html")
    limit("reset", f"account:{(form.email.data or '').lower()}", most=5, per=timedelta(hours=1))
    limit("reset", f"address:{request.remote_addr}", most=30, per=timedelta(hours=1))
    operations.ask_reset(email=form.email.data or "", at=g.now)
    said(N_("If the address has an account, a mail with the next step is on its way."))
    return redirect(url_for("people.sign_in"), 303)


@bp.route("/password/<secret>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def reset(secret: str) -> ResponseReturnValue:
    """Set a new password by the mailed address."""
    row = queries.reset_by_token(secret, g.now)
    form = NewPasswordForm()
    if not form.is_submitted():
        return render_template("people/new_password.html", form=form)

    def act() -> ResponseReturnValue:
        operations.set_password(reset=row, password=form.password.data or "", at=g.now)
        said(N_("Your new password is set. Sign in with it."))
        return redirect(url_for("people.sign_in"), 303)

    return attempt(form, act, template="people/new_password.html")


@bp.route("/account", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def account() -> ResponseReturnValue:
    """Name, language, password, and where one is signed in."""
    person = signed_in()
    assert person is not None
    form = AccountForm(obj=person.user)
    shown = {
        "password_form": ChangePasswordForm(),
        "sign_ins": sessions.of_user(person.user.id, g.now),
        "here": person.row,
    }
    if not form.is_submitted():
        return render_template("people/account.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.update_user(
            user=person.user, name=form.name.data or "", language=form.language.data, at=g.now
        )
        session["language"] = form.language.data
        said(N_("Saved."))
        return redirect(url_for("people.account"), 303)

    return attempt(form, act, template="people/account.html", **shown)


@bp.post("/account/password")
@open_to(Audience.SIGNED_IN)
@writes
def change_password() -> ResponseReturnValue:
    person = signed_in()
    assert person is not None
    form = ChangePasswordForm()
    shown = {"password_form": form, "sign_ins": sessions.of_user(person.user.id, g.now), "here": person.row}
    limit("change_password", person.user.ref, most=10, per=QUARTER)
    user = db.session.merge(person.user, load=False)

    def act() -> ResponseReturnValue:
        operations.change_password(
            user=user,
            present=form.present.data or "",
            password=form.password.data or "",
            keep_sign_in=person.row.id,
            at=g.now,
        )
        flash(gettext("Your password is changed. All other sign-ins have ended."), "success")
        return redirect(url_for("people.account"), 303)

    return attempt(form, act, template="people/change_password.html", **shown)


@bp.post("/account/sign-ins/<ref>/end")
@open_to(Audience.SIGNED_IN)
@writes
def end_sign_in(ref: str) -> ResponseReturnValue:
    """End one of one's own sign-ins elsewhere."""
    person = signed_in()
    if person is None or not sessions.end(user_id=person.user.id, at=g.now, ref=ref):
        raise NotFound
    said(N_("The sign-in has ended."))
    return redirect(url_for("people.account"), 303)
