"""The demo year as loaded: everything occurs, everything is real, nothing is loaded twice."""

import importlib
import pkgutil
import stat
from collections import defaultdict
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

import matchmaker
from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
    FrameworkAgreement,
    ListingApplication,
    PriceReport,
)
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation import audit, clock, outbox
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.relevance import RelevanceEvent, Sign
from matchmaker.judging.models import Panel, ScoreSheet
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.machine import Machine
from matchmaker.kernel.programme import Domain
from matchmaker.kits.models import PeerRequest
from matchmaker.orders.models import CallOffOrder, Delivery, Requisition
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.models import Organization, StartupProfile, User
from matchmaker.people.states import AgencyKind, OrganizationKind, OrganizationState
from matchmaker.pilots.models import GrantPayment, Milestone, Pilot
from matchmaker.pilots.progress import shown_state
from matchmaker.proposals.models import Proposal, ProposalPaper
from matchmaker.proposals.states import EvidenceKind
from matchmaker.seeding import demo as demo_year
from matchmaker.seeding import load, signins
from matchmaker.subsidies.models import (
    Claim,
    Extension,
    ImprovementNotice,
    PlanChange,
    PlanTermination,
    Reservation,
    SubsidyCase,
)
from matchmaker.suggestions import calibration, evaluation
from matchmaker.suggestions.models import Suggestion
from matchmaker.suggestions.queries import outcomes
from matchmaker.suggestions.states import Band


def machines():
    """Every lifecycle that the product has."""
    found = {}
    for info in pkgutil.walk_packages(matchmaker.__path__, "matchmaker."):
        if info.name.endswith(".states"):
            for value in vars(importlib.import_module(info.name)).values():
                if isinstance(value, Machine):
                    found[value.name] = value
    return found


MACHINES = machines()
SUBSIDY_PARTS = {
    Claim: "subsidy_claim",
    PlanChange: "subsidy_change",
    PlanTermination: "subsidy_termination",
    Extension: "subsidy_extension",
    Reservation: "subsidy_reservation",
}


@pytest.fixture
def now(year):
    db.session.rollback()
    return year[1]


def rows(query):
    return db.session.execute(query).unique().scalars().all()


@pytest.fixture(scope="session")
def occurring(year):
    """Which states occur at the present of the year, computed ones included, by lifecycle."""
    _app, now = year
    today = local_day(now)
    seen = defaultdict(set)
    seen["organization"] = {row.state for row in rows(select(Organization))}
    seen["challenge"] = {row.state_at(now) for row in rows(select(Challenge))}
    seen["proposal"] = {row.state for row in rows(select(Proposal))}
    seen["panel"] = {row.state for row in rows(select(Panel))}
    seen["score_sheet"] = {row.state for row in rows(select(ScoreSheet))}
    seen["pilot"] = {row.state for row in rows(select(Pilot))}
    milestones = rows(select(Milestone).options(joinedload(Milestone.pilot)))
    seen["milestone"] = {shown_state(row.pilot, row, today) for row in milestones}
    items = rows(select(CatalogItem).options(joinedload(CatalogItem.framework)))
    seen["catalog_item"] = {row.state_on(today) for row in items}
    seen["peer_request"] = {row.state for row in rows(select(PeerRequest))}
    seen["framework_agreement"] = {row.phase_on(today) for row in rows(select(FrameworkAgreement))}
    seen["price_report"] = {row.state for row in rows(select(PriceReport))}
    seen["listing_application"] = {row.state for row in rows(select(ListingApplication))}
    seen["subsidy_case"] = {row.state for row in rows(select(SubsidyCase))}
    seen["requisition"] = {row.state for row in rows(select(Requisition))}
    seen["call_off_order"] = {row.state for row in rows(select(CallOffOrder))}
    seen["delivery"] = {row.state for row in rows(select(Delivery))}
    seen["subsidy_budget"] = {row.budget_state for row in rows(select(SubsidyCase))}
    for model, name in SUBSIDY_PARTS.items():
        seen[name] = {row.state for row in rows(select(model))}
    seen["subsidy_notice"] = {row.state_on(today) for row in rows(select(ImprovementNotice))}
    return seen


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_of_every_lifecycle_occurs(occurring, name):
    assert occurring[name] == set(MACHINES[name].states)


def test_a_second_load_changes_nothing(now):
    before = db.session.scalar(select(func.count(audit.AuditEvent.id)))
    with clock.at(now + timedelta(days=3)):
        load.demo()
    assert db.session.scalar(select(func.count(audit.AuditEvent.id))) == before


def test_the_chain_holds_and_runs_forward(now):
    assert list(audit.verify()) == []
    times = list(db.session.scalars(select(audit.AuditEvent.ts_us).order_by(audit.AuditEvent.id)))
    assert times == sorted(times)


def test_nobody_is_written_to_about_the_past(now):
    mails = rows(select(outbox.OutboxMail))
    assert len(mails) > 500
    late = [mail for mail in mails if mail.sent_at is None and mail.created_at < now - timedelta(days=1)]
    assert late == []
    assert all(mail.address.endswith("@demo.example") for mail in mails)


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_each_kind_of_mail_reads_well(year, now, language):
    app, _ = year
    kinds = {mail.letter: mail for mail in rows(select(outbox.OutboxMail))}
    with app.test_request_context():
        for mail in kinds.values():
            with db.session.no_autoflush, force_locale(language):
                mail.language = language
                letter = outbox.render(mail, url="https://example.org/x")
            assert letter.subject
            assert "%(" not in letter.text
            assert "None" not in letter.text
    db.session.rollback()


def test_every_persona_can_sign_in(year, now):
    app, _ = year
    personas = load.personas()
    assert len(personas) == 11
    assert len({persona.password for persona in personas}) == 1
    assert all("・" in persona.title for persona in personas)
    with unit_of_work():
        user = people.authenticate(email=personas[0].email, password=personas[0].password, at=now)
    assert user is not None
    for persona in personas:
        user = people_queries.user_by_email(persona.email)
        assert len(people_queries.memberships_of(user.id)) == 1
    hashes = rows(select(User.password_hash))
    assert set(hashes) == {user.password_hash}, "hashed once"
    mode = (app.extensions["settings"].data_dir / signins.FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_lost_password_is_made_anew(year, now):
    app, _ = year
    path = app.extensions["settings"].data_dir / signins.FILE
    old = path.read_text()
    path.unlink()
    assert load.personas() == []
    load.demo()
    persona = load.personas()[0]
    assert persona.password != old.strip()
    with unit_of_work():
        assert people.authenticate(email=persona.email, password=persona.password, at=now) is not None


def test_real_cases_are_there_with_their_sources(now):
    challenges = rows(
        select(Challenge).options(selectinload(Challenge.texts), joinedload(Challenge.organization))
    )
    titles = {row.text_in("zh").title: row for row in challenges}
    care, waters = titles["非穿戴式老人照護方案"], titles["望海巷海域環境監測"]
    assert care.organization.name_zh == "臺北市社會局"
    assert waters.organization.name_zh == "國立海洋科技博物館"
    pilots = rows(select(Pilot).options(joinedload(Pilot.assessment)))
    assert sum(pilot.challenge_id == care.id for pilot in pilots) == 2, "two startups at two sites (R-109)"
    assert sum(pilot.challenge_id == waters.id for pilot in pilots) == 1, "one startup (R-110)"
    assert all(pilot.assessment.graduates for pilot in pilots if pilot.challenge_id in (care.id, waters.id))
    assert all(row.source_note for row in challenges)
    assert {row.domain for row in challenges} == set(Domain)
    follow_up = next(row for row in challenges if row.parent_id is not None)
    assert titles["商圈市集人車流即時掌握與疏導"].id == follow_up.parent_id


def test_some_calls_are_open_and_one_closes_soon(now):
    open_ = [
        row
        for row in rows(select(Challenge))
        if row.state_at(now) is ChallengeState.PUBLISHED and row.opens_at <= now
    ]
    assert len(open_) >= 5
    assert min(row.closes_at for row in open_) < now + timedelta(days=7)


def test_kinds_of_bodies_and_startups(now):
    bodies = rows(select(Organization).options(joinedload(Organization.profile)))
    assert {row.agency_kind for row in bodies if row.kind is OrganizationKind.AGENCY} == set(AgencyKind)
    startups = [row for row in bodies if row.kind is OrganizationKind.STARTUP]
    assert all(row.fictitious for row in startups)
    assert any(row.founded_on < local_day(now) - timedelta(days=5 * 366) for row in startups), "one too old"
    assert db.session.scalar(select(func.count()).where(StartupProfile.willing.is_(False))) == 1
    assert {row.state for row in startups} == set(OrganizationState)


def test_proposals_are_whole(now):
    proposals = rows(select(Proposal).options(selectinload(Proposal.versions)))
    assert {e.kind for row in proposals for v in row.versions for e in v.value.evidence} >= {
        EvidenceKind.AWARD,
        EvidenceKind.PRIVATE_COOPERATION,
        EvidenceKind.GOVERNMENT_PILOT,
    }
    assert any(len(row.versions) == 2 for row in proposals)
    assert db.session.scalar(select(func.count(ProposalPaper.id))) >= 1


def test_money_adds_up(now):
    pilots = rows(select(Pilot).options(selectinload(Pilot.milestones).joinedload(Milestone.paid)))
    for pilot in pilots:
        assert sum(m.payment for m in pilot.milestones) == pilot.grant
        assert sum(m.paid.amount for m in pilot.milestones if m.paid) <= pilot.grant
    assert db.session.scalar(select(func.count(GrantPayment.id))) > 10


def test_the_catalog_has_versions_and_adopters(now):
    items = rows(select(CatalogItem).options(selectinload(CatalogItem.versions)))
    assert any(len(item.versions) > 1 for item in items)
    assert sum(item.pilot_id is not None for item in items) == 3
    adopters = rows(select(Adoption).options(joinedload(Adoption.agency)))
    names = {row.agency.name_zh for row in adopters if row.agency is not None}
    assert {"桃園市政府", "嘉義市政府", "臺南市政府", "嘉義市政府警察局", "臺北市社會局"} <= names


def test_suggestions_are_computed(now):
    persona = people_queries.user_by_email(signins.address("slopewatch"))
    organization = people_queries.memberships_of(persona.id)[0].organization_id
    mine = rows(select(Suggestion).where(Suggestion.organization_id == organization))
    assert any(row.band is not Band.WEAK and row.stopped_by is None for row in mine)
    assert {row.stopped_by for row in rows(select(Suggestion))} > {None}


def test_the_number_of_steps_stays_bounded(now):
    """The wait for the demo grows with its steps; seconds depend on the machine and are not measured here."""
    assert len(demo_year.plan(now, "hash").steps()) < 1000


def test_the_suggestions_of_the_year_can_be_judged_by_what_came_of_them(now):
    """Closed calls keep what was suggested before their deadline, and the log knows what came of it."""
    cases = outcomes.cases()
    assert len(cases) >= 5
    assert all(case.suggested for case in cases)
    found = evaluation.figures(cases)
    assert found.precision_short.hits >= 5
    assert found.reciprocal_rank.of >= 5
    late = (
        select(Suggestion)
        .join(Suggestion.challenge)
        .where(Challenge.opened_at.is_not(None), Suggestion.computed_at >= Challenge.closes_at)
    )
    assert rows(late) == []
    assert calibration.calibrate(outcomes.known_pairs()) is not None
    logged = set(db.session.scalars(select(RelevanceEvent.sign)))
    assert {Sign.PROPOSED, Sign.SHORTLISTED, Sign.AWARDED} <= logged
    proposed = rows(select(RelevanceEvent).where(RelevanceEvent.sign == Sign.PROPOSED))
    assert any(sign.rank == 1 for sign in proposed)
