"""Before the opening nothing outside a startup tells whether a proposal exists.

Every page that an officer, the agency, a juror, another startup or anybody may open is read with no proposal
and with seven, and has to be the same, byte for byte. Two instants are compared (the call open, the call
closed), and the opening that one officer has asked for.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.foundation import audit, jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.proposals import operations, queries
from matchmaker.proposals.models import Proposal, ProposalPaper, ProposalVersion
from matchmaker.web.access import Audience, audiences_of
from tests.factories import challenges, profiles, proposals

NOISE = re.compile(
    r'(name="(?:[a-z_]+-)?(?:csrf_token|idempotency_key)"(?: type="hidden")? value=")[^"]*(")'
    r'|(<input[^>]*name="(?:csrf_token|idempotency_key)"[^>]*value=")[^"]*(")'
)
REQUEST = re.compile(r"\b[0-9a-f]{16}\b")
OWN_AFFAIRS = {"people.account", "people.sign_in", "people.forgotten", "people.sign_up", "people.sign_up_as"}
"""Pages about the reader alone; the account lists one's own sign-ins, which the test adds to."""


@pytest.fixture
def cast(world):
    """One open call and everybody around it, with seven startups that have not proposed yet."""
    agency = world.agency()
    challenge = challenges.challenge(world, agency=agency)
    people = {
        "officer": world.officer("Cora"),
        "agency": agency[1],
        "juror": world.juror(),
        "other startup": world.startup("Ivan")[1],
        "anybody": None,
    }
    startups = [world.startup(f"S{n}") for n in range(7)]
    profiles.say(world, startups[0][1], profiles.RADAR)
    profiles.say(world, startups[6][1], profiles.DRONE)
    return {
        "challenge": challenge,
        "people": people,
        "startups": startups,
        "asker": world.officer("Chuck"),
    }


def paths(app, person, challenge):
    """Every page behind this person's doors, with the challenge in the place of the reference."""
    doors = (person.audiences if person is not None else frozenset()) | {Audience.PUBLIC}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or rule.endpoint in OWN_AFFAIRS:
            continue
        if not audiences_of(app, rule.endpoint) & doors:
            continue
        values = dict.fromkeys(rule.arguments, challenge.ref)
        values |= {
            name: 1
            for name in rule.arguments
            if rule._converters[name].__class__.__name__ == "IntegerConverter"
        }
        with app.test_request_context():
            yield app.url_map.bind("localhost").build(rule.endpoint, values)


def plain(text: str) -> str:
    """The page without what differs from one request to the next by design."""
    return REQUEST.sub("-", NOISE.sub("-", text))


def seen(world, cast):
    """What everybody sees at this instant, once the jobs have run: person and address -> status and page."""
    jobs.run_until_idle(world.now)
    pages = {}
    for name, person in cast["people"].items():
        browser = world.client(person)
        for path in paths(world.app, person, cast["challenge"]):
            answer = browser.get(path)
            pages[name, path] = (answer.status_code, plain(answer.get_data(as_text=True)))
    return pages


def differing(before, after):
    return [key for key in before if before[key] != after[key]]


def propose(world, cast):
    """Seven startups write; five submit, one of them twice, one withdraws, one leaves a draft."""
    challenge, startups = cast["challenge"], cast["startups"]
    for startup in startups[:5]:
        proposals.submitted(world, challenge, startup, paper=startup is startups[0])
    again = proposals.own(startups[0], challenge)
    with unit_of_work():
        operations.save_draft(
            proposal=again, content=proposals.content(title="第二版"), by=startups[0][1], at=world.now
        )
        operations.submit(proposal=again, by=startups[0][1], at=world.now)
    proposals.withdrawn(world, challenge, startups[5])
    proposals.draft(world, challenge, startups[6], text=proposals.CONTENT)
    counts = [
        db.session.scalar(select(func.count(kind.id))) for kind in (Proposal, ProposalVersion, ProposalPaper)
    ]
    assert counts == [7, 7, 1]


def at_closing(world, cast):
    """The same, seen after the deadline; the present of the world stays where it is."""
    present, world.now = world.now, cast["challenge"].closes_at + timedelta(hours=1)
    try:
        return seen(world, cast)
    finally:
        world.now = present


def test_nobody_can_tell_no_proposal_from_seven(world, cast):
    challenge = cast["challenge"]
    open_before, closed_before = seen(world, cast), at_closing(world, cast)
    history = audit.history(challenge.subject)
    assert any(path.endswith("/opening") for _name, path in open_before)
    assert open_before["officer", f"/staff/challenges/{challenge.ref}/opening"][0] == 200
    assert closed_before["agency", f"/agency/challenges/{challenge.ref}/proposals"][0] == 200
    propose(world, cast)
    assert differing(open_before, seen(world, cast)) == []
    assert differing(closed_before, at_closing(world, cast)) == []
    assert audit.history(challenge.subject) == history


def test_the_opening_tells_nothing_until_it_is_confirmed(world, cast):
    challenge = cast["challenge"]
    with unit_of_work():
        operations.ask_opening(
            challenge=challenge, by=cast["asker"], at=challenge.closes_at + timedelta(minutes=1)
        )
    before = at_closing(world, cast)
    assert "Confirm and open" in before["officer", f"/staff/challenges/{challenge.ref}/opening"][1]
    propose(world, cast)
    assert differing(before, at_closing(world, cast)) == []
    world.now = challenge.closes_at + timedelta(hours=1)
    with unit_of_work():
        operations.confirm_opening(challenge=challenge, by=cast["people"]["officer"], at=world.now)
    page = world.client(cast["people"]["officer"]).get(f"/staff/challenges/{challenge.ref}/opening").text
    assert "5 proposals came in" in page


def test_a_planted_leak_is_found(world, cast, monkeypatch):
    """Should a page ever count sealed proposals, the comparison above sees it."""
    from matchmaker.web import pages

    clean = pages.site

    def leaky(settings):
        made = clean(settings)
        object.__setattr__(made, "owner_name", str(db.session.scalar(select(func.count(Proposal.id)))))
        return made

    monkeypatch.setattr(pages, "site", leaky)
    cast["people"] = {"officer": cast["people"]["officer"]}
    before = seen(world, cast)
    propose(world, cast)
    assert differing(before, seen(world, cast))


def test_a_foreign_proposal_does_not_exist(world, cast):
    """The same answer for a reference that is somebody else's and for one that is nobody's."""
    challenge = cast["challenge"]
    proposals.submitted(world, challenge, cast["startups"][0], paper=True)
    theirs = proposals.own(cast["startups"][0], challenge)
    paper = queries.papers_of(theirs.id)[0].ref
    for name, person in cast["people"].items():
        browser = world.client(person)
        for path in (
            "/proposals/{}", "/proposals/{}/edit", "/proposals/{}/papers", "/proposals/{}/papers/" + paper,
            "/proposals/{}/preview", "/proposals/{}/submit", "/proposals/{}/withdraw",
            "/proposals/{}/versions/1", "/proposals/{}/versions/1/document", "/staff/proposals/{}",
            "/staff/proposals/{}/papers/" + paper,
            f"/agency/challenges/{challenge.ref}/proposals/1",
        ):  # fmt: skip
            real, made_up = (browser.get(path.format(ref)) for ref in (theirs.ref, "0000000000"))
            assert (real.status_code, plain(real.text).replace(theirs.ref, "")) == (
                made_up.status_code,
                plain(made_up.text).replace("0000000000", ""),
            ), (name, path)
            assert real.status_code in (303, 403, 404)


def test_mail_before_the_opening_reaches_the_startups_own_people_alone(world, cast):
    before = {mail.id for mail in db.session.execute(select(OutboxMail)).scalars()}
    propose(world, cast)
    after = [m for m in db.session.execute(select(OutboxMail)).scalars() if m.id not in before]
    assert after
    assert {mail.name for mail in after} <= {owner.name for _startup, owner in cast["startups"]}


def test_nothing_is_logged_that_names_a_proposal(world, cast, caplog):
    caplog.set_level(logging.DEBUG, logger="matchmaker")
    startup, owner = cast["startups"][0]
    browser = world.client(owner)
    browser.post(f"/challenges/{cast['challenge'].ref}/proposals")
    own = proposals.own((startup, owner), cast["challenge"])
    browser.post(f"/proposals/{own.ref}/submit")
    browser.post(f"/proposals/{own.ref}/withdraw")
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("matchmaker"))
    assert own.ref not in said
    assert startup.ref not in said
    assert cast["challenge"].ref not in said


def test_the_chain_names_no_proposal_before_the_opening(world, cast):
    propose(world, cast)
    subjects = set(db.session.execute(select(audit.AuditEvent.subject)).scalars())
    assert not any(subject.startswith("proposal:") for subject in subjects)
