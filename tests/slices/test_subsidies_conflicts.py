"""Two people act on one case at once: the second is told who was first, and nothing is written twice."""

import threading
from datetime import date

import pytest

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.errors import Stale
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import queries
from matchmaker.subsidies.facts import PaymentFacts
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.routes.acts import ACTS
from matchmaker.subsidies.states import CaseState, ClaimKind
from tests.factories import subsidies as make

ADVERSE = {"hearing": "已陳述意見。", "remedy": "三十日內提起訴願。"}


def text(answer):
    return answer.get_data(as_text=True)


def version_on(page):
    """The version that the form of a page was made from."""
    return page.split('name="expected_version"')[1].split('value="')[1].split('"')[0]


@pytest.mark.both_databases
def test_of_two_officers_who_pay_at_once_one_pays(world):
    made = make.running(world)
    made.claim(ClaimKind.SAME_YEAR, 680_000)
    made.check()
    officers = [made.carol, world.officer("Cleo")]
    seen, barrier, outcomes = made.case.version, threading.Barrier(2), []

    def pay(officer):
        with world.app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    do.pay_claim(
                        case=queries.case_by_id(made.case.id),
                        payment=PaymentFacts(on=made.today, reference=f"V-{officer.name}"),
                        letter=made.letter(),
                        by=officer,
                        at=world.now,
                        expected_version=seen,
                    )
                outcomes.append("paid")
            except Stale as stale:
                outcomes.append(stale.by)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=pay, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case = made.fresh()
    first = case.changed_by
    assert sorted(outcomes) == sorted(["paid", first]), "the second is told the first one's name"
    assert account_of(case).paid == 600_000
    assert case.state is CaseState.SETTLED
    assert [letter.kind.value for letter in case.letters].count("payment") == 1


@pytest.mark.both_databases
def test_the_second_decision_is_told_of_the_first_and_keeps_its_words(world):
    made = make.reviewed(world)
    made.on(date(2024, 3, 15))
    officer = world.officer("Cleo")
    first, second = world.client(made.carol), world.client(officer)
    path = f"/subsidies/{made.case.ref}/acts/"
    seen = version_on(text(first.get(path + "approve")))
    assert seen == version_on(text(second.get(path + "decline")))
    approval = {"number": "測字第 00801 號", "dated_on": "113/3/15", "expected_version": seen}
    assert first.post(path + "approve", approval).status_code == 303
    refusal = {"number": "測字第 00802 號", "dated_on": "113/3/15", "body": "未獲推薦。"} | ADVERSE
    answer = second.post(path + "decline", refusal | {"expected_version": seen})
    assert answer.status_code == 409
    page = text(answer)
    assert "Carol saved a change before you" in page
    assert "未獲推薦。" in page, "what was typed stands in the form"
    assert "This is not possible while the case is" in page, "and the page says that it is too late"
    case = made.fresh()
    assert case.state is CaseState.RUNNING
    assert [letter.number for letter in case.letters].count("測字第 00802 號") == 0


def test_what_was_recorded_meanwhile_stands_beside_what_was_typed(world):
    made = make.approved(world)
    browser = world.client(made.alice)
    path = f"/subsidies/{made.case.ref}/acts/budget"
    seen = version_on(text(browser.get(path)))
    made.budget()
    answer = browser.post(path, {"state": "supplementary", "expected_version": seen})
    assert answer.status_code == 409
    page = text(answer)
    assert "In the annual budget" in page
    assert "In a supplementary budget" in page
    again = browser.post(path, {"state": "supplementary", "expected_version": version_on(page)})
    assert again.status_code == 303
    assert made.fresh().budget_state.value == "supplementary"


def test_a_meeting_that_changed_is_not_concluded_by_an_old_page(world):
    made = make.submitted(world)
    made.complete()
    made.on(date(2024, 3, 8))
    browser = world.client(made.carol)
    ranking = {
        "held_on": "113/3/8",
        "ranking-0-case": made.case.ref,
        "ranking-0-rank": "1",
        "ranking-0-recommended": "y",
    }
    answer = browser.post(f"/staff/subsidies/rounds/{made.round.ref}/meetings/new", ranking)
    assert answer.status_code == 303, text(answer)
    meeting = answer.location.rpartition("/")[2]
    answer = browser.post(f"/staff/subsidies/meetings/{meeting}/conclude", {"expected_version": "99"})
    assert answer.status_code == 409
    made.fresh()
    assert queries.meeting_by_ref(meeting).concluded_at is None


def test_every_act_carries_the_version_of_its_page(world):
    """Not one of the acts can forget it."""
    made = make.approved(world)
    browsers = {True: world.client(made.carol), False: world.client(made.alice)}
    for name, act in ACTS.items():
        page = text(browsers[act.staff].get(f"/subsidies/{made.case.ref}/acts/{name}"))
        assert version_on(page) == str(made.case.version), name
