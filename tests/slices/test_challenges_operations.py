"""Challenges from draft to conclusion, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.challenges import operations, queries
from matchmaker.challenges.completeness import gaps, warnings
from matchmaker.challenges.facts import CriterionFacts, ListFacts, StatementFacts
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.phases import Phase, phase_at, phase_expression
from matchmaker.challenges.states import ChallengeState
from matchmaker.challenges.templates import criteria_templates
from matchmaker.foundation import audit, outbox
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.files import Upload
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.kernel.programme import Domain
from matchmaker.people.states import Role
from tests.factories.challenges import CHINESE, ENGLISH, LIFE, challenge, terms


def refused(code):
    return pytest.raises(Refused, match=code)


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [*LIFE, "returned", "cancelled"])
def test_every_state_can_be_reached_by_its_own_verbs(world, state):
    made = challenge(world, state)
    assert made.state_at(world.now) == state
    in_sql = db.session.scalar(
        db.select(Challenge.state_expression(world.now)).where(Challenge.id == made.id)
    )
    assert in_sql == state
    assert list(audit.verify()) == []


@pytest.mark.both_databases
def test_codes_count_up_within_the_year_of_taipei(world):
    world.now = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    assert challenge(world).code == "ch-2026-000001"
    assert challenge(world).code == "ch-2026-000002"
    world.now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert challenge(world).code == "ch-2027-000001"


def test_a_need_without_problem_or_gap_cannot_be_handed_in(world):
    for missing in ("problem", "solution_gap"):
        agency = world.agency()
        made = challenge(world, "draft", agency, text=replace(CHINESE, **{missing: ""}))
        with unit_of_work(), refused("challenges.incomplete"):
            operations.hand_in(challenge=made, by=agency[1], at=world.now)
        assert [gap.field for gap in gaps(made, world.now)] == [missing]


def test_a_bare_draft_lists_everything_that_is_missing(world):
    made = challenge(world, "draft", complete=False, text=StatementFacts(title="題目"))
    assert [gap.field for gap in gaps(made, world.now)] == [
        *("summary", "problem", "affected", "current_handling", "solution_gap", "outcome"),
        *("success_measures", "site", "support", "domain", "budget", "opens_at", "criteria"),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"days": 20}, "challenges.window_unusual"),
        ({"days": 46}, "challenges.window_unusual"),
        ({"pilot_months": 4}, "challenges.pilot_unusual"),
        ({"pilot_months": 8}, "challenges.pilot_unusual"),
        ({"contact_email": ""}, "challenges.no_contact"),
        ({"english": None}, "challenges.english_missing"),
        ({"english": replace(ENGLISH, site="")}, "challenges.english_partial"),
    ],
)
def test_what_is_unusual_is_a_warning_and_not_an_error(world, changes, code):
    made = challenge(world, "published", **changes)
    assert code in [warning.code for warning in warnings(made, world.now)]


@pytest.mark.parametrize("changes", [{"days": 30}, {"days": 45}, {"pilot_months": 5}, {"pilot_months": 7}])
def test_the_usual_raises_no_warning(world, changes):
    assert warnings(challenge(world, "published", **changes), world.now) == []


def test_a_window_that_has_passed_keeps_a_need_from_publication(world):
    made = challenge(world, "in_triage", days=2)
    officer = world.officer()
    world.later(days=3)
    with unit_of_work(), refused("challenges.incomplete"):
        operations.publish(challenge=made, by=officer, at=world.now)
    assert [gap.reason.code for gap in gaps(made, world.now)] == ["challenges.window_past"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": 0}, "budget"),
        ({"grant_ceiling": -1}, "grant_ceiling"),
        ({"most_awards": 0}, "most_awards"),
        ({"most_awards": 21}, "most_awards"),
        ({"pilot_months": 25}, "pilot_months"),
        ({"opens_at": None}, "opens_at"),
        ({"closes_at": None}, "closes_at"),
        ({"days": 0}, "closes_at"),
    ],
)
def test_terms_that_cannot_be_are_told_at_their_field(world, changes, field):
    agency = world.agency()
    made = challenge(world, "draft", agency, complete=False)
    with unit_of_work(), pytest.raises(Invalid) as caught:
        operations.save_terms(challenge=made, terms=terms(world, **changes), by=agency[1], at=world.now)
    assert list(caught.value.problems) == [field]


def rows(*weights, name="項目"):
    return [CriterionFacts(name_zh=f"{name}{n}", weight=weight) for n, weight in enumerate(weights)]


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (rows(50, 49), "challenges.weights_wrong"),
        (rows(50, 51), "challenges.weights_wrong"),
        (rows(100, 0), "challenges.criterion_weight"),
        (rows(-10, 110), "challenges.criterion_weight"),
        (rows(*[10] * 11), "challenges.too_many_criteria"),
        ([*rows(50), CriterionFacts(name_zh=" ", weight=50)], "challenges.criterion_name"),
        ([*rows(50), *rows(50)], "challenges.criterion_twice"),
    ],
)
def test_criteria_that_cannot_be(world, criteria, code):
    agency = world.agency()
    made = challenge(world, "draft", agency)
    with unit_of_work(), pytest.raises(Invalid) as caught:
        operations.save_criteria(challenge=made, criteria=criteria, by=agency[1], at=world.now)
    assert caught.value.problems["criteria"].code == code


@pytest.mark.both_databases
def test_criteria_are_replaced_as_a_whole_and_frozen_at_publication(world):
    agency = world.agency()
    made = challenge(world, "draft", agency)
    with unit_of_work():
        operations.save_criteria(challenge=made, criteria=rows(60, 40), by=agency[1], at=world.now)
    made = queries.challenge_by_id(made.id)
    assert [(c.position, c.name_zh, c.weight) for c in made.criteria] == [(1, "項目0", 60), (2, "項目1", 40)]
    with unit_of_work():
        operations.hand_in(challenge=made, by=agency[1], at=world.now)
        operations.publish(challenge=made, by=world_officer(world), at=world.now)
    with unit_of_work(), refused("challenges.frozen"):
        operations.save_criteria(challenge=made, criteria=rows(50, 50), by=agency[1], at=world.now)


def world_officer(world):
    from matchmaker.people.actor import Actor
    from matchmaker.people.states import OrganizationKind

    return Actor(999, "officer", "Carol", "en", 999, "office", OrganizationKind.PROGRAMME, Role.OFFICER, True)


def test_every_template_adds_up_to_a_hundred_and_speaks_both_languages():
    templates = criteria_templates()
    assert [c.weight for c in templates["standard"].criteria] == [25, 20, 25, 15, 15]
    assert len(templates) == 3
    for template in templates.values():
        assert template.assumed
        assert sum(c.weight for c in template.criteria) == 100
        assert all(c.name_zh and c.name_en and c.guide_zh and c.guide_en for c in template.criteria)


@pytest.mark.both_databases
def test_a_late_edit_is_told_who_came_first_even_at_the_same_moment(world):
    agency, alice = world.agency()
    anna = world.member(agency, "Anna", Role.EDITOR)
    made = challenge(world, "draft", (agency, alice))
    seen = made.version
    with unit_of_work():
        operations.save_statement(
            challenge=made, language="zh", text=replace(CHINESE, site="他處"), by=anna, at=world.now,
            expected_version=seen,
        )  # fmt: skip
    with unit_of_work(), pytest.raises(Stale) as caught:
        operations.save_statement(
            challenge=made, language="zh", text=CHINESE, by=alice, at=world.now, expected_version=seen
        )
    assert caught.value.by == "Anna"


def test_saving_the_same_again_leaves_no_trace(world):
    agency = world.agency()
    made = challenge(world, "draft", agency)
    before = made.version, len(audit.history(made.subject))
    with unit_of_work():
        operations.save_statement(challenge=made, language="zh", text=CHINESE, by=agency[1], at=world.now)
        operations.save_terms(challenge=made, terms=terms(world), by=agency[1], at=world.now)
        operations.save_criteria(
            challenge=made, criteria=criteria_templates()["standard"].criteria, by=agency[1], at=world.now
        )
    assert (queries.challenge_by_id(made.id).version, len(audit.history(made.subject))) == before


def test_an_emptied_english_statement_goes_away_but_never_the_only_one(world):
    agency = world.agency()
    made = challenge(world, "draft", agency)
    with unit_of_work():
        operations.save_statement(
            challenge=made, language="en", text=StatementFacts(), by=agency[1], at=world.now
        )
    assert [text.language for text in queries.challenge_by_id(made.id).texts] == ["zh"]
    with unit_of_work(), pytest.raises(Invalid):
        operations.save_statement(
            challenge=made, language="zh", text=StatementFacts(), by=agency[1], at=world.now
        )


def test_a_need_goes_back_and_forth_until_it_is_right(world):
    agency, alice = world.agency()
    officer = world.officer()
    made = challenge(world, "in_triage", (agency, alice))
    with unit_of_work(), refused("challenges.handed_in"):
        operations.save_statement(challenge=made, language="zh", text=CHINESE, by=alice, at=world.now)
    with unit_of_work(), pytest.raises(Invalid):
        operations.return_for_changes(challenge=made, note="  ", by=officer, at=world.now)
    with unit_of_work():
        operations.return_for_changes(challenge=made, note="補場域", by=officer, at=world.now)
    assert queries.challenge_by_id(made.id).state_note == "補場域"
    with unit_of_work():
        operations.hand_in(challenge=made, by=alice, at=world.now)
        operations.take_back(challenge=made, by=alice, at=world.now)
    made = queries.challenge_by_id(made.id)
    assert (made.state, made.handed_in_at, made.state_note) == (ChallengeState.DRAFT, None, "")


def test_mail_goes_to_those_whose_turn_it_is(world):
    agency, alice = world.agency()
    world.member(agency, "Reader", Role.READER)
    officer = world.officer()
    made = challenge(world, "returned", (agency, alice), staff=officer)
    mails = db.session.execute(db.select(OutboxMail).where(OutboxMail.letter.like("challenges.%"))).scalars()
    sent = {(mail.letter, mail.name) for mail in mails}
    assert ("challenges.handed_in", "Carol") in sent
    assert {name for letter, name in sent if letter == "challenges.returned"} == {"Alice"}
    with unit_of_work():
        operations.cancel(challenge=made, reason="不做了", by=alice, at=world.now)
    mails = db.session.execute(db.select(OutboxMail.letter)).scalars().all()
    assert "challenges.cancelled" not in mails


def test_papers_are_checked_listed_and_limited(world):
    agency = world.agency()
    made = challenge(world, "draft", agency, complete=False)
    with unit_of_work():
        for number in range(operations.MOST_PAPERS):
            paper = operations.attach_paper(
                challenge=made,
                upload=Upload("a.txt", b"text"),
                title=f"附件 {number}",
                by=agency[1],
                at=world.now,
            )
    with unit_of_work(), refused("challenges.too_many_papers"):
        operations.attach_paper(
            challenge=made, upload=Upload("a.txt", b"text"), title="多", by=agency[1], at=world.now
        )
    with unit_of_work():
        operations.remove_paper(challenge=made, paper=paper, by=agency[1], at=world.now)
    assert len(queries.challenge_by_id(made.id).papers) == operations.MOST_PAPERS - 1
    with unit_of_work(), refused("file.wrong_kind"):
        operations.attach_paper(
            challenge=made, upload=Upload("a.exe", b"MZ"), title="程式", by=agency[1], at=world.now
        )


# --- visibility and lists ---


def test_a_need_is_seen_by_its_agency_and_once_handed_in_by_staff(world):
    agency, alice = world.agency()
    _other, judy = world.agency("Judy")
    _startup, bob = world.startup()
    officer = world.officer()
    draft = challenge(world, "draft", (agency, alice))
    handed = challenge(world, "in_triage", (agency, alice))
    published = challenge(world, "published", (agency, alice), staff=officer)
    for thing, insiders in ((draft, [alice]), (handed, [alice, officer]), (published, [alice, officer])):
        for person in (alice, judy, bob, officer):
            if person in insiders:
                assert queries.challenge_for(person, thing.ref, world.now).id == thing.id
            else:
                with pytest.raises(NotFound):
                    queries.challenge_for(person, thing.ref, world.now)
    for hidden in (draft, handed):
        with pytest.raises(NotFound):
            queries.public_challenge(hidden.ref, world.now)
    assert queries.public_challenge(published.code, world.now).id == published.id
    assert queries.for_staff(now=world.now).total == 2
    assert queries.of_organization(alice, now=world.now).total == 3
    assert queries.of_organization(judy, now=world.now).total == 0


def shown(world, **facts):
    listed = queries.list_public(facts=ListFacts(**facts), now=world.now, offset=0, limit=50)
    assert listed.total == len(listed.rows)
    return [row.ref for row in listed.rows]


@pytest.mark.both_databases
def test_the_public_list_filters_counts_and_sorts(world):
    officer = world.officer()
    agency = world.agency()

    def make(**changes):
        return challenge(world, "published", agency, staff=officer, **changes)

    soon = make(
        days=5, domain=Domain.SAFETY, grant_ceiling=3_000_000, text=replace(CHINESE, title="路口 50% 安全")
    )
    late = make(days=40, grant_ceiling=500_000, english=replace(ENGLISH, title="Night BUS stops"))
    coming = make(opens_in=timedelta(days=3), budget=None, grant_ceiling=900_000)
    challenge(world, "draft", agency)
    cancelled = challenge(world, "cancelled", agency, staff=officer)

    assert shown(world) == [soon.ref, coming.ref, late.ref, cancelled.ref]
    assert shown(world, sort="newest") == [cancelled.ref, coming.ref, late.ref, soon.ref]
    assert shown(world, sort="budget")[0] == soon.ref
    assert shown(world, phases=("closing",)) == [soon.ref]
    assert shown(world, phases=("closing", "coming")) == [soon.ref, coming.ref]
    assert shown(world, domain=Domain.SAFETY) == [soon.ref]
    assert shown(world, least=900_000, phases=("coming", "open")) == [coming.ref]
    assert shown(world, words="night bus") == [late.ref]
    assert shown(world, words="獨居長者 跌倒偵測 night") == [late.ref]
    assert shown(world, words="50% 路口") == [soon.ref]
    assert shown(world, words="5_%") == []
    assert shown(world, words=soon.code) == [soon.ref]
    listed = queries.list_public(
        facts=ListFacts(phases=("open",), domain=Domain.CARE), now=world.now, offset=0, limit=20
    )
    assert listed.counts == {"open": 1, "coming": 1, "cancelled": 1}
    assert listed.domains == {"care": 1}


@pytest.mark.both_databases
def test_the_phase_is_the_same_in_python_and_in_sql(world):
    officer = world.officer()
    agency = world.agency()
    made = [challenge(world, state, agency, staff=officer) for state in ("draft", "cancelled")]
    made.append(challenge(world, "published", agency, staff=officer, opens_in=timedelta(days=2)))
    made += [challenge(world, state, agency, staff=officer) for state in LIFE[4:]]
    start = made[2].opens_at
    for moment in (start - timedelta(days=1), start, start + timedelta(days=28), start + timedelta(days=35)):
        for row in made:
            in_sql = db.session.scalar(db.select(phase_expression(moment)).where(Challenge.id == row.id))
            assert in_sql == phase_at(row, moment)
    assert phase_at(made[2], start - timedelta(seconds=1)) is Phase.COMING
    assert phase_at(made[2], made[2].closes_at) is Phase.CLOSED


def test_open_calls_are_those_between_their_two_moments(world):
    officer = world.officer()
    agency = world.agency()
    now = challenge(world, "published", agency, staff=officer)
    coming = challenge(world, "published", agency, staff=officer, opens_in=timedelta(days=1), days=60)
    assert [row.id for row in queries.open_calls(world.now)] == [now.id]
    assert [row.id for row in queries.open_calls(coming.opens_at)] == [now.id, coming.id]
    assert [row.id for row in queries.open_calls(now.closes_at)] == [coming.id]


# --- the end, and what follows ---


def test_a_follow_up_takes_over_the_statement_and_knows_its_parent(world):
    agency, alice = world.agency()
    officer = world.officer()
    parent = challenge(world, "concluded", (agency, alice), staff=officer)
    with unit_of_work():
        made = operations.draft_follow_up(
            parent=parent, by=alice, at=world.now, reasons_zh="偵測率只達七成。", reasons_en="Only 70% found."
        )
    made = queries.challenge_by_id(made.id)
    chinese, english = made.text_in("zh"), made.text_in("en")
    assert made.parent_id == parent.id
    assert (chinese.title, english.title) == (f"{CHINESE.title}（進階題目）", f"{ENGLISH.title} (follow-up)")
    assert chinese.solution_gap == f"偵測率只達七成。\n\n{CHINESE.solution_gap}"
    assert chinese.problem == CHINESE.problem
    assert [c.weight for c in made.criteria] == [c.weight for c in parent.criteria]
    assert (made.budget, made.opens_at, made.code) == (parent.budget, None, None)
    assert [row.id for row in queries.trail_of(parent)] == [parent.id]
    assert [row.id for row in queries.trail_of(parent, alice)] == [parent.id, made.id]
    assert [row.id for row in queries.trail_of(made, alice)] == [parent.id, made.id]
    assert [row.id for row in queries.trail_of(parent, officer)] == [parent.id]


def test_a_follow_up_waits_for_the_decision(world):
    agency = world.agency()
    parent = challenge(world, "published", agency)
    with unit_of_work(), refused("challenges.no_follow_up"):
        operations.draft_follow_up(parent=parent, by=agency[1], at=world.now)


def test_nothing_is_opened_before_the_deadline(world):
    officer = world.officer()
    made = challenge(world, "published", staff=officer)
    world.now = made.closes_at - timedelta(microseconds=1)
    with unit_of_work(), refused("challenges.still_open"):
        operations.mark_opened(challenge=made, by=officer, at=world.now)
    world.now = made.closes_at
    with unit_of_work():
        operations.mark_opened(challenge=made, by=officer, at=world.now)
    assert queries.challenge_by_id(made.id).opened_at == made.closes_at


def test_the_second_pilot_finds_the_challenge_in_pilot(world):
    officer = world.officer()
    made = challenge(world, "in_pilot", staff=officer)
    before = made.version
    with unit_of_work():
        operations.begin_pilot(challenge=made, by=officer, at=world.now)
    assert queries.challenge_by_id(made.id).version == before


@pytest.mark.both_databases
def test_a_cancelled_challenge_stays_public_with_its_reason(world):
    made = challenge(world, "cancelled")
    found = queries.public_challenge(made.ref, world.now)
    assert (found.state, found.state_note) == (ChallengeState.CANCELLED, "預算調整。")


def test_every_letter_can_be_read_in_both_languages(world):
    agency, alice = world.agency()
    officer = world.officer()
    challenge(world, "returned", (agency, alice), staff=officer)
    challenge(world, "cancelled", (agency, alice), staff=officer)
    mails = db.session.execute(
        db.select(OutboxMail).where(OutboxMail.letter.like("challenges.%"), OutboxMail.name == "Alice")
    ).scalars()
    said = {}
    for mail in mails:
        for language in ("zh_Hant_TW", "en"):
            mail.language = language
            said[mail.letter, language] = outbox.render(mail, url="http://localhost/x")
    db.session.rollback()
    assert said["challenges.returned", "zh_Hant_TW"].subject == f"退回補正：{CHINESE.title}"
    assert said["challenges.returned", "en"].subject == f"Returned for changes: {ENGLISH.title}"
    assert "請補充場域說明。" in said["challenges.returned", "en"].text
    assert "115 年 4 月 6 日 09:00（UTC+8）" in said["challenges.published", "zh_Hant_TW"].text
    assert "預算調整。" in said["challenges.cancelled", "zh_Hant_TW"].html
