"""All side effects on one page: blueprints, menus, who hears what, jobs and their cadence, page panels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from matchmaker.catalog import events as catalog_events
from matchmaker.catalog import finding as catalog_finding
from matchmaker.catalog import notices as catalog_notices
from matchmaker.catalog import operations as catalog_operations
from matchmaker.catalog.routes import bp as catalog
from matchmaker.catalog.routes import panels as catalog_panels
from matchmaker.challenges import events as challenge_events
from matchmaker.challenges import notices as challenge_notices
from matchmaker.challenges.routes import agency as challenge_panels
from matchmaker.challenges.routes import bp as challenges
from matchmaker.foundation import idempotency, jobs, limits, outbox, sessions
from matchmaker.foundation.bus import subscribe
from matchmaker.home.routes import bp as home
from matchmaker.judging import events as judging_events
from matchmaker.judging import notices as judging_notices
from matchmaker.judging.routes import bp as judging
from matchmaker.judging.routes import outcomes as judging_panels
from matchmaker.judging.routes import staff as judging_work
from matchmaker.kernel.words import N_
from matchmaker.kits import events as kit_events
from matchmaker.kits import notices as kit_notices
from matchmaker.kits.routes import bp as kits
from matchmaker.kits.routes import panels as kit_panels
from matchmaker.orders import events as order_events
from matchmaker.orders import notices as order_notices
from matchmaker.orders.routes import bp as orders
from matchmaker.orders.routes import panels as order_panels
from matchmaker.orders.routes import papers as order_papers
from matchmaker.people import events as people_events
from matchmaker.people import notices as people_notices
from matchmaker.people import operations as people_operations
from matchmaker.people.routes import bp as people
from matchmaker.pilots import events as pilot_events
from matchmaker.pilots import notices as pilot_notices
from matchmaker.pilots import operations as pilot_operations
from matchmaker.pilots.routes import bp as pilots
from matchmaker.pilots.routes import public as pilot_panels
from matchmaker.proposals import events as proposal_events
from matchmaker.proposals import notices as proposal_notices
from matchmaker.proposals.routes import bp as proposals
from matchmaker.proposals.routes import panels as proposal_panels
from matchmaker.search import finding as search_finding
from matchmaker.search import operations as search_operations
from matchmaker.search.events import Reindexed
from matchmaker.search.routes import bp as search
from matchmaker.staff.routes import bp as staff
from matchmaker.subsidies import events as subsidy_events
from matchmaker.subsidies import notices as subsidy_notices
from matchmaker.subsidies import operations as subsidy_operations
from matchmaker.subsidies.routes import bp as subsidies
from matchmaker.subsidies.routes import calculator as subsidy_calculator
from matchmaker.subsidies.routes import cases as subsidy_cases
from matchmaker.suggestions import digests
from matchmaker.suggestions import events as suggestion_events
from matchmaker.suggestions import notices as suggestion_notices
from matchmaker.suggestions import operations as suggestions_operations
from matchmaker.suggestions.routes import bp as suggestions
from matchmaker.suggestions.routes import digest as digest_panels
from matchmaker.suggestions.routes import experts as expert_panels
from matchmaker.suggestions.routes import needs as need_panels
from matchmaker.suggestions.routes import panels as suggestion_panels
from matchmaker.web.access import Audience
from matchmaker.web.navigation import Entry, add_panels, main, workplace


def connect(app: Flask) -> None:
    """Connect the slices to each other and to the application."""
    _blueprints(app)
    _menus()
    _panels()
    _events()
    _jobs()
    catalog_finding.find_with(search_finding.items)


def _blueprints(app: Flask) -> None:
    for blueprint in (
        home,
        people,
        challenges,
        proposals,
        judging,
        pilots,
        catalog,
        kits,
        orders,
        search,
        staff,
        suggestions,
        subsidies,
    ):
        app.register_blueprint(blueprint)


def _menus() -> None:
    main.add(
        Entry(N_("Home"), "home.front"),
        Entry(N_("Challenges"), "challenges.index"),
        Entry(N_("Cases"), "pilots.cases"),
        Entry(N_("Catalog"), "catalog.index"),
        Entry(N_("Subsidy calculator"), "subsidies.calculator"),
        Entry(N_("Search"), "search.page"),
    )
    workplace.add(
        Entry(N_("Our challenges"), "challenges.own_list", Audience.AGENCY),
        Entry(N_("Our proposals"), "proposals.own", Audience.STARTUP),
        Entry(N_("Needs and challenges"), "challenges.staff_list", Audience.STAFF),
        Entry(N_("Opening and screening"), "proposals.staff_work", Audience.STAFF),
        Entry(N_("My panels"), "judging.home", Audience.JUROR),
        Entry(N_("What I know"), "suggestions.expertise", Audience.JUROR),
        Entry(N_("Selection panels"), "judging.panels", Audience.STAFF),
        Entry(N_("Pilots"), "pilots.index", Audience.AGENCY),
        Entry(N_("Pilots"), "pilots.index", Audience.STARTUP),
        Entry(N_("Pilots"), "pilots.index", Audience.STAFF),
        Entry(N_("Requisitions"), "orders.requisitions", Audience.AGENCY),
        Entry(N_("Orders"), "orders.index", Audience.AGENCY),
        Entry(N_("Our items"), "catalog.own_items", Audience.STARTUP),
        Entry(N_("Orders"), "orders.index", Audience.STARTUP),
        Entry(N_("Items"), "catalog.items", Audience.STAFF, group=N_("Manage the catalog")),
        Entry(N_("Review board"), "catalog.applications", Audience.STAFF, group=N_("Manage the catalog")),
        Entry(N_("Better prices"), "catalog.price_reports", Audience.STAFF, group=N_("Manage the catalog")),
        Entry(
            N_("Framework agreements"), "catalog.frameworks", Audience.STAFF, group=N_("Manage the catalog")
        ),
        Entry(N_("Orders"), "orders.index", Audience.STAFF),
        Entry(
            N_("Announcements"), "catalog.staff_announcements", Audience.STAFF, group=N_("Manage the catalog")
        ),
        Entry(N_("Adoption kits"), "kits.index", Audience.AGENCY),
        Entry(N_("Subsidised cases"), "subsidies.index", Audience.AGENCY),
        Entry(N_("Subsidised cases"), "subsidies.index", Audience.STAFF, group=N_("Subsidies")),
        Entry(N_("Rounds of subsidies"), "subsidies.rounds", Audience.STAFF, group=N_("Subsidies")),
        Entry(N_("Forecast of the subsidies"), "subsidies.money", Audience.STAFF, group=N_("Subsidies")),
        Entry(N_("Challenges that fit us"), "suggestions.for_startup", Audience.STARTUP),
        Entry(N_("Organisations"), "people.organizations", Audience.STAFF),
        Entry(N_("Quality of suggestions"), "suggestions.quality", Audience.STAFF),
        Entry(N_("How the platform works"), "staff.lifecycles", Audience.STAFF),
        Entry(N_("Outbox"), "staff.outbox", Audience.STAFF, development_only=True),
    )


def _panels() -> None:
    add_panels("challenge.page", suggestion_panels.own_fit_panel, suggestion_panels.challenge_panel)
    add_panels("need.check", need_panels.check_panel)
    add_panels("challenge.page", need_panels.catalog_panel, need_panels.similar_panel)
    add_panels("challenge.page", judging_panels.challenge_panel)
    add_panels("challenge.page", pilot_panels.challenge_panel)
    add_panels("challenge.page", need_panels.more_like_challenge)
    add_panels("item.page", order_panels.item_panel)
    add_panels("item.page", kit_panels.item_panel)
    add_panels("compare.page", kit_panels.compare_panel)
    add_panels("item.page", need_panels.more_like_item)
    add_panels("item.page", subsidy_calculator.item_panel)
    add_panels("panel.page", expert_panels.panel_panel)
    add_panels("desk.page", expert_panels.desk_panel)
    add_panels("organization.page", suggestion_panels.organization_panel)
    add_panels("challenge.actions", proposal_panels.challenge_actions)
    add_panels("challenge.actions", judging_panels.challenge_actions)
    add_panels("challenge.actions", pilot_panels.conclude_panel)
    add_panels("proposal.page", judging_panels.proposal_panel)
    add_panels("challenge.trail", pilot_panels.trail_panel)
    add_panels("challenge.trail", catalog_panels.trail_panel)
    add_panels("case.trail", catalog_panels.case_trail)
    add_panels("pilot.page", catalog_panels.pilot_panel)
    add_panels("case.page", catalog_panels.pilot_panel)
    add_panels("account.page", digest_panels.account_panel)
    add_panels("home.work", challenge_panels.work_panel)
    add_panels("home.work", proposal_panels.work)
    add_panels("home.work", judging_work.work_panel)
    add_panels("home.work", pilot_panels.work_panel)
    add_panels("home.work", catalog_panels.work_panel)
    add_panels("home.work", kit_panels.work_panel)
    add_panels("home.work", subsidy_cases.work_panel)
    add_panels("order.page", order_papers.order_panel)
    add_panels("requisition.page", order_papers.requisition_panel)
    add_panels("home.work", order_panels.work_panel)
    add_panels("home.work", suggestion_panels.work_panel)


def _events() -> None:
    subscribe(people_events.OrganizationRegistered, people_notices.on_registered)
    subscribe(people_events.OrganizationDecided, people_notices.on_decided)
    subscribe(people_events.Invited, people_notices.on_invited)
    subscribe(people_events.ResetAsked, people_notices.on_reset_asked)
    subscribe(people_events.PasswordChanged, people_notices.on_password_changed)
    subscribe(challenge_events.ChallengeHandedIn, challenge_notices.on_handed_in)
    subscribe(challenge_events.ChallengeReturned, challenge_notices.on_returned)
    subscribe(challenge_events.ChallengePublished, challenge_notices.on_published)
    subscribe(challenge_events.ChallengeCancelled, challenge_notices.on_cancelled)
    subscribe(proposal_events.ProposalSubmitted, proposal_notices.on_submitted)
    subscribe(proposal_events.ProposalWithdrawn, proposal_notices.on_withdrawn)
    subscribe(proposal_events.OpeningAsked, proposal_notices.on_opening_asked)
    subscribe(proposal_events.ProposalsOpened, proposal_notices.on_opened)
    subscribe(proposal_events.ProposalScreened, proposal_notices.on_screened)
    subscribe(judging_events.PanelConvened, judging_notices.on_convened)
    subscribe(judging_events.MemberSeated, judging_notices.on_seated)
    subscribe(judging_events.MemberExcused, judging_notices.on_excused)
    subscribe(judging_events.ScoringBegun, judging_notices.on_scoring_begun)
    subscribe(judging_events.SheetReturned, judging_notices.on_returned)
    subscribe(judging_events.AllScored, judging_notices.on_all_scored)
    subscribe(judging_events.DecisionPrepared, judging_notices.on_prepared)
    subscribe(judging_events.DecisionReleased, judging_notices.on_released, pilot_operations.prepare_awarded)
    subscribe(challenge_events.ChallengeCancelled, judging_notices.on_cancelled)
    subscribe(pilot_events.PilotPrepared, pilot_notices.on_prepared)
    subscribe(pilot_events.PlanChanged, pilot_notices.on_plan_changed)
    subscribe(pilot_events.PlanAgreed, pilot_notices.on_agreed)
    subscribe(pilot_events.PilotStarted, pilot_notices.on_started)
    subscribe(pilot_events.PilotSuspended, pilot_notices.on_suspended)
    subscribe(pilot_events.PilotResumed, pilot_notices.on_resumed)
    subscribe(pilot_events.EndAsked, pilot_notices.on_end_asked)
    subscribe(pilot_events.PilotEndedEarly, pilot_notices.on_ended_early)
    subscribe(pilot_events.MilestoneSubmitted, pilot_notices.on_submitted)
    subscribe(pilot_events.MilestoneAccepted, pilot_notices.on_accepted)
    subscribe(pilot_events.MilestoneReturned, pilot_notices.on_returned)
    subscribe(pilot_events.PaymentRecorded, pilot_notices.on_paid)
    subscribe(pilot_events.PilotAssessed, pilot_notices.on_assessed, catalog_operations.on_pilot_assessed)
    subscribe(catalog_events.ItemProposed, catalog_notices.on_proposed)
    subscribe(catalog_events.ItemListed, catalog_notices.on_listed)
    subscribe(catalog_events.ItemChanged, catalog_notices.on_changed)
    subscribe(catalog_events.ItemMoved, catalog_notices.on_moved)
    subscribe(catalog_events.ApplicationSubmitted, catalog_notices.on_application_submitted)
    subscribe(catalog_events.ApplicationAnswered, catalog_notices.on_application_answered)
    subscribe(catalog_events.PriceReported, catalog_notices.on_price_reported)
    subscribe(catalog_events.PriceReportMoved, catalog_notices.on_price_moved)
    subscribe(catalog_events.FrameworkExtended, catalog_notices.on_extended)
    subscribe(kit_events.PeerAsked, kit_notices.on_asked)
    subscribe(kit_events.PeerAnswered, kit_notices.on_answered)
    subscribe(order_events.RequisitionSigned, order_notices.on_signed)
    subscribe(order_events.RequisitionReturned, order_notices.on_returned)
    subscribe(order_events.OrderPlaced, order_notices.on_placed)
    subscribe(order_events.OrderConfirmed, order_notices.on_confirmed)
    subscribe(order_events.OrderEnded, order_notices.on_ended)
    subscribe(order_events.Delivered, order_notices.on_delivered)
    subscribe(order_events.Inspected, order_notices.on_inspected)
    subscribe(order_events.CertificateMade, order_notices.on_certificate_made)
    subscribe(order_events.CertificateSigned, order_notices.on_certificate_signed)
    subscribe(order_events.OrderPaid, order_notices.on_paid)
    subscribe(order_events.OrderDisputed, order_notices.on_disputed)
    subscribe(order_events.DisputeSettled, order_notices.on_settled)
    subscribe(order_events.ExperienceWritten, order_notices.on_experience)
    for change in (
        people_events.OrganizationRegistered,
        people_events.ProfileChanged,
        people_events.OrganizationChanged,
        people_events.OrganizationDecided,
        challenge_events.ChallengeChanged,
        challenge_events.ChallengeHandedIn,
        challenge_events.ChallengePublished,
        challenge_events.ChallengeCancelled,
        challenge_events.ChallengeMoved,
        catalog_events.ItemListed,
        catalog_events.ItemChanged,
        catalog_events.ItemMoved,
        pilot_events.PilotStarted,
        pilot_events.PlanChanged,
        pilot_events.PilotEndedEarly,
        pilot_events.PilotAssessed,
    ):
        subscribe(change, search_operations.on_change)
    subscribe(order_events.CertificateSigned, subsidy_operations.on_certificate_signed)
    subscribe(order_events.OrderEnded, subsidy_operations.on_order_ended)
    subscribe(order_events.DisputeSettled, subsidy_operations.on_dispute_settled)
    subscribe(subsidy_events.CaseMoved, subsidy_notices.on_moved)
    subscribe(subsidy_events.LetterSent, subsidy_notices.on_letter)
    subscribe(subsidy_events.SignatureAsked, subsidy_notices.on_signature)
    subscribe(subsidy_events.RepaymentFound, subsidy_notices.on_repayment)
    subscribe(suggestion_events.StartupInvited, suggestion_notices.on_invited)
    subscribe(Reindexed, suggestions_operations.on_reindexed)
    subscribe(proposal_events.ProposalsOpened, suggestions_operations.on_opened)
    subscribe(judging_events.DecisionReleased, suggestions_operations.on_released)


def _jobs() -> None:
    outbox.mint_with("people.reset", people_operations.mint_reset)
    outbox.mint_with("people.invitation", people_operations.mint_invitation)
    outbox.leave_by(digests.WAY_OUT, digests.way_out)
    jobs.handle(search_operations.CATCH_UP, search_operations.catch_up_job)
    jobs.handle(search_operations.COMPARE, search_operations.compare_job, every=timedelta(hours=24))
    jobs.handle(suggestions_operations.REFRESH, suggestions_operations.refresh_job, every=timedelta(hours=24))
    jobs.handle(
        suggestions_operations.CALIBRATE, suggestions_operations.calibrate_job, every=timedelta(days=30)
    )
    jobs.handle(suggestions_operations.DIGEST, suggestions_operations.digest_job, every=timedelta(days=7))
    jobs.handle("judging.remind", judging_notices.remind, every=timedelta(hours=6))
    jobs.handle("pilots.remind", pilot_notices.remind, every=timedelta(hours=6))
    jobs.handle("subsidies.remind", subsidy_notices.remind, every=timedelta(hours=6))
    jobs.handle("orders.remind", order_notices.remind, every=timedelta(hours=6))
    jobs.handle("foundation.tidy", _tidy, every=timedelta(hours=6))


def _tidy(_payload: Mapping[str, Any], now: datetime) -> None:
    """Drop rows that no client will ask for again."""
    idempotency.forget_old(now)
    limits.forget_old(now)
    jobs.forget_old(now)
    sessions.forget_old(now)
