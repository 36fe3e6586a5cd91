"""The weekly digest: once a week, of what is new, in the reader's language, with reasons and a way out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from matchmaker.foundation import clock, jobs, outbox, signing
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.foundation.relevance import RelevanceEvent, Sign
from matchmaker.people.models import User
from matchmaker.people.states import Role
from matchmaker.suggestions import digests, operations
from matchmaker.suggestions.models import DigestChoice, Verdict
from matchmaker.suggestions.operations import digests as verbs
from matchmaker.suggestions.queries import digests as digest_queries
from matchmaker.suggestions.states import Choice, DismissReason, Side
from tests.factories import challenges, mail, profiles, proposals
from tests.slices.test_foundation_db import in_threads


@pytest.fixture
def care(world):
    """An open call about falls, its agency and a startup that fits; both owners read English."""
    agency, alice = world.agency()
    made = challenges.challenge(world, "published", (agency, alice))
    radar, bob = world.startup("Bob")
    profiles.say(world, bob, profiles.RADAR)
    speak(alice, "en"), speak(bob, "en")
    jobs.run_until_idle(world.now)
    return {"challenge": made, "agency": agency, "alice": alice, "radar": radar, "bob": bob}


def speak(actor, language):
    with unit_of_work() as session:
        session.execute(update(User).where(User.id == actor.user_id).values(language=language))


def address(actor):
    return db.session.scalar(select(User.email).where(User.id == actor.user_id))


def run(world):
    with unit_of_work():
        jobs.enqueue(operations.DIGEST, at=world.now)
    with clock.at(world.now):
        jobs.run_until_idle(world.now)
    db.session.rollback()


def letters():
    query = select(OutboxMail).where(OutboxMail.letter == "suggestions.digest").order_by(OutboxMail.id)
    return list(db.session.execute(query).scalars())


def read(world, actor):
    return mail.send(world).get(address(actor))


class TestLetter:
    @pytest.mark.both_databases
    def test_both_sides_read_what_fits_and_why(self, world, care):
        run(world)
        mails = mail.send(world)
        startup, agency = mails[address(care["bob"])], mails[address(care["alice"])]
        words = mail.text(startup)
        assert startup["Subject"] == "New this week: what fits you"
        assert "Fall detection for older people living alone" in words
        assert "Words in common: " in words
        assert "Strong fit" in words
        assert "http://localhost/suggestions" in words.split()
        assert care["radar"].name_en in mail.text(agency)
        assert f"http://localhost/challenges/{care['challenge'].ref}/suggestions" in mail.text(agency)

    def test_in_chinese(self, world, care):
        speak(care["bob"], "zh_Hant_TW")
        run(world)
        made = read(world, care["bob"])
        assert made["Subject"] == "本週新的媒合建議"
        assert "獨居長者跌倒偵測" in mail.text(made)
        assert "非常適合" in mail.text(made)
        assert "不再收到這類信件" in mail.text(made)

    def test_nothing_new_is_no_mail(self, world, care):
        _startup, ivan = world.startup("Ivan")
        run(world)
        assert address(ivan) not in {row.address for row in letters()}

    def test_readers_of_an_organisation_get_none(self, world, care):
        reader = world.member(care["radar"], "Rob", Role.READER)
        run(world)
        assert address(reader) not in {row.address for row in letters()}


class TestOnceAWeek:
    @pytest.mark.both_databases
    def test_a_repeated_run_writes_nothing_twice(self, world, care):
        for _again in range(3):
            run(world)
        assert len(letters()) == 2
        world.later(days=3)
        run(world)
        assert len(letters()) == 2

    def test_next_week_tells_only_what_is_new(self, world, care):
        run(world)
        world.later(days=7)
        run(world)
        assert len(letters()) == 2
        agency = world.agency("Judy")
        challenges.challenge(world, "published", agency)
        jobs.run_until_idle(world.now)
        world.later(days=7)
        run(world)
        newest = [row for row in letters() if row.address == address(care["bob"])][1:]
        assert len(newest) == 1
        assert len(newest[0].params["lines"]) == 2, "a heading and one call"

    def test_colleagues_are_told_the_same(self, world, care):
        colleague = world.member(care["radar"], "Bea", Role.EDITOR)
        run(world)
        assert {address(care["bob"]), address(colleague)} <= {row.address for row in letters()}

    def test_a_long_list_is_worked_off_some_at_a_time(self, world, care, monkeypatch):
        monkeypatch.setattr(verbs, "AT_ONCE", 1)
        run(world)
        assert len(letters()) == 2

    def test_a_run_that_dies_is_taken_up_where_it_stopped(self, world, care, monkeypatch):
        monkeypatch.setattr(verbs, "AT_ONCE", 1)
        whole, calls = verbs.make_digest, []

        def dies(*, user, at):
            calls.append(user.id)
            if len(calls) == 2:
                raise RuntimeError("the worker died")
            return whole(user=user, at=at)

        monkeypatch.setattr(verbs, "make_digest", dies)
        run(world)
        assert len(letters()) == 1
        world.later(minutes=10)
        jobs.run_until_idle(world.now)
        db.session.rollback()
        assert len(letters()) == 2
        assert calls[1] == calls[2]

    @pytest.mark.both_databases
    def test_two_workers_write_one_letter_each(self, world, care):
        people = [user.id for user in digest_queries.due(verbs.week_of(world.now), 10)]
        db.session.rollback()

        def work():
            for number in people * 2:
                # The loser of a race is tried again by its job; here by the second round.
                with suppress(DBAPIError), unit_of_work() as session:
                    verbs.make_digest(user=session.get_one(User, number), at=world.now)

        in_threads(world.app, 2, work)
        db.session.rollback()
        assert len(letters()) == 2
        shown = select(func.count(RelevanceEvent.id)).where(RelevanceEvent.sign == Sign.SHOWN)
        assert db.session.scalar(shown) == 2


class TestWhatIsLeftOut:
    def test_what_a_side_put_away(self, world, care):
        with unit_of_work() as session:
            for side in Side:
                session.add(
                    Verdict(
                        challenge_id=care["challenge"].id,
                        organization_id=care["radar"].id,
                        side=side,
                        choice=Choice.DISMISSED,
                        reason=DismissReason.KNOWN,
                        at=world.now,
                    )
                )
        run(world)
        assert letters() == []

    @pytest.mark.parametrize("submits", [True, False])
    def test_a_proposal_silences_the_startup_s_own_letter_alone(self, world, care, submits):
        make = proposals.submitted if submits else proposals.draft
        make(world, care["challenge"], (care["radar"], care["bob"]))
        run(world)
        assert [row.address for row in letters()] == [address(care["alice"])]

    def test_the_agency_s_letter_is_the_same_with_and_without_proposals(self, world, care):
        """Sealed: nothing that others do before the opening changes a word of it."""
        with unit_of_work() as session:
            user = session.get_one(User, care["alice"].user_id)
            verbs.make_digest(user=user, at=world.now)
            without = letters()[0].params
            session.rollback()
        proposals.submitted(world, care["challenge"], (care["radar"], care["bob"]))
        run(world)
        assert [row.params for row in letters()] == [without]

    def test_a_closed_call(self, world, care):
        proposals.closed(world, care["challenge"])
        run(world)
        assert letters() == []


def way_out(made):
    return made["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")


class TestWayOut:
    def test_who_declined_on_the_account_gets_none(self, world, care):
        browser = world.client(care["bob"])
        assert "one mail a week" in browser.get("/account").text
        assert browser.post("/account/digest", {}).status_code == 303
        assert "You get no weekly digest." in browser.get("/account").text
        run(world)
        assert [row.address for row in letters()] == [address(care["alice"])]
        assert browser.post("/account/digest", {"wanted": "y"}).status_code == 303
        run(world)
        assert address(care["bob"]) in {row.address for row in letters()}

    def test_the_address_in_the_letter_needs_no_sign_in_and_a_click(self, world, care):
        run(world)
        made = read(world, care["bob"])
        assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = way_out(made)
        assert path in mail.text(made)
        browser = world.client()
        page = browser.get(path)
        assert page.status_code == 200
        assert "Stop the weekly digest" in page.text
        assert address(care["bob"]) not in page.text, "a letter may be forwarded"
        assert digest_queries.wants(care["bob"].user_id), "reading changes nothing"
        assert "You get no more weekly digests." in browser.post(path).text
        db.session.rollback()
        assert not digest_queries.wants(care["bob"].user_id)

    def test_a_mail_program_takes_it_by_itself(self, world, care):
        """RFC 8058: a bare post without cookie, token or sign-in; twice does no harm."""
        run(world)
        path = way_out(read(world, care["bob"]))
        for _again in range(2):
            answer = world.client().post(path, {"List-Unsubscribe": "One-Click"}, csrf=False)
            assert answer.status_code == 200
        db.session.rollback()
        assert not digest_queries.wants(care["bob"].user_id)
        assert digest_queries.wants(care["alice"].user_id)

    @pytest.mark.parametrize("token", ["{ref}", "{ref}.", "{ref}." + "0" * 40, ".", "x.y", "{other}"])
    def test_a_made_up_address_is_nobodys(self, world, care, token):
        with world.app.test_request_context():
            other = signing.sign("another purpose", care["bob"].ref)
        path = "/digest/stop/" + token.format(ref=care["bob"].ref, other=other)
        assert world.client().get(path).status_code == 404
        assert world.client().post(path, csrf=False).status_code == 404
        assert digest_queries.wants(care["bob"].user_id)

    def test_the_last_word_before_sending_counts(self, world, care):
        run(world)
        with unit_of_work():
            operations.choose_digest(user_id=care["bob"].user_id, wanted=False, by="Bob", at=world.now)
        assert read(world, care["bob"]) is None
        db.session.rollback()
        assert [row.address for row in letters()] == [address(care["alice"])], "taken out, not tried again"

    def test_a_closed_account_gets_none(self, world, care):
        run(world)
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == care["bob"].user_id).values(active=False))
        assert read(world, care["bob"]) is None

    def test_other_people_have_no_such_choice(self, world):
        assert world.client(world.juror()).get("/account/digest").status_code == 403
        assert "digest" not in world.client(world.juror()).get("/account").text

    def test_other_letters_have_no_way_out(self, world, care):
        proposals.submitted(world, care["challenge"], (care["radar"], care["bob"]))
        made = read(world, care["bob"])
        assert made["List-Unsubscribe"] is None


def test_the_row_of_a_choice_is_made_once(world, care):
    for wanted in (False, True, False):
        with unit_of_work():
            operations.choose_digest(user_id=care["bob"].user_id, wanted=wanted, by="Bob", at=world.now)
    assert db.session.scalar(select(func.count(DigestChoice.id))) == 1


def test_the_week_begins_on_monday_in_taiwan(world):
    """2 March 2026 is a Monday; its 00:00 in Taipei is 16:00 UTC on Sunday."""
    monday = verbs.week_of(world.now)
    assert monday.isoformat() == "2026-03-01T16:00:00+00:00"
    assert verbs.week_of(monday) == monday
    assert verbs.week_of(monday - timedelta(seconds=1)) == monday - timedelta(days=7)


def test_the_letter_is_declared_with_its_way_out():
    assert outbox.letters()["suggestions.digest"].way_out == digests.WAY_OUT
