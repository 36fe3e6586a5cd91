"""Sign in and out, passwords, one's own account."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation import sessions
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import operations, policies, queries
from matchmaker.people.account import browser_name
from matchmaker.people.forms import (
    AccountForm,
    ChangePasswordForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
)
from matchmaker.people.routes import bp
from matchmaker.people.session import SignedIn, begin, finish, signed_in
from matchmaker.web.access import Audience, limit, open_to, own_path, writes
from matchmaker.web.forms import attempt, said, unprocessable

log = logging.getLogger(__name__)

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def present() -> SignedIn:
    """The sign-in behind this page; pages that use it are open to signed-in people only."""
    person = signed_in()
    if person is None:
        raise NotFound
    return person


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; say the same for an unknown address and a wrong password."""
    form = SignInForm(next=request.args.get("next", ""))
    onward = own_path(form.next.data, url_for("home.front"))
    if not form.is_submitted():
        if signed_in() is not None:
            return redirect(onward)
        return render_template("people/sign_in.html", form=form)
    if not form.validate():
        return unprocessable(form, "people/sign_in.html")
    # An agency's whole building may share one address: the limit on accounts is the tight one.
    limit("sign_in", f"account:{(form.email.data or '').lower()}", most=30, per=QUARTER)
    limit("sign_in", f"address:{request.remote_addr}", most=300, per=QUARTER)
    user = operations.authenticate(email=form.email.data or "", password=form.password.data or "", at=g.now)
    if user is None:
        log.info("sign-in refused from %s", request.remote_addr)
        form.form_errors.append(gettext("This address and password do not belong together."))
        return unprocessable(form, "people/sign_in.html")
    begin(user)
    return redirect(onward, 303)


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
    person = present()
    mine = {m.organization.ref: m.organization for m in queries.memberships_of(person.user.id)}
    chosen = mine.get(request.form.get("organization", ""))
    if chosen is None:
        raise NotFound
    person.row.organization_id = chosen.id
    said(N_("You act for %(organization)s now."), organization=chosen.name)
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
    limit("reset", f"account:{(form.email.data or '').lower()}", most=5, per=HOUR)
    limit("reset", f"address:{request.remote_addr}", most=60, per=HOUR)
    operations.ask_reset(email=form.email.data or "", at=g.now)
    said(N_("If the address has an account, a mail with the next step is on its way."))
    return redirect(url_for("people.sign_in"), 303)


@bp.route("/password/<secret>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
@writes
def reset(secret: str) -> ResponseReturnValue:
    """Set a new password by the mailed address; one that was used or is too old is gone."""
    row = queries.reset_by_token(secret)
    if not policies.can_use_reset(row, g.now):
        abort(410)
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
    person = present()
    form = AccountForm(obj=person.user)
    shown = {
        "user": person.user,
        "sign_ins": sessions.of_user(person.user.id, g.now),
        "here": person.row,
        "browser_name": browser_name,
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


@bp.route("/account/password", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
@writes
def change_password() -> ResponseReturnValue:
    """Choose a new password; one's other sign-ins end."""
    person, form = present(), ChangePasswordForm()
    if not form.is_submitted():
        return render_template("people/change_password.html", form=form)
    limit("change_password", person.user.ref, most=10, per=QUARTER)

    def act() -> ResponseReturnValue:
        operations.change_password(
            user=person.user,
            present=form.present.data or "",
            password=form.password.data or "",
            keep_sign_in=person.row.id,
            at=g.now,
        )
        said(N_("Your password is changed. All other sign-ins have ended."))
        return redirect(url_for("people.account"), 303)

    return attempt(form, act, template="people/change_password.html")


@bp.post("/account/sign-ins/<ref>/end")
@open_to(Audience.SIGNED_IN)
@writes
def end_sign_in(ref: str) -> ResponseReturnValue:
    """End one of one's own sign-ins elsewhere."""
    if not sessions.end(user_id=present().user.id, at=g.now, ref=ref):
        raise NotFound
    said(N_("The sign-in has ended."))
    return redirect(url_for("people.account"), 303)
