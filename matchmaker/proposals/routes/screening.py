"""The screening: officers confirm what the rules found, admit and reject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation.i18n import is_chinese, language
from matchmaker.kernel.dates import format_day
from matchmaker.kernel.words import N_
from matchmaker.proposals import operations, policies, queries
from matchmaker.proposals.facts import RULE_LABELS, RULE_SOURCES, Rule
from matchmaker.proposals.forms import CheckForm, RejectForm
from matchmaker.proposals.models import EligibilityCheck, Proposal
from matchmaker.proposals.routes import bp
from matchmaker.proposals.routes.opening import published
from matchmaker.proposals.routes.startup import READING
from matchmaker.proposals.states import (
    EVIDENCE_LABELS,
    PROPOSAL_LIFE,
    RESULT_LABELS,
    RESULT_TONES,
    CheckResult,
    EvidenceKind,
)
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import attempt, said
from matchmaker.web.words import money

WORDS = {
    "life": PROPOSAL_LIFE,
    "rule_labels": RULE_LABELS,
    "rule_sources": RULE_SOURCES,
    "result_labels": RESULT_LABELS,
    "result_tones": RESULT_TONES,
}


@bp.get("/staff/challenges/<ref>/screening")
@open_to(Audience.STAFF)
def screening(ref: str) -> ResponseReturnValue:
    """Every opened proposal of a call with the state of its checks."""
    challenge = published(ref)
    proposals = queries.opened_proposals(challenge.id)
    undecided, count = queries.count_undecided(challenge.id)
    return render_template(
        "proposals/screening.html",
        challenge=challenge,
        proposals=proposals,
        versions=queries.counted_versions(proposals),
        may_read=policies.can_read_opened(actor(), challenge),
        may_begin=policies.can_begin_screening(actor(), challenge),
        may_finish=policies.can_finish_screening(actor(), challenge, undecided=undecided, count=count),
        **WORDS,
    )


@bp.post("/staff/challenges/<ref>/screening/begin")
@open_to(Audience.STAFF)
@writes
def begin_screening(ref: str) -> ResponseReturnValue:
    operations.begin_screening(challenge=published(ref), by=actor(), at=g.now)
    said(N_("The rules have checked every proposal. Confirm what they found."))
    return redirect(url_for("proposals.screening", ref=ref), 303)


@bp.post("/staff/challenges/<ref>/screening/finish")
@open_to(Audience.STAFF)
@writes
def finish_screening(ref: str) -> ResponseReturnValue:
    operations.finish_screening(challenge=published(ref), by=actor(), at=g.now)
    said(N_("The screening is finished."))
    return redirect(url_for("proposals.screening", ref=ref), 303)


def facts_of(check: EligibilityCheck) -> str:
    """What a rule looked at, in a sentence of the reader's language."""
    known = check.facts
    if check.rule == Rule.FIVE_YEARS:
        return _founding(known)
    if check.rule == Rule.CONFIRMED:
        return (
            gettext("The programme office has confirmed the organisation.")
            if known["confirmed"]
            else (gettext("The organisation is not confirmed at present."))
        )
    if check.rule == Rule.UBN:
        return known["ubn"] or gettext("No number is on file.")
    if check.rule == Rule.EVIDENCE:
        kinds = [gettext(EVIDENCE_LABELS[EvidenceKind(kind)]) for kind in dict.fromkeys(known["kinds"])]
        return "、".join(kinds) if is_chinese() else ", ".join(kinds)
    if check.rule == Rule.DECLARATIONS:
        return gettext("%(given)s of %(needed)s declarations.", given=known["given"], needed=known["needed"])
    ceiling = money(known["ceiling"])
    return gettext("Asked: %(asked)s. Ceiling: %(ceiling)s.", asked=money(known["asked"]), ceiling=ceiling)


def _founding(known: Mapping[str, Any]) -> str:
    if not known["founded_on"]:
        return gettext("The day of founding is not on file.")
    days = {name: format_day(date.fromisoformat(text), language()) for name, text in known.items()}
    return gettext(
        "Founded on %(founded_on)s; eligible until %(last_day)s; the call closed on %(deadline)s.", **days
    )


def _shown(proposal: Proposal) -> dict[str, object]:
    challenge = proposal.challenge
    checks = queries.checks_of(proposal.id)
    version = queries.counted_version(proposal)
    results = [check.confirmed for check in checks]
    return {
        "proposal": proposal,
        "challenge": challenge,
        "checks": checks,
        "version": version,
        "content": version.value,
        "papers": version.papers,
        "paper_url": lambda paper: url_for("proposals.staff_paper", ref=proposal.ref, paper=paper),
        "may_screen": policies.can_screen(actor(), challenge, proposal),
        "may_admit": policies.can_admit(actor(), challenge, proposal, results),
        "may_reject": policies.can_reject(actor(), challenge, proposal, results),
        "may_shortlist": policies.can_shortlist(actor(), proposal, challenge),
        "facts_of": facts_of,
        **READING,
        **WORDS,
    }


def _forms(proposal: Proposal, *, wrong: CheckForm | RejectForm | None = None) -> dict[str, object]:
    """One form for each check and one for the rejection; ``wrong`` is the one that was sent."""
    forms = {
        check.rule: CheckForm(formdata=None, prefix=f"{check.rule}-", data=_filled(check))
        for check in queries.checks_of(proposal.id)
    }
    reject = RejectForm(formdata=None, prefix="reject-")
    if isinstance(wrong, CheckForm):
        forms[wrong._prefix.rstrip("-")] = wrong
    elif wrong is not None:
        reject = wrong
    return {"check_forms": forms, "reject_form": reject}


def _filled(check: EligibilityCheck) -> dict[str, str | None]:
    """What stands in the form: what was confirmed, else what the rule found."""
    result = check.confirmed or (check.found if check.found is not CheckResult.UNKNOWN else None)
    return {"result": result.value if result else None, "reason": check.reason}


@bp.get("/staff/proposals/<ref>")
@open_to(Audience.STAFF)
def staff_proposal(ref: str) -> ResponseReturnValue:
    """One opened proposal: its checks, its text, and what to do with it."""
    opened = queries.opened_for(actor(), ref)
    return render_template("proposals/staff_proposal.html", **_shown(opened), **_forms(opened))


@bp.post("/staff/proposals/<ref>/checks/<rule>")
@open_to(Audience.STAFF)
@writes
def confirm_check(ref: str, rule: str) -> ResponseReturnValue:
    """An officer's word on one check."""
    opened = queries.opened_for(actor(), ref)
    check, form = queries.check_of(opened, rule), CheckForm(prefix=f"{rule}-")

    def act() -> ResponseReturnValue:
        operations.confirm_check(
            check=check,
            result=CheckResult(form.result.data),
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
        )
        said(N_("Confirmed."))
        return redirect(url_for("proposals.staff_proposal", ref=ref, _anchor="checks"), 303)

    template = "proposals/staff_proposal.html"
    return attempt(form, act, template=template, **_shown(opened), **_forms(opened, wrong=form))


@bp.post("/staff/proposals/<ref>/admit")
@open_to(Audience.STAFF)
@writes
def admit(ref: str) -> ResponseReturnValue:
    operations.admit(proposal=queries.opened_for(actor(), ref), by=actor(), at=g.now)
    said(N_("Admitted. The startup is being told by mail."))
    return redirect(url_for("proposals.staff_proposal", ref=ref), 303)


@bp.post("/staff/proposals/<ref>/reject")
@open_to(Audience.STAFF)
@writes
def reject(ref: str) -> ResponseReturnValue:
    opened, form = queries.opened_for(actor(), ref), RejectForm(prefix="reject-")

    def act() -> ResponseReturnValue:
        operations.reject(proposal=opened, reason=form.reason.data or "", by=actor(), at=g.now)
        said(N_("Marked as not eligible. The startup is being told by mail, with the reason."))
        return redirect(url_for("proposals.staff_proposal", ref=ref), 303)

    template = "proposals/staff_proposal.html"
    return attempt(form, act, template=template, **_shown(opened), **_forms(opened, wrong=form))


@bp.post("/staff/proposals/<ref>/shortlist")
@open_to(Audience.STAFF)
@writes
def shortlist(ref: str) -> ResponseReturnValue:
    operations.shortlist(proposal=queries.opened_for(actor(), ref), by=actor(), at=g.now)
    said(N_("Put on the short list."))
    return redirect(url_for("proposals.staff_proposal", ref=ref), 303)


@bp.get("/staff/proposals/<ref>/papers/<paper>")
@open_to(Audience.STAFF)
def staff_paper(ref: str, paper: str) -> ResponseReturnValue:
    opened = queries.opened_for(actor(), ref)
    return attachment(queries.paper_of_counted(opened, paper).file)
