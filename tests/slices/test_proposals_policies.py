"""Who may do what, by truth table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState as C
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind, Role
from matchmaker.proposals import policies
from matchmaker.proposals.models import Opening, Proposal
from matchmaker.proposals.states import CheckResult
from matchmaker.proposals.states import ProposalState as P

OPENS = datetime(2026, 3, 2, tzinfo=UTC)
CLOSES = datetime(2026, 4, 6, 9, tzinfo=UTC)
DURING = OPENS + timedelta(days=1)
MICRO = timedelta(microseconds=1)
MET, NOT_MET = CheckResult.MET, CheckResult.NOT_MET


def person(kind, role, organization=1, *, confirmed=True, user=1):
    return Actor(user, f"u{user}", "Name", "en", organization, "o", kind, role, confirmed)


BOB = person(OrganizationKind.STARTUP, Role.OWNER)
EDITOR = person(OrganizationKind.STARTUP, Role.EDITOR)
READER = person(OrganizationKind.STARTUP, Role.READER)
WAITING = person(OrganizationKind.STARTUP, Role.OWNER, confirmed=False)
IVAN = person(OrganizationKind.STARTUP, Role.OWNER, 2)
ALICE = person(OrganizationKind.AGENCY, Role.OWNER, 7)
JUDY = person(OrganizationKind.AGENCY, Role.OWNER, 8)
CAROL = person(OrganizationKind.PROGRAMME, Role.OFFICER, 9, user=3)
CHUCK = person(OrganizationKind.PROGRAMME, Role.OFFICER, 9, user=4)
DORA = person(OrganizationKind.PROGRAMME, Role.DIRECTOR, 9, user=5)
ERIN = person(OrganizationKind.PROGRAMME, Role.JUROR, 9, user=6)


def call(state=C.PUBLISHED, **more):
    opened = state in (C.OPENED, C.SCREENING, C.JUDGING, C.DECIDED)
    return Challenge(
        state=state,
        opens_at=OPENS,
        closes_at=CLOSES,
        organization_id=7,
        opened_at=CLOSES if opened else None,
        **more,
    )


def proposal(state=P.DRAFT, number=None):
    return Proposal(state=state, organization_id=1, number=number)


def code(decision):
    return "ok" if decision else decision.code


@pytest.mark.parametrize(
    ("actor", "now", "state", "answer"),
    [
        (BOB, DURING, C.PUBLISHED, "ok"),
        (EDITOR, DURING, C.PUBLISHED, "ok"),
        (READER, DURING, C.PUBLISHED, "people.not_writer"),
        (WAITING, DURING, C.PUBLISHED, "people.not_confirmed"),
        (ALICE, DURING, C.PUBLISHED, "proposals.only_startups"),
        (CAROL, DURING, C.PUBLISHED, "proposals.only_startups"),
        (BOB, OPENS, C.PUBLISHED, "ok"),
        (BOB, OPENS - MICRO, C.PUBLISHED, "proposals.not_open_yet"),
        (BOB, CLOSES - MICRO, C.PUBLISHED, "ok"),
        (BOB, CLOSES, C.PUBLISHED, "proposals.call_closed"),
        (BOB, DURING, C.CANCELLED, "proposals.call_not_open"),
        (BOB, DURING, C.IN_TRIAGE, "proposals.call_not_open"),
        (BOB, DURING, C.OPENED, "proposals.call_not_open"),
    ],
)
def test_beginning(actor, now, state, answer):
    assert code(policies.can_start(actor, call(state), now, None)) == answer


def test_one_proposal_for_each_startup_and_challenge():
    assert code(policies.can_start(BOB, call(), DURING, proposal())) == "proposals.begun"


@pytest.mark.parametrize(
    ("actor", "state", "now", "edit", "withdraw"),
    [
        (BOB, P.DRAFT, DURING, "ok", "proposals.not_submitted"),
        (BOB, P.SUBMITTED, DURING, "ok", "ok"),
        (BOB, P.WITHDRAWN, DURING, "ok", "proposals.not_submitted"),
        (BOB, P.SUBMITTED, CLOSES - MICRO, "ok", "ok"),
        (BOB, P.SUBMITTED, CLOSES, "proposals.call_closed", "proposals.call_closed"),
        (BOB, P.ELIGIBLE, DURING, "proposals.past_writing", "proposals.past_writing"),
        (READER, P.SUBMITTED, DURING, "people.not_writer", "people.not_writer"),
        (IVAN, P.SUBMITTED, DURING, "people.not_writer", "people.not_writer"),
        (CAROL, P.SUBMITTED, DURING, "people.not_writer", "people.not_writer"),
    ],
)
def test_writing_and_withdrawing(actor, state, now, edit, withdraw):
    assert code(policies.can_edit(actor, proposal(state), call(), now)) == edit
    assert code(policies.can_submit(actor, proposal(state), call(), now)) == edit
    assert code(policies.can_withdraw(actor, proposal(state), call(), now)) == withdraw


def test_an_opened_proposal_is_not_written_any_more_whatever_the_clock_says():
    assert code(policies.can_edit(BOB, proposal(P.SUBMITTED, 1), call(), DURING)) == "proposals.past_writing"


ASKED = Opening(asked_by_id=3, asked_by="Carol")


@pytest.mark.parametrize(
    ("actor", "state", "now", "opening", "ask", "confirm"),
    [
        (CAROL, C.PUBLISHED, DURING, None, "proposals.still_open", "proposals.still_open"),
        (CAROL, C.PUBLISHED, CLOSES - MICRO, None, "proposals.still_open", "proposals.still_open"),
        (CAROL, C.PUBLISHED, CLOSES, None, "ok", "proposals.not_asked"),
        (CAROL, C.PUBLISHED, CLOSES, ASKED, "proposals.asked_already", "proposals.same_person"),
        (CHUCK, C.PUBLISHED, CLOSES, ASKED, "proposals.asked_already", "ok"),
        (DORA, C.PUBLISHED, CLOSES, ASKED, "proposals.asked_already", "ok"),
        (ERIN, C.PUBLISHED, CLOSES, ASKED, "people.not_staff", "people.not_staff"),
        (ALICE, C.PUBLISHED, CLOSES, ASKED, "people.not_staff", "people.not_staff"),
        (BOB, C.PUBLISHED, CLOSES, None, "people.not_staff", "people.not_staff"),
        (CHUCK, C.OPENED, CLOSES, ASKED, "proposals.not_to_be_opened", "proposals.not_to_be_opened"),
        (CHUCK, C.CANCELLED, CLOSES, ASKED, "proposals.not_to_be_opened", "proposals.not_to_be_opened"),
    ],
)
def test_opening_takes_two_officers_after_the_deadline(actor, state, now, opening, ask, confirm):
    assert code(policies.can_ask_opening(actor, call(state), opening, now)) == ask
    assert code(policies.can_confirm_opening(actor, call(state), opening, now)) == confirm


@pytest.mark.parametrize(
    ("actor", "state", "answer"),
    [
        (CAROL, C.OPENED, "ok"),
        (ALICE, C.OPENED, "ok"),
        (replace(ALICE, confirmed=False), C.OPENED, "people.not_staff"),
        (JUDY, C.OPENED, "people.not_staff"),
        (BOB, C.OPENED, "people.not_staff"),
        (ERIN, C.OPENED, "people.not_staff"),
        (CAROL, C.PUBLISHED, "proposals.not_opened"),
        (ALICE, C.PUBLISHED, "proposals.not_opened"),
    ],
)
def test_reading_begins_with_the_opening(actor, state, answer):
    assert code(policies.can_read_opened(actor, call(state))) == answer


def test_screening_is_begun_once_by_an_officer():
    assert code(policies.can_begin_screening(CAROL, call(C.OPENED))) == "ok"
    assert code(policies.can_begin_screening(ALICE, call(C.OPENED))) == "people.not_staff"
    assert code(policies.can_begin_screening(CAROL, call(C.PUBLISHED))) == "proposals.not_opened"
    assert code(policies.can_begin_screening(CAROL, call(C.SCREENING))) == "proposals.screening_begun"


@pytest.mark.parametrize(
    ("results", "admit", "reject"),
    [
        ([MET, MET], "ok", "proposals.no_ground"),
        ([MET, None], "proposals.checks_open", "proposals.no_ground"),
        ([], "proposals.checks_open", "proposals.no_ground"),
        ([MET, NOT_MET], "proposals.check_not_met", "ok"),
        ([None, NOT_MET], "proposals.check_not_met", "ok"),
    ],
)
def test_admission_needs_all_checks_and_rejection_one(results, admit, reject):
    submitted = proposal(P.SUBMITTED, 1)
    assert code(policies.can_admit(CAROL, call(C.SCREENING), submitted, results)) == admit
    assert code(policies.can_reject(CAROL, call(C.SCREENING), submitted, results)) == reject


@pytest.mark.parametrize(
    ("actor", "challenge", "state", "answer"),
    [
        (CAROL, C.SCREENING, P.SUBMITTED, "ok"),
        (ALICE, C.SCREENING, P.SUBMITTED, "people.not_staff"),
        (ERIN, C.SCREENING, P.SUBMITTED, "people.not_staff"),
        (CAROL, C.OPENED, P.SUBMITTED, "proposals.not_screening"),
        (CAROL, C.JUDGING, P.ELIGIBLE, "proposals.not_screening"),
        (CAROL, C.SCREENING, P.ELIGIBLE, "proposals.decided_already"),
        (CAROL, C.SCREENING, P.NOT_ELIGIBLE, "proposals.decided_already"),
    ],
)
def test_who_confirms_checks_and_when(actor, challenge, state, answer):
    assert code(policies.can_screen(actor, call(challenge), proposal(state, 1))) == answer


def test_the_screening_ends_when_all_are_decided():
    screened = call(C.SCREENING)
    assert code(policies.can_finish_screening(CAROL, screened, undecided=1, count=2)) == "proposals.undecided"
    assert code(policies.can_finish_screening(CAROL, screened, undecided=0, count=2)) == "ok"
    assert code(policies.can_finish_screening(CAROL, screened, undecided=0, count=0)) == "ok"
    assert (
        code(policies.can_finish_screening(CAROL, call(C.OPENED), undecided=0, count=2))
        == "proposals.not_screening"
    )
    assert code(policies.can_finish_screening(BOB, screened, undecided=0, count=2)) == "people.not_staff"


def test_shortlisting_and_release():
    assert code(policies.can_shortlist(CAROL, proposal(P.ELIGIBLE, 1), call(C.JUDGING))) == "ok"
    assert (
        code(policies.can_shortlist(CAROL, proposal(P.SUBMITTED, 1), call(C.SCREENING)))
        == "proposals.wrong_state"
    )
    assert (
        code(policies.can_shortlist(CAROL, proposal(P.ELIGIBLE, 1), call(C.DECIDED)))
        == "proposals.not_screening"
    )
    assert code(policies.can_shortlist(ALICE, proposal(P.ELIGIBLE, 1), call(C.JUDGING))) == "people.not_staff"
    assert code(policies.can_release(DORA, proposal(P.ELIGIBLE, 1), "award")) == "ok"
    assert code(policies.can_release(CAROL, proposal(P.ELIGIBLE, 1), "award")) == "people.not_director"
    assert code(policies.can_release(DORA, proposal(P.NOT_ELIGIBLE, 1), "award")) == "proposals.wrong_state"


def test_the_short_list_is_not_shown_to_the_startup_before_the_decision():
    assert policies.state_for_startup(proposal(P.SHORTLISTED, 1)) is P.ELIGIBLE
    assert policies.state_for_startup(proposal(P.AWARDED, 1)) is P.AWARDED
