"""Who may do what on a panel: truth tables."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.judging import policies
from matchmaker.judging.facts import Progress
from matchmaker.judging.models import Declaration, Panel, PanelMember, ScoreSheet
from matchmaker.judging.states import ConflictKind, PanelState, SheetState
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind, Role

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
S = PanelState
ALL = tuple(PanelState)


def person(role, user_id=1, kind=OrganizationKind.PROGRAMME):
    return Actor(user_id, f"u{user_id}", "N", "en", 9, "org", kind, role, True)


OFFICER, DIRECTOR = person(Role.OFFICER, 1), person(Role.DIRECTOR, 2)
JUROR, OTHER = person(Role.JUROR, 3), person(Role.JUROR, 4)
AGENCY = person(Role.OWNER, 5, OrganizationKind.AGENCY)
STARTUP = person(Role.OWNER, 6, OrganizationKind.STARTUP)
EVERYBODY = (OFFICER, DIRECTOR, JUROR, OTHER, AGENCY, STARTUP)
STAFF = (OFFICER, DIRECTOR)

JUDGING = Challenge(state=ChallengeState.JUDGING)
CANCELLED = Challenge(state=ChallengeState.CANCELLED)


def panel(state=S.SCORING, **more):
    return Panel(state=state, scores_due_at=NOW + timedelta(days=1), **more)


def seat(user_id=3, *, chair=False, expert=False, left=None):
    return PanelMember(user_id=user_id, chair=chair, external_expert=expert, left_at=left)


def seats(members=5, experts=2, chairs=1):
    return [seat(i, chair=i < chairs, expert=i < experts) for i in range(members)]


DONE = Progress(proposals=2, declared=2, conflicts=0, submitted=2)
DECLARED = Progress(proposals=2, declared=2, conflicts=0, submitted=1)
HALF = Progress(proposals=2, declared=1)
RECUSED = Declaration(conflict=ConflictKind.FAMILY)
FREE = Declaration(conflict=None)


@pytest.mark.parametrize(
    ("state", "formable"),
    [
        (ChallengeState.DRAFT, False),
        (ChallengeState.IN_TRIAGE, False),
        (ChallengeState.RETURNED, False),
        (ChallengeState.PUBLISHED, True),
        (ChallengeState.OPENED, True),
        (ChallengeState.SCREENING, True),
        (ChallengeState.JUDGING, True),
        (ChallengeState.DECIDED, False),
        (ChallengeState.IN_PILOT, False),
        (ChallengeState.CONCLUDED, False),
        (ChallengeState.CANCELLED, False),
    ],
)
def test_a_panel_is_formed_between_publication_and_decision_by_staff_alone(state, formable):
    challenge = Challenge(state=state, closes_at=NOW + timedelta(days=1))
    for who in EVERYBODY:
        answer = policies.can_form(who, challenge, NOW, exists=False)
        assert bool(answer) is (formable and who in STAFF)
    assert not policies.can_form(OFFICER, challenge, NOW, exists=True)


@pytest.mark.parametrize("state", ALL)
def test_seats_change_until_scoring_has_ended(state):
    for who in EVERYBODY:
        free = state in (S.FORMING, S.DECLARING, S.SCORING)
        assert bool(policies.can_change(who, panel(state))) is (free and who in STAFF)
        assert bool(policies.can_unseat(who, panel(state), seat())) is (free and who in STAFF)
        assert not policies.can_unseat(who, panel(state), seat(left=NOW))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, None),
        ({"in_pool": False}, "judging.not_in_pool"),
        ({"seated": True}, "judging.already_seated"),
        ({"concerned": "某機關"}, "judging.concerned"),
    ],
)
def test_who_may_take_a_seat(given, code):
    answer = policies.can_take_seat(**({"in_pool": True, "seated": False, "concerned": None} | given))
    assert getattr(answer, "code", None) == code


CONVENE = {"members": seats(), "now": NOW, "proposals": 3, "concerned": []}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"members": seats(4)}, "judging.too_small"),
        ({"members": seats(7, 2)}, "judging.too_few_experts"),
        ({"members": seats(7, 3)}, None),
        ({"members": seats(chairs=0)}, "judging.no_chair"),
        ({"members": seats(chairs=2)}, "judging.no_chair"),
        ({"now": NOW + timedelta(days=1)}, "judging.no_due_time"),
        ({"proposals": 0}, "judging.nothing_to_judge"),
        ({"concerned": ["Erin"]}, "judging.concerned_seated"),
    ],
)
def test_what_a_panel_needs_to_be_convened(changes, code):
    given = CONVENE | changes
    members, now = given.pop("members"), given.pop("now")
    answer = policies.can_convene(OFFICER, panel(S.FORMING), JUDGING, members, now, **given)
    assert getattr(answer, "code", None) == code
    for who in (JUROR, AGENCY, STARTUP):
        assert not policies.can_convene(who, panel(S.FORMING), JUDGING, members, now, **given)


def test_before_the_screening_is_over_nothing_tells_whether_there_are_proposals():
    for state in (ChallengeState.PUBLISHED, ChallengeState.OPENED, ChallengeState.SCREENING):
        answers = {
            policies.can_convene(
                OFFICER, panel(S.FORMING), Challenge(state=state), seats(), NOW, proposals=count, concerned=[]
            ).code
            for count in (0, 7)
        }
        assert answers == {"judging.not_judging"}


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("present", [None, FREE, RECUSED])
@pytest.mark.parametrize("conflict", [None, ConflictKind.FAMILY])
def test_declaring(state, present, conflict):
    lifts = present is RECUSED and conflict is None
    wanted = state is S.DECLARING or (state is S.SCORING and not lifts)
    answer = policies.can_declare(JUROR, panel(state), JUDGING, seat(), present, conflict)
    assert bool(answer) is wanted
    for who in (OFFICER, DIRECTOR, OTHER, AGENCY, STARTUP):
        assert not policies.can_declare(who, panel(state), JUDGING, seat(), present, conflict)
    assert not policies.can_declare(JUROR, panel(state), JUDGING, seat(left=NOW), present, conflict)
    assert not policies.can_declare(JUROR, panel(state), CANCELLED, seat(), present, conflict)


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("progress", [HALF, DECLARED])
@pytest.mark.parametrize("declaration", [None, FREE, RECUSED])
def test_reading_needs_every_declaration_and_none_of_a_conflict(state, progress, declaration):
    wanted = state is not S.FORMING and progress is DECLARED and declaration is FREE
    assert bool(policies.can_read(panel(state), progress, declaration)) is wanted


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("declaration", [None, FREE, RECUSED])
@pytest.mark.parametrize("sheet", [None, SheetState.DRAFT, SheetState.SUBMITTED])
def test_scoring(state, declaration, sheet):
    made = ScoreSheet(state=sheet) if sheet else None
    wanted = state is S.SCORING and declaration is FREE and sheet is not SheetState.SUBMITTED

    def answer(who=JUROR, challenge=JUDGING, member=None):
        return policies.can_score(who, panel(state), challenge, member or seat(), DECLARED, declaration, made)

    assert bool(answer()) is wanted
    for who in (OFFICER, DIRECTOR, OTHER, AGENCY, STARTUP):
        assert not answer(who)
    assert not answer(challenge=CANCELLED)
    assert not answer(member=seat(left=NOW))


@pytest.mark.parametrize("state", ALL)
def test_the_scores_of_others_show_after_ones_own(state):
    begun = state in (S.SCORING, S.DELIBERATING, S.RELEASED)
    assert bool(policies.can_compare(panel(state), DONE)) is begun
    assert not policies.can_compare(panel(state), DECLARED)
    assert not policies.can_compare(panel(state), HALF)
    all_recused = Progress(proposals=2, declared=2, conflicts=2)
    assert bool(policies.can_compare(panel(state), all_recused)) is begun


@pytest.mark.parametrize("state", ALL)
def test_staff_see_scores_only_after_the_end_of_scoring(state):
    for who in EVERYBODY:
        wanted = who in STAFF and state in (S.DELIBERATING, S.RELEASED)
        assert bool(policies.can_see_scores(who, panel(state))) is wanted


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("sheet", list(SheetState))
def test_a_sheet_is_returned_during_scoring(state, sheet):
    for who in EVERYBODY:
        wanted = who in STAFF and state is S.SCORING and sheet is SheetState.SUBMITTED
        assert bool(policies.can_return_sheet(who, panel(state), ScoreSheet(state=sheet))) is wanted


@pytest.mark.parametrize("state", ALL)
def test_beginning_ending_and_reopening(state):
    given = SimpleNamespace(begin=(JUDGING, seats(), []), end=(JUDGING, [], []))
    for who in EVERYBODY:
        is_staff = who in STAFF
        begin = policies.can_begin_scoring(who, panel(state), *given.begin)
        assert bool(begin) is (is_staff and state is S.DECLARING)
        assert bool(policies.can_end_scoring(who, panel(state), *given.end)) is (
            is_staff and state is S.SCORING
        )
        for act in (policies.can_reopen_scoring, policies.can_prepare):
            assert bool(act(who, panel(state), JUDGING)) is (is_staff and state is S.DELIBERATING)
            assert not act(who, panel(state), CANCELLED)


def test_what_holds_up_the_end_of_scoring_is_named():
    denied = policies.can_end_scoring(OFFICER, panel(), JUDGING, ["Erin", "Frank"], ["2"])
    assert (denied.code, denied.params["names"]) == ("judging.unfinished", "Erin / Frank")
    denied = policies.can_end_scoring(OFFICER, panel(), JUDGING, [], ["2", "3"])
    assert (denied.code, denied.params["numbers"]) == ("judging.no_quorum", "2 / 3")
    denied = policies.can_begin_scoring(OFFICER, panel(S.DECLARING), JUDGING, seats(), ["Erin"])
    assert denied.code == "judging.undeclared"
    denied = policies.can_begin_scoring(OFFICER, panel(S.DECLARING), JUDGING, seats(4), [])
    assert denied.code == "judging.too_small"


@pytest.mark.parametrize(
    ("who", "state", "preparer", "complete", "code"),
    [
        (DIRECTOR, S.DELIBERATING, 1, True, None),
        (DIRECTOR, S.DELIBERATING, 2, True, "judging.same_person"),
        (DIRECTOR, S.DELIBERATING, None, True, "judging.not_prepared"),
        (DIRECTOR, S.DELIBERATING, 1, False, "judging.not_prepared"),
        (DIRECTOR, S.SCORING, 1, True, "judging.not_ended"),
        (DIRECTOR, S.RELEASED, 1, True, "judging.released"),
        (OFFICER, S.DELIBERATING, 2, True, "people.not_director"),
        (JUROR, S.DELIBERATING, 1, True, "people.not_director"),
        (AGENCY, S.DELIBERATING, 1, True, "people.not_director"),
        (STARTUP, S.DELIBERATING, 1, True, "people.not_director"),
    ],
)
def test_the_release_takes_two_people(who, state, preparer, complete, code):
    answer = policies.can_release(who, panel(state, prepared_by_id=preparer), JUDGING, complete=complete)
    assert getattr(answer, "code", None) == code
    assert not policies.can_release(who, panel(state, prepared_by_id=preparer), CANCELLED, complete=complete)
