"""What the verbs share: the held case, its letters, papers, entries and the chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from matchmaker.foundation import audit, bus, files
from matchmaker.foundation.db import check_version, db
from matchmaker.foundation.i18n import pick
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook import reference
from matchmaker.rulebook.facts import BadFact
from matchmaker.rulebook.scheme import Entry, Scheme
from matchmaker.subsidies import queries
from matchmaker.subsidies.accounts import Outcome, Posting
from matchmaker.subsidies.events import CaseMoved, LetterSent, RepaymentFound
from matchmaker.subsidies.facts import LetterFacts, PaperFacts
from matchmaker.subsidies.models import CaseLetter, CasePaper, LedgerEntry, Repayment, SubsidyCase
from matchmaker.subsidies.states import ADVERSE, INCOMING, LetterKind

MOST_PAPERS = 60
OTHER_PAPERS = ("plan", "signed_form", "minutes", "other")

NUMBER_NEEDED = Reason("subsidies.number_needed", N_("Enter the number of the letter."))
DATED_AHEAD = Reason("subsidies.dated_ahead", N_("This day lies in the future."))
HEARING_NEEDED = Reason(
    "subsidies.hearing_needed",
    N_("Say how the agency was heard before this decision, or why it need not be."),
)
REMEDY_NEEDED = Reason(
    "subsidies.remedy_needed", N_("Write the remedy notice: where and until when the agency can object.")
)
TOO_MANY_PAPERS = Reason("subsidies.too_many_papers", N_("At most %(most)s files can be kept with a case."))
UNKNOWN_PAPER = Reason("subsidies.unknown_paper", N_("Choose which document this is."))
NEEDED = Reason("subsidies.needed", N_("This is needed."))


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles of papers, which a sentence tells in the language of its reader."""

    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        chinese = "、".join(each.title.zh for each in self.entries)
        return pick(chinese, ", ".join(each.title.en for each in self.entries))


def scheme_of(case: SubsidyCase) -> Scheme:
    """The very version of the scheme that the case was submitted under."""
    return reference.scheme(case.scheme)


def held(case: SubsidyCase, expected_version: int | None = None) -> SubsidyCase:
    """The case locked and read anew, for a verb.

    :raises Stale: the page was made from another version. It is said before the policy's no: whoever decides second
        is told who decided first, not only that it is too late.
    """
    case = queries.held(case)
    check_version(case, expected_version)
    return case


def tell(
    verb: str, case: SubsidyCase, by: Actor, at: datetime, body: Mapping[str, Any] | None = None
) -> None:
    """Note the change on the case and in the chain; the version goes up also where only parts changed."""
    case.touch(by=by.name, at=at)
    flag_modified(case, "changed_at")
    db.session.flush()
    audit.record(type=f"subsidy.{verb}", subject=case.subject, actor_ref=by.ref, at=at, body=body)


def moved(case: SubsidyCase, what: str, at: datetime) -> None:
    """Let the programme office know that the agency handed something in."""
    bus.publish(CaseMoved(at=at, case=case, what=what))


def not_ahead(name: str, day: date, at: datetime) -> None:
    """Refuse a day in the future under the name of its field."""
    if day > local_day(at):
        raise Invalid({name: deny(DATED_AHEAD)})


def given(name: str, text: str) -> str:
    """The text without blanks around it; refused under its field's name where nothing is left."""
    words = text.strip()
    if not words:
        raise Invalid({name: deny(NEEDED)})
    return words


def write(
    case: SubsidyCase, kind: LetterKind, facts: LetterFacts, by: Actor, at: datetime, *, clause: str = ""
) -> CaseLetter:
    """Record an official letter; one of the programme office's is sent on by mail."""
    problems: dict[str, Denied] = {}
    if not facts.number.strip():
        problems["number"] = deny(NUMBER_NEEDED)
    if facts.dated_on > local_day(at):
        problems["dated_on"] = deny(DATED_AHEAD)
    if kind in ADVERSE and not facts.hearing.strip():
        problems["hearing"] = deny(HEARING_NEEDED)
    if kind in ADVERSE and not facts.remedy.strip():
        problems["remedy"] = deny(REMEDY_NEEDED)
    if problems:
        raise Invalid(problems)
    letter = CaseLetter(
        kind=kind,
        number=facts.number.strip(),
        dated_on=facts.dated_on,
        body=facts.body.strip(),
        clause=clause,
        hearing=facts.hearing.strip(),
        remedy=facts.remedy.strip(),
        recorded_by=by.name,
        recorded_at=at,
    )
    case.letters.append(letter)
    db.session.flush()
    if kind not in INCOMING:
        bus.publish(LetterSent(at=at, case=case, letter=letter))
    return letter


def post(
    case: SubsidyCase,
    postings: Iterable[Posting],
    *,
    cause: str,
    on: date,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> None:
    """Add entries to the ledger."""
    for kind, amount in postings:
        case.entries.append(
            LedgerEntry(
                kind=kind,
                amount=amount,
                on=on,
                cause=cause,
                reference=reference,
                recorded_by=by.name,
                recorded_at=at,
            )
        )
    db.session.flush()


def owe(case: SubsidyCase, outcome: Outcome, *, cause: str, by: Actor, at: datetime) -> None:
    """Note what a decision left to return; its notice is written as a letter of its own."""
    if not outcome.refund and not outcome.interest:
        return
    repayment = Repayment(cause=cause, amount=outcome.refund, interest=outcome.interest)
    repayment.touch(by=by.name, at=at)
    case.repayments.append(repayment)
    db.session.flush()
    bus.publish(RepaymentFound(at=at, case=case, amount=outcome.refund))


def kinds_of(case: SubsidyCase) -> tuple[str, ...]:
    """The codes of papers that the case knows: the scheme's documents, and a few of our own."""
    return (*scheme_of(case).documents, *OTHER_PAPERS)


def keep(
    case: SubsidyCase,
    papers: Sequence[PaperFacts],
    by: Actor,
    at: datetime,
    **parent: Any,
) -> list[CasePaper]:
    """Store uploads with the case, and with the claim or request they belong to."""
    if len(case.papers) + len(papers) > MOST_PAPERS:
        raise Invalid({"papers": deny(TOO_MANY_PAPERS, most=MOST_PAPERS)})
    made = []
    for facts in papers:
        if facts.kind not in kinds_of(case):
            raise Invalid({"papers": deny(UNKNOWN_PAPER)})
        try:
            file = files.store(facts.upload, by=by.ref, at=at)
        except Refused as refused:
            raise Invalid({"papers": refused.denial}) from None
        paper = CasePaper(kind=facts.kind, file_id=file.id, file=file, added_at=at, **parent)
        case.papers.append(paper)
        made.append(paper)
    db.session.flush()
    return made


def bad_fact(fact: BadFact, fields: Mapping[str, str]) -> Invalid:
    """A fact that the rulebook cannot use, as a problem at the field it came from."""
    return Invalid({fields.get(fact.name, fact.name): deny(fact.reason)})
