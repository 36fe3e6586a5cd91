"""What each side says of a pair: who may, when, what is kept, what is logged, and who is written to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.foundation import audit, jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.foundation.relevance import RelevanceEvent
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.people.queries import organization_by_id
from matchmaker.people.states import Role
from matchmaker.suggestions import operations, policies, queries
from matchmaker.suggestions.board import Line, arrange
from matchmaker.suggestions.models import Suggestion, Verdict
from matchmaker.suggestions.states import REASONS_OF, Choice, DismissReason, Filter, Side
from tests.factories import mail
from tests.factories.challenges import challenge
from tests.factories.profiles import RADAR, say
from tests.factories.proposals import submitted

A, S = Side.AGENCY, Side.STARTUP


@pytest.fixture
def care(world):
    """An open challenge about falls, the startup that fits it, and their people."""
    agency, alice = world.agency()
    made = challenge(world, "published", (agency, alice))
    radar, bob = world.startup("Bob")
    say(world, bob, RADAR)
    jobs.run_until_idle(world.now)
    return {"challenge": made, "agency": agency, "alice": alice, "radar": radar, "bob": bob}


def run(world, verb, care, who="alice", **given):
    """One verb in its own unit of work, on things read anew."""
    side = {} if verb in (operations.invite, operations.interested) else {"side": A if who == "alice" else S}
    with unit_of_work():
        return verb(
            **side,
            challenge=queries.challenge_with_texts(care["challenge"].id),
            organization=organization_by_id(care["radar"].id),
            by=care[who],
            at=world.now,
            **given,
        )


def signs(care):
    db.session.rollback()
    rows = db.session.execute(select(RelevanceEvent).order_by(RelevanceEvent.id)).scalars()
    return [
        (row.sign.value, row.direction.value, row.viewer, row.asked, row.found, row.reason) for row in rows
    ]


def stored(care, side):
    db.session.rollback()
    db.session.expire_all()
    return queries.verdict_of(side, care["challenge"].id, care["radar"].id)


# --- the rules ---


def verdict(**given):
    return Verdict(**({"pinned": False, "note": "", "choice": None, "invited_at": None} | given))


@pytest.mark.parametrize(
    ("who", "side", "state", "reason"),
    [
        ("owner", A, "published", None),
        ("editor", A, "published", None),
        ("reader", A, "published", "people.not_writer"),
        ("owner", A, "in_triage", None),
        ("owner", A, "closed", "suggestions.call_over"),
        ("officer", A, "published", "suggestions.office_reads"),
        ("director", A, "published", "suggestions.office_reads"),
        ("other agency", A, "published", "suggestions.not_yours"),
        ("startup", A, "published", "suggestions.not_yours"),
        ("startup", S, "published", None),
        ("startup reader", S, "published", "people.not_writer"),
        ("pending startup", S, "published", "people.not_confirmed"),
        ("startup", S, "in_triage", "suggestions.call_over"),
        ("startup", S, "closed", "suggestions.call_over"),
        ("owner", S, "published", "suggestions.not_a_startup"),
        ("officer", S, "published", "suggestions.not_a_startup"),
    ],
)
def test_who_may_speak_of_a_pair(world, who, side, state, reason):
    agency, owner = world.agency()
    startup, bob = world.startup()
    made = challenge(world, state, (agency, owner))
    people = {
        "owner": lambda: owner,
        "editor": lambda: world.member(agency, "Eve", Role.EDITOR),
        "reader": lambda: world.member(agency, "Rea", Role.READER),
        "officer": world.officer,
        "director": world.director,
        "other agency": lambda: world.agency("Judy")[1],
        "startup": lambda: bob,
        "startup reader": lambda: world.member(startup, "Rob", Role.READER),
        "pending startup": lambda: world.startup("Pat", confirmed=False)[1],
    }
    decision = policies.can_speak(people[who](), side, made, world.now)
    assert (None if decision else decision.code) == reason


PINNED = {"pinned": True}
AWAY = {"choice": Choice.DISMISSED, "reason": DismissReason.OTHER_FIELD}


@pytest.mark.parametrize(
    ("verb", "given", "stopped", "reason"),
    [
        ("pin", None, None, None),
        ("pin", PINNED, None, "suggestions.pinned"),
        ("pin", AWAY, None, "suggestions.put_away"),
        ("pin", None, Filter.NO_COMMON_TERMS, None),
        *(
            (verb, None, each, f"suggestions.filter.{each}")
            for verb in ("pin", "dismiss", "accept")
            for each in (
                Filter.NOT_CONFIRMED,
                Filter.NOT_WILLING,
                Filter.CONFLICTED,
                Filter.NO_PROFILE,
                Filter.AGE_UNKNOWN,
                Filter.TOO_OLD,
            )
        ),
        ("dismiss", None, None, None),
        ("dismiss", AWAY, None, "suggestions.put_away"),
        ("accept", None, None, None),
        ("accept", PINNED, None, None),
        ("accept", AWAY, None, "suggestions.put_away"),
    ],
)
def test_what_may_be_said_by_truth_table(world, care, verb, given, stopped, reason):
    rule = {"pin": policies.can_pin, "dismiss": policies.can_dismiss, "accept": policies.can_accept}[verb]
    row = verdict(**given) if given is not None else None
    for who, side in (("alice", A), ("bob", S)):
        decision = rule(care[who], side, care["challenge"], row, stopped, world.now)
        assert (None if decision else decision.code) == reason, side


def test_what_may_be_undone(world, care):
    who, made, now = care["alice"], care["challenge"], world.now
    assert policies.can_unpin(who, A, made, verdict(pinned=True), now)
    assert policies.can_unpin(who, A, made, None, now).code == "suggestions.not_pinned"
    assert policies.can_take_back(who, A, made, verdict(**AWAY), now)
    assert policies.can_take_back(who, A, made, None, now).code == "suggestions.not_put_away"
    invited = verdict(choice=Choice.ACCEPTED, invited_at=now)
    assert policies.can_take_back(who, A, made, invited, now).code == "suggestions.invited"


def test_invitations_go_out_while_the_call_is_open_alone(world):
    agency = world.agency()
    later = challenge(world, "published", agency, opens_in=timedelta(days=2))
    need = challenge(world, "in_triage", agency)
    for made in (later, need):
        assert policies.can_accept(agency[1], A, made, None, None, world.now).code == "suggestions.not_open"
        assert policies.can_pin(agency[1], A, made, None, None, world.now)
    world.later(days=3)
    assert policies.can_accept(agency[1], A, later, None, None, world.now)


# --- the verbs ---


@pytest.mark.both_databases
def test_a_pair_is_pinned_dismissed_and_taken_back_by_each_side_for_itself(care, world):
    for who, side in (("alice", A), ("bob", S)):
        run(world, operations.pin, care, who, expected_version=0)
        assert stored(care, side).pinned
        first = stored(care, side).version
        run(
            world, operations.dismiss, care, who,
            reason=DismissReason.OTHER_FIELD, note="別的領域", expected_version=first,
        )  # fmt: skip
        row = stored(care, side)
        assert (row.choice, row.reason, row.note, row.pinned) == (
            Choice.DISMISSED,
            DismissReason.OTHER_FIELD,
            "別的領域",
            False,
        )
        with pytest.raises(Stale):
            run(world, operations.take_back, care, who, expected_version=first)
        run(world, operations.take_back, care, who, expected_version=row.version)
        assert (stored(care, side).choice, stored(care, side).reason) == (None, None)
    subjects = care["challenge"].subject, care["radar"].subject
    assert signs(care) == [
        ("pinned", "startups", care["agency"].subject, *subjects, ""),
        ("dismissed", "startups", care["agency"].subject, *subjects, "other_field"),
        ("pinned", "challenges", care["radar"].subject, *subjects[::-1], ""),
        ("dismissed", "challenges", care["radar"].subject, *subjects[::-1], "other_field"),
    ]


@pytest.mark.both_databases
def test_an_invitation_goes_out_once_to_everybody_of_the_startup_in_their_language(care, world):
    english = world.member(care["radar"], "Ruth", Role.READER)
    with unit_of_work():
        from matchmaker.people.queries import user_by_id

        user_by_id(english.user_id).language = "en"
    run(world, operations.invite, care, expected_version=0)
    with pytest.raises(Refused) as refused:
        run(world, operations.invite, care)
    assert refused.value.denial.code == "suggestions.invited"
    letters = [
        m for m in db.session.execute(select(OutboxMail)).scalars() if m.letter == "suggestions.invited"
    ]
    assert {m.name for m in letters} == {"Bob", "Ruth"}
    sent = {
        m["Subject"]: mail.text(m)
        for m in mail.send(world).values()
        if "獨居長者" in m["Subject"] or "Fall" in m["Subject"]
    }
    chinese = next(text for subject, text in sent.items() if "邀請您看這一題" in subject)
    assert "受邀並無任何優勢" in chinese
    assert "獨居長者跌倒偵測" in chinese
    text = next(text for subject, text in sent.items() if "invites you to look at" in subject)
    assert "Everybody who is eligible may answer, invited or not." in text.replace("\n", " ")
    assert f"/suggestions/{care['challenge'].ref}" in text
    assert [s[0] for s in signs(care)] == ["accepted", "invited"]
    assert [e.type for e in audit.history(care["challenge"].subject, types=["challenge.invited"])] == [
        "challenge.invited"
    ]


@pytest.mark.both_databases
def test_interest_of_a_startup_stays_in_its_own_row(care, world):
    before = len(audit.history(care["challenge"].subject)) + len(audit.history(care["radar"].subject))
    mails = db.session.execute(select(OutboxMail.id)).all()
    run(world, operations.interested, care, "bob", expected_version=0)
    assert stored(care, S).choice is Choice.ACCEPTED
    assert stored(care, A) is None
    assert len(audit.history(care["challenge"].subject)) + len(audit.history(care["radar"].subject)) == before
    assert db.session.execute(select(OutboxMail.id)).all() == mails
    with pytest.raises(Refused):
        run(world, operations.interested, care, "bob")


def test_an_invitation_does_not_ask_whether_the_startup_has_answered(care, world):
    submitted(world, care["challenge"], (care["radar"], care["bob"]))
    run(world, operations.invite, care)
    assert stored(care, A).invited_at is not None


def test_a_startup_that_has_begun_to_answer_says_nothing_more(care, world):
    submitted(world, care["challenge"], (care["radar"], care["bob"]))
    with pytest.raises(Refused) as refused:
        run(world, operations.pin, care, "bob")
    assert refused.value.denial.code == f"suggestions.filter.{Filter.ALREADY_PROPOSED}"


def test_reasons_are_those_of_the_side(care, world):
    for who, side, foreign in (("alice", A, DismissReason.NO_CAPACITY), ("bob", S, DismissReason.KNOWN)):
        assert foreign not in REASONS_OF[side]
        for given in ({"reason": foreign}, {"reason": None}, {"reason": DismissReason.OTHER, "note": "  "}):
            with pytest.raises(Invalid):
                run(world, operations.dismiss, care, who, **given)
        with pytest.raises(Invalid):
            run(world, operations.dismiss, care, who, reason=DismissReason.OTHER_FIELD, note="字" * 301)


def test_nobody_speaks_for_another_startup(care, world):
    care["ivan"] = world.startup("Ivan")[1]
    with pytest.raises(NotFound):
        run(world, operations.pin, care, "ivan")


def test_who_does_not_wish_to_be_suggested_is_not_pinned(care, world):
    run(world, operations.pin, care)
    run(world, operations.unpin, care)
    say(world, care["bob"], replace(RADAR, willing=False))
    jobs.run_until_idle(world.now)
    for verb in (operations.pin, operations.invite):
        with pytest.raises(Refused) as refused:
            run(world, verb, care)
        assert refused.value.denial.code == f"suggestions.filter.{Filter.NOT_WILLING}"


def test_a_dismissed_one_stays_dismissed_over_every_recomputation(care, world):
    run(world, operations.dismiss, care, reason=DismissReason.KNOWN)
    world.later(hours=1)
    say(world, care["bob"], replace(RADAR, tagline_zh="雷達跌倒偵測與長者照護"))
    jobs.run_until_idle(world.now)
    with unit_of_work():
        operations.refresh(challenges=queries.looking(world.now), at=world.now)
    said = queries.said_of_startups(care["challenge"].id)
    rows = queries.of_challenge(care["alice"], care["challenge"])
    board = arrange(Line(row.organization, row, said.get(row.organization_id)) for row in rows)
    assert [line.thing.id for line in board.dismissed] == [care["radar"].id]
    assert board.suggested == []


def test_the_board_lays_pairs_out(care, world):
    def line(score, stopped=None, **given):
        return Line(
            object(), Suggestion(score=score, stopped_by=stopped), verdict(**given) if given else None
        )

    best, pinned, weak = line(0.4), line(0.1, pinned=True), line(0.02, Filter.NO_COMMON_TERMS, pinned=True)
    away, tired = line(0.3, **AWAY), line(0.3, Filter.NOT_WILLING, pinned=True)
    lost, gone = Line(object(), None, verdict(pinned=True)), Line(object(), None, verdict())
    board = arrange([best, pinned, weak, away, tired, lost, gone])
    assert board.suggested == [pinned, weak, lost, best]
    assert (board.dismissed, board.stopped) == ([away], [tired])
