"""What the pages of a case show."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext

from matchmaker.foundation import audit
from matchmaker.foundation.i18n import language
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.states import SIGN_OFF_LABELS
from matchmaker.rulebook import reference
from matchmaker.subsidies import dues, policies, stored
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.operations.application import count, is_removable, papers_since
from matchmaker.subsidies.states import (
    BUDGET_LIFE,
    CASE_LIFE,
    CHANGE_LIFE,
    CLAIM_KIND_LABELS,
    CLAIM_LIFE,
    CUT_LABELS,
    END_LABELS,
    ENTRY_LABELS,
    EXTENSION_LIFE,
    INCOMING,
    LETTER_LABELS,
    LINE_KIND_LABELS,
    MATTER_LABELS,
    NOTICE_LIFE,
    RESERVATION_LIFE,
    SCALE_LABELS,
    CaseState,
)
from matchmaker.web.access import actor

OWN_PAPERS = {
    "plan": N_("Subsidy plan"),
    "signed_form": N_("Signed form"),
    "minutes": N_("Minutes"),
    "other": N_("Other paper"),
}
WORDS: dict[str, Any] = {
    "life": CASE_LIFE,
    "claim_life": CLAIM_LIFE,
    "change_life": CHANGE_LIFE,
    "extension_life": EXTENSION_LIFE,
    "reservation_life": RESERVATION_LIFE,
    "notice_life": NOTICE_LIFE,
    "budget_life": BUDGET_LIFE,
    "claim_kinds": CLAIM_KIND_LABELS,
    "line_kinds": LINE_KIND_LABELS,
    "entry_labels": ENTRY_LABELS,
    "letter_labels": LETTER_LABELS,
    "incoming": INCOMING,
    "matters": MATTER_LABELS,
    "cut_labels": CUT_LABELS,
    "end_labels": END_LABELS,
    "scales": SCALE_LABELS,
    "desk_labels": SIGN_OFF_LABELS,
}
HISTORY = {
    "subsidy.begin": N_("Application begun"),
    "subsidy.save_plan": N_("Plan written"),
    "subsidy.save_lines": N_("Items changed"),
    "subsidy.add_papers": N_("Papers added"),
    "subsidy.remove_paper": N_("Paper taken out"),
    "subsidy.submit": N_("Application submitted"),
    "subsidy.cure": N_("Missing papers handed in"),
    "subsidy.withdraw": N_("Application withdrawn"),
    "subsidy.ask_cure": N_("Missing papers asked for"),
    "subsidy.find_complete": N_("Found complete"),
    "subsidy.decline": N_("Not approved"),
    "subsidy.approve": N_("Subsidy approved"),
    "subsidy.record_order": N_("Order recorded"),
    "subsidy.change_order": N_("Order changed"),
    "subsidy.set_budget": N_("Budget recorded"),
    "subsidy.record_progress": N_("Days recorded"),
    "subsidy.claim": N_("Claim handed in"),
    "subsidy.mend_claim": N_("Claim handed in again"),
    "subsidy.return_claim": N_("Claim returned"),
    "subsidy.check_claim": N_("Claim passed the check"),
    "subsidy.pay_claim": N_("Claim paid"),
    "subsidy.reserve": N_("Reservation asked for"),
    "subsidy.decide_reservation": N_("Reservation decided"),
    "subsidy.cut": N_("Legislative cut handed on"),
    "subsidy.save_change": N_("Change of the plan filled in"),
    "subsidy.save_termination": N_("Termination filled in"),
    "subsidy.ask_signatures": N_("Signatures asked for"),
    "subsidy.sign": N_("Signed"),
    "subsidy.return_form": N_("Form returned for correction"),
    "subsidy.attach_form": N_("Signed sheet attached"),
    "subsidy.withdraw_request": N_("Request withdrawn"),
    "subsidy.refuse_request": N_("Request refused"),
    "subsidy.approve_change": N_("Change approved"),
    "subsidy.approve_termination": N_("Termination: approval revoked"),
    "subsidy.ask_extension": N_("Extension asked for"),
    "subsidy.decide_extension": N_("Extension decided"),
    "subsidy.inspect": N_("Inspection recorded"),
    "subsidy.notify": N_("Improvement notice sent"),
    "subsidy.find_mended": N_("Defects found mended"),
    "subsidy.revoke": N_("Subsidy annulled or revoked"),
    "subsidy.send_repayment": N_("Repayment notice sent"),
    "subsidy.record_return": N_("Repayment recorded"),
    "subsidy.close": N_("Case closed"),
}


CAUSES = {
    "order": N_("A changed order"),
    "change": N_("Change of the plan (annex 5)"),
    "termination": N_("Termination of the plan (annex 6)"),
    "claim": N_("Claim"),
    "revocation": N_("Annulment or revocation"),
}
"""What a repayment comes from, by the first word of its cause."""


def page(case: SubsidyCase) -> dict[str, Any]:
    """Everything about one case."""
    today, scheme = local_day(g.now), reference.scheme(case.scheme)
    editing = case.state in (CaseState.DRAFT, CaseState.CURE)
    counted = count(case, today) if editing else case.worksheets
    history = [entry for entry in audit.history(case.subject) if entry.type in HISTORY]
    ceiling = counted["ceiling"]["result"]["ceiling"] if counted else None
    return {
        **around(case),
        "gaps": policies.plan_gaps(case, today, ceiling) if editing else (),
        "counted": counted,
        "sums": account_of(case),
        "dues": dues.of_case(case, today),
        "today": today,
        "papers": papers_since(case),
        "removable": {paper.ref for paper in case.papers if is_removable(case, paper)},
        "paper_titles": paper_titles(case),
        "steps": lambda sheet: stored.steps(sheet, language()),
        "clauses": {code: text.in_language(language()) for code, text in scheme.clauses.items()},
        "reasons": {
            code: each.title.in_language(language())
            for code, each in scheme.lists["adjustment_reasons"].items()
        },
        "causes": {
            code: each.title.in_language(language())
            for code, each in scheme.lists["revocation_causes"].items()
        },
        "checks": {
            code: each.title.in_language(language())
            for name in ("inspection_kinds", "inspection_subjects")
            for code, each in scheme.lists[name].items()
        },
        "limits": {code: text.in_language(language()) for code, text in scheme.words.items()},
        "repayments": [(each, CAUSES[each.cause.partition(":")[0]]) for each in case.repayments],
        "history": history,
        "history_labels": HISTORY,
        "names": people.names_by_ref([entry.actor_ref for entry in history]),
    }


def around(case: SubsidyCase) -> dict[str, Any]:
    """What every page about a case needs."""
    return {
        "case": case,
        "entity": case,
        "scheme": reference.scheme(case.scheme),
        "language": language(),
        "is_agency": actor().is_of(case.agency_id),
        **WORDS,
    }


def paper_titles(case: SubsidyCase) -> dict[str, str]:
    """The words of each kind of paper, in the reader's language."""
    scheme = reference.scheme(case.scheme)
    known = {code: entry.title.in_language(language()) for code, entry in scheme.documents.items()}
    return known | {code: gettext(label) for code, label in OWN_PAPERS.items()}
