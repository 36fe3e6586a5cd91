"""Every route of the product with its doors, and every persona at every door.

Whoever adds a route writes it into this table: who may come in is decided here, in sight, and not by accident.
"""

import re

import pytest
from flask import Flask

from matchmaker.people.states import OrganizationKind, Role
from matchmaker.web.access import Audience, UndeclaredRoute, audiences_of, check_declared, open_to

# doors        methods  path                                                           endpoint
TABLE = """
# home
public         GET      /                                                              home.front
public         GET      /about                                                         home.about
public         GET      /accessibility                                                 home.accessibility
public         GET      /contact                                                       home.contact
public         GET      /open-data                                                     home.open_data
public         GET      /open-data/challenges.csv                                      home.challenges_csv
public         GET      /open-data/items.csv                                           home.items_csv
public         GET      /privacy                                                       home.privacy

# people
signed_in      GET POST /account                                                       people.account
signed_in      GET POST /account/password                                              people.change_password
signed_in      POST     /account/sign-ins/<ref>/end                                    people.end_sign_in
signed_in      POST     /acting                                                        people.act_for
public         GET POST /invitations/<secret>                                          people.invitation
signed_in      GET      /organization                                                  people.organization
signed_in      POST     /organization/ask-again                                        people.ask_again
agency         GET POST /organization/desks/<role>                                     people.desk
signed_in      GET POST /organization/edit                                             people.edit_organization
signed_in      GET POST /organization/invitations                                      people.invite
signed_in      POST     /organization/invitations/<ref>/withdraw                       people.withdraw_invitation
signed_in      GET POST /organization/members/<ref>                                    people.member
signed_in      POST     /organization/members/<ref>/end                                people.end_membership
startup        GET POST /organization/profile                                          people.edit_profile
public         GET      /organizations/<ref>                                           people.public_organization
public         GET POST /password                                                      people.forgotten
public         GET POST /password/<secret>                                             people.reset
public         GET      /register                                                      people.sign_up
public         GET POST /register/<kind>                                               people.register
public         GET POST /sign-in                                                       people.sign_in
public         POST     /sign-out                                                      people.sign_out
staff          GET      /staff/organizations                                           people.organizations
staff          GET      /staff/organizations/<ref>                                     people.staff_organization
staff          POST     /staff/organizations/<ref>/<move>                              people.decide
staff          GET POST /staff/organizations/<ref>/edit                                people.staff_edit_organization

# challenges
agency         GET      /agency/challenges                                             challenges.own_list
agency         GET      /agency/challenges/<ref>                                       challenges.own
agency         GET POST /agency/challenges/<ref>/cancel                                challenges.cancel
agency         GET POST /agency/challenges/<ref>/criteria                              challenges.criteria
agency         POST     /agency/challenges/<ref>/hand-in                               challenges.hand_in
agency         GET POST /agency/challenges/<ref>/papers                                challenges.papers
agency         GET      /agency/challenges/<ref>/papers/<paper>                        challenges.own_paper
agency         POST     /agency/challenges/<ref>/papers/<paper>/remove                 challenges.remove_paper
agency         GET      /agency/challenges/<ref>/preview                               challenges.preview
agency         GET POST /agency/challenges/<ref>/statement/<language>                  challenges.statement
agency         POST     /agency/challenges/<ref>/take-back                             challenges.take_back
agency         GET POST /agency/challenges/<ref>/terms                                 challenges.terms
agency         GET POST /agency/challenges/new                                         challenges.new
public         GET      /challenges                                                    challenges.index
public         GET      /challenges/<ref>                                              challenges.public
public         GET      /challenges/<ref>/papers/<paper>                               challenges.public_paper
staff          GET      /staff/challenges                                              challenges.staff_list
staff          GET      /staff/challenges/<ref>                                        challenges.staff_page
staff          GET POST /staff/challenges/<ref>/cancel                                 challenges.staff_cancel
staff          GET      /staff/challenges/<ref>/papers/<paper>                         challenges.staff_paper
staff          POST     /staff/challenges/<ref>/publish                                challenges.publish
staff          GET POST /staff/challenges/<ref>/return                                 challenges.return_for_changes

# suggestions
agency+staff   GET      /challenges/<ref>/catalog-first                                suggestions.items
agency+staff   GET      /challenges/<ref>/similar                                      suggestions.similar
agency+staff   GET      /challenges/<ref>/similar/<other>                              suggestions.side_by_side
agency+staff   GET      /challenges/<ref>/suggestions                                  suggestions.startups
agency+staff   GET      /challenges/<ref>/suggestions/<organization>                   suggestions.pair
agency+staff   POST     /challenges/<ref>/suggestions/<organization>/<verb>            suggestions.agency_act
agency+staff   GET POST /challenges/<ref>/suggestions/<organization>/dismiss           suggestions.agency_dismiss
juror          GET POST /expertise                                                     suggestions.expertise
staff          GET      /staff/panels/<ref>/expertise                                  suggestions.panel_expertise
agency+startup GET POST /account/digest                                                suggestions.digest
public         GET POST /digest/stop/<token>                                           suggestions.stop_digest
startup        GET      /suggestions                                                   suggestions.for_startup
staff          GET      /suggestions/quality                                           suggestions.quality
staff          POST     /suggestions/quality/adopt                                     suggestions.adopt_bands
staff          GET      /suggestions/quality.csv                                       suggestions.quality_csv
startup        GET      /suggestions/<ref>                                             suggestions.why
startup        GET POST /suggestions/<ref>/dismiss                                     suggestions.startup_dismiss
startup        POST     /suggestions/<ref>/<verb>                                      suggestions.startup_act

# proposals
agency         GET      /agency/challenges/<ref>/proposals                             proposals.agency_proposals
agency         GET      /agency/challenges/<ref>/proposals/<int:number>                proposals.agency_proposal
agency         GET      /agency/challenges/<ref>/proposals/<int:number>/papers/<paper> proposals.agency_paper
startup        POST     /challenges/<ref>/proposals                                    proposals.start
startup        GET      /proposals                                                     proposals.own
startup        GET      /proposals/<ref>                                               proposals.proposal
startup        POST     /proposals/<ref>/autosave                                      proposals.autosave
startup        GET POST /proposals/<ref>/edit                                          proposals.edit
startup        GET POST /proposals/<ref>/papers                                        proposals.papers
startup        GET      /proposals/<ref>/papers/<paper>                                proposals.paper
startup        POST     /proposals/<ref>/papers/<paper>/remove                         proposals.remove_paper
startup        GET      /proposals/<ref>/preview                                       proposals.preview
startup        GET POST /proposals/<ref>/submit                                        proposals.submit
startup        GET      /proposals/<ref>/versions/<int:number>                         proposals.version
startup        GET      /proposals/<ref>/versions/<int:number>/document                proposals.version_document
startup        GET POST /proposals/<ref>/withdraw                                      proposals.withdraw
staff          GET      /staff/challenges/<ref>/opening                                proposals.opening
staff          POST     /staff/challenges/<ref>/opening/ask                            proposals.ask_opening
staff          POST     /staff/challenges/<ref>/opening/confirm                        proposals.confirm_opening
staff          GET      /staff/challenges/<ref>/screening                              proposals.screening
staff          POST     /staff/challenges/<ref>/screening/begin                        proposals.begin_screening
staff          POST     /staff/challenges/<ref>/screening/finish                       proposals.finish_screening
staff          GET      /staff/proposals                                               proposals.staff_work
staff          GET      /staff/proposals/<ref>                                         proposals.staff_proposal
staff          POST     /staff/proposals/<ref>/admit                                   proposals.admit
staff          POST     /staff/proposals/<ref>/checks/<rule>                           proposals.confirm_check
staff          GET      /staff/proposals/<ref>/papers/<paper>                          proposals.staff_paper
staff          POST     /staff/proposals/<ref>/reject                                  proposals.reject
staff          POST     /staff/proposals/<ref>/shortlist                               proposals.shortlist

# judging
juror          GET      /judging                                                       judging.home
juror          GET      /judging/<ref>                                                 judging.desk
juror          GET      /judging/<ref>/comparison                                      judging.compare
juror          GET POST /judging/<ref>/declarations                                    judging.declarations
juror          GET POST /judging/<ref>/proposals/<proposal>                            judging.read
juror          GET      /judging/<ref>/proposals/<proposal>/papers/<paper>             judging.paper
juror          GET POST /judging/<ref>/scores                                          judging.scores
juror          POST     /judging/<ref>/scores/draft                                    judging.autosave
startup        GET      /outcomes/<ref>                                                judging.outcome
agency+staff   GET      /results/<ref>                                                 judging.released
staff          GET POST /staff/challenges/<ref>/panel                                  judging.form_panel
staff          GET      /staff/panels                                                  judging.panels
staff          GET      /staff/panels/<ref>                                            judging.panel
staff          POST     /staff/panels/<ref>/begin-scoring                              judging.begin_scoring
staff          POST     /staff/panels/<ref>/convene                                    judging.convene
staff          GET POST /staff/panels/<ref>/decision                                   judging.decision
staff          GET POST /staff/panels/<ref>/edit                                       judging.edit_panel
staff          POST     /staff/panels/<ref>/end-scoring                                judging.end_scoring
staff          POST     /staff/panels/<ref>/members                                    judging.seat
staff          POST     /staff/panels/<ref>/members/<member>/chair                     judging.name_chair
staff          GET POST /staff/panels/<ref>/members/<member>/unseat                    judging.unseat
staff          GET      /staff/panels/<ref>/release                                    judging.release
staff          POST     /staff/panels/<ref>/release                                    judging.release_now
staff          GET POST /staff/panels/<ref>/reopen                                     judging.reopen
staff          GET      /staff/panels/<ref>/results                                    judging.results
staff          GET POST /staff/panels/<ref>/sheets/<member>/<proposal>/return          judging.return_sheet

# pilots
public         GET      /cases                                                         pilots.cases
public         GET      /cases/<ref>                                                   pilots.case
agency+staff+startup GET      /pilots                                                        pilots.index
agency+staff+startup GET      /pilots/<ref>                                                  pilots.show
agency+startup POST     /pilots/<ref>/agree                                            pilots.agree
agency         GET POST /pilots/<ref>/assessment                                       pilots.assess
staff          POST     /pilots/<ref>/conclude-challenge                               pilots.conclude
agency         POST     /pilots/<ref>/follow-up                                        pilots.follow_up
agency+staff+startup GET      /pilots/<ref>/milestones/<milestone>                           pilots.milestone
agency         POST     /pilots/<ref>/milestones/<milestone>/decision                  pilots.decide
agency+staff+startup GET      /pilots/<ref>/milestones/<milestone>/files/<paper>             pilots.paper
startup        POST     /pilots/<ref>/milestones/<milestone>/hand-in                   pilots.hand_in
staff          POST     /pilots/<ref>/milestones/<milestone>/payment                   pilots.pay
agency+startup GET POST /pilots/<ref>/plan                                             pilots.plan
agency+startup GET POST /pilots/<ref>/plan/measures                                    pilots.measures
agency+startup GET POST /pilots/<ref>/plan/milestones                                  pilots.milestones
agency+startup GET POST /pilots/<ref>/results                                          pilots.actuals
agency         POST     /pilots/<ref>/start                                            pilots.start
agency+staff   GET POST /pilots/<ref>/steps/<step>                                     pilots.take_step
staff          GET      /staff/pilots/milestones.csv                                   pilots.export

# catalog
public         GET      /catalog                                                       catalog.index
public         GET      /catalog/<ref>                                                 catalog.public
agency+staff+startup GET POST /catalog/<ref>/better-price                                    catalog.report_price
signed_in      POST     /catalog/<ref>/save                                            catalog.save_item
public         GET      /catalog/agreements                                            catalog.agreements
public         GET      /catalog/agreements/<ref>                                      catalog.agreement
public         GET      /catalog/announcements                                         catalog.announcements
public         GET      /catalog/compare                                               catalog.compare
startup        GET POST /catalog/propose                                               catalog.propose
agency+staff+startup GET      /price-reports/<ref>                                           catalog.price_report
staff+startup  POST     /price-reports/<ref>/<move>                                    catalog.move_report
signed_in      GET      /saved-items                                                   catalog.saved_items
staff          GET      /staff/announcements                                           catalog.staff_announcements
staff          GET POST /staff/announcements/<ref>                                     catalog.edit_announcement
staff          GET POST /staff/announcements/new                                       catalog.new_announcement
staff          GET      /staff/applications                                            catalog.applications
staff          GET POST /staff/applications/<ref>                                      catalog.application
staff          GET      /staff/frameworks                                              catalog.frameworks
staff          GET      /staff/frameworks/<ref>                                        catalog.framework
staff          GET POST /staff/frameworks/<ref>/edit                                   catalog.edit_framework
staff          GET POST /staff/frameworks/<ref>/extend                                 catalog.extend_framework
staff          GET POST /staff/frameworks/<ref>/lots/<lot>                             catalog.edit_lot
staff          POST     /staff/frameworks/<ref>/lots/<lot>/remove                      catalog.remove_lot
staff          GET POST /staff/frameworks/<ref>/lots/new                               catalog.new_lot
staff          GET POST /staff/frameworks/new                                          catalog.new_framework
staff          GET      /staff/items                                                   catalog.items
staff          GET      /staff/items/<ref>                                             catalog.item
staff          GET POST /staff/items/<ref>/adoptions                                   catalog.adopt
staff          POST     /staff/items/<ref>/adoptions/<adoption>/remove                 catalog.remove_adoption
staff          GET POST /staff/items/<ref>/edit                                        catalog.edit_item
staff          GET POST /staff/items/<ref>/list                                        catalog.list_item
staff          POST     /staff/items/<ref>/resume                                      catalog.resume
staff          GET POST /staff/items/<ref>/suspend                                     catalog.suspend
staff          GET POST /staff/items/<ref>/withdraw                                    catalog.withdraw
staff          GET POST /staff/items/table                                             catalog.send_items
staff          GET      /staff/items/table.<form>                                      catalog.items_table
staff          GET      /staff/price-reports                                           catalog.price_reports
startup        POST     /supplier/applications/<ref>/withdraw                          catalog.withdraw_application
startup        GET      /supplier/items                                                catalog.own_items
startup        GET      /supplier/items/<ref>                                          catalog.own_item
startup        GET POST /supplier/items/<ref>/apply                                    catalog.apply_for_listing
startup        GET POST /supplier/items/<ref>/change                                   catalog.propose_change
startup        GET POST /supplier/items/<ref>/edit                                     catalog.edit_own_item
startup        GET POST /supplier/items/<ref>/evidence                                 catalog.add_evidence
staff+startup  GET      /supplier/items/<ref>/evidence/<evidence>/paper                catalog.evidence_paper
startup        POST     /supplier/items/<ref>/evidence/<evidence>/remove               catalog.remove_evidence
startup        GET POST /supplier/items/<ref>/withdraw                                 catalog.withdraw_own_item
startup        GET POST /supplier/items/table                                          catalog.send_own_items
startup        GET      /supplier/items/table.<form>                                   catalog.own_items_table

# search
public         GET      /search                                                        search.page
public         GET      /search/suggest                                                search.suggest

# staff
staff          GET      /staff/audit                                                   staff.audit
staff          GET      /staff/house                                                   staff.lifecycles
staff          GET      /staff/house/data                                              staff.dictionary
staff          GET      /staff/house/doors                                             staff.doors
staff          GET      /staff/house/workings                                          staff.workings
public         GET      /staff/outbox                                                  staff.outbox
public         GET      /staff/outbox/<ref>                                            staff.mail

# kits
agency         GET      /agency/kits                                                  kits.index
agency         GET      /agency/kits/<ref>                                            kits.show
agency         GET      /agency/kits/<ref>/<part>.<spoken>.<kind>                     kits.download
agency         GET POST /agency/kits/<ref>/edit                                       kits.edit
agency         GET POST /agency/kits/<ref>/peers/<pilot>                              kits.ask
agency         GET POST /agency/kits/new                                              kits.new
agency         GET      /agency/peers                                                 kits.peers
agency         GET POST /agency/peers/<ref>                                           kits.peer
agency         POST     /agency/peers/<ref>/decline                                   kits.decline
agency         POST     /agency/peers/<ref>/end                                       kits.end
# orders
agency+staff+startup GET      /orders                                                        orders.index
agency+staff+startup GET      /orders/<ref>                                                  orders.order
agency         POST     /orders/<ref>/again                                            orders.again
agency         GET POST /orders/<ref>/certificates/<certificate>/pay                   orders.pay
agency         POST     /orders/<ref>/certificates/<certificate>/sign                  orders.countersign
agency         POST     /orders/<ref>/certify                                          orders.certify
agency         POST     /orders/<ref>/close                                            orders.close
startup        GET POST /orders/<ref>/deliver                                          orders.deliver
agency         GET POST /orders/<ref>/deliveries/<delivery>/inspect                    orders.inspect
agency         GET POST /orders/<ref>/experience                                       orders.experience
agency+staff   GET POST /orders/<ref>/settle                                           orders.settle
agency+staff+startup GET POST /orders/<ref>/steps/<step>                                     orders.take_step
agency+staff+startup GET      /orders/warranties                                             orders.warranties
agency         GET      /requisitions                                                  orders.requisitions
agency         GET      /requisitions/<ref>                                            orders.requisition
agency         GET POST /requisitions/<ref>/drop                                       orders.drop
agency         GET POST /requisitions/<ref>/edit                                       orders.edit_requisition
agency         GET POST /requisitions/<ref>/place                                      orders.place
agency         POST     /requisitions/<ref>/return                                     orders.send_back
agency         POST     /requisitions/<ref>/sign                                       orders.sign
agency         POST     /requisitions/<ref>/take-over                                  orders.take_over
agency         GET POST /requisitions/new                                              orders.new_requisition_page
staff          GET      /staff/orders/statistics                                       orders.statistics
staff          GET      /staff/orders/statistics.csv                                   orders.statistics_table
agency+staff+startup GET      /orders/<ref>/papers/<paper>                                  orders.order_paper
agency+startup POST     /orders/<ref>/papers/<paper>/remove                           orders.remove_order_paper
agency+startup GET POST /orders/<ref>/papers/new                                      orders.attach_to_order
agency+staff+startup GET      /orders/<ref>/sheets/<sheet>.<spoken>.<kind>                  orders.order_sheet
agency         GET      /requisitions/<ref>/papers/<paper>                            orders.requisition_paper
agency         POST     /requisitions/<ref>/papers/<paper>/remove                     orders.remove_requisition_paper
agency         GET POST /requisitions/<ref>/papers/new                                orders.attach_to_requisition
agency         GET      /requisitions/<ref>/sheet.<spoken>.<kind>                     orders.requisition_sheet
agency         GET      /orders/pattern.<form>                                       orders.orders_pattern
agency         GET POST /orders/table                                                orders.send_orders
agency+staff+startup GET      /orders/table.<form>                                          orders.orders_table
agency         GET      /requisitions/pattern.<form>                                  orders.requisitions_pattern
agency         GET POST /requisitions/table                                           orders.send_requisitions

# subsidies
staff          GET      /staff/subsidies/forecast                                      subsidies.money
staff          GET      /staff/subsidies/forecast.csv                                  subsidies.money_table
staff          GET POST /staff/subsidies/meetings/<ref>                                subsidies.meeting
staff          POST     /staff/subsidies/meetings/<ref>/conclude                       subsidies.conclude
staff          GET      /staff/subsidies/rounds                                        subsidies.rounds
staff          GET      /staff/subsidies/rounds/<ref>                                  subsidies.round_page
staff          GET POST /staff/subsidies/rounds/<ref>/meetings/new                     subsidies.new_meeting
staff          GET POST /staff/subsidies/rounds/new                                    subsidies.new_round
agency+staff   GET      /subsidies                                                     subsidies.index
agency+staff   GET      /subsidies/<ref>                                               subsidies.show
agency+staff   GET POST /subsidies/<ref>/acts/<name>                                   subsidies.act
agency         GET POST /subsidies/<ref>/change                                        subsidies.change
agency+staff   GET      /subsidies/<ref>/documents                                     subsidies.documents
agency+staff   GET      /subsidies/<ref>/documents/<name>.<kind>                       subsidies.document
agency         GET POST /subsidies/<ref>/items                                         subsidies.lines
agency         GET POST /subsidies/<ref>/papers                                        subsidies.papers
agency+staff   GET      /subsidies/<ref>/papers/<paper>                                subsidies.paper
agency         POST     /subsidies/<ref>/papers/<paper>/remove                         subsidies.remove_paper
agency         GET POST /subsidies/<ref>/plan                                          subsidies.plan
agency         GET POST /subsidies/<ref>/termination                                   subsidies.termination
agency+staff   GET      /subsidies/calendar                                            subsidies.deadlines
public         GET      /subsidies/calendar/<key>.ics                                  subsidies.feed
agency+staff   POST     /subsidies/calendar/address                                    subsidies.renew
agency         GET POST /subsidies/rounds/<ref>/new                                    subsidies.begin
public         GET      /subsidy-calculator                                            subsidies.calculator
"""

SIGNED = {"/digest/stop/<token>"}
"""Addresses whose signature stands for the token of a form: mail programs post there."""

PERSONAS = ["visitor", "newcomer", "agency", "startup", "partner", "officer", "director", "juror"]


def listed():
    """The table as (doors, methods, path, endpoint)."""
    rows = [line for line in TABLE.splitlines() if line and not line.startswith("#")]
    pattern = re.compile(r"(\S+) +((?:GET|POST|GET POST)) +(/\S*) +(\S+)")
    return [pattern.fullmatch(row).groups() for row in rows]


def declared(app):
    """The routes of the application, told like the table."""
    return [
        (
            "+".join(sorted(audiences_of(app, rule.endpoint))),
            " ".join(sorted(rule.methods - {"HEAD", "OPTIONS"})),
            rule.rule,
            rule.endpoint,
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]


def test_the_table_holds_every_route_with_its_doors(app):
    def lines(rows):
        return [f"{doors:<14} {methods:<8} {path:<62} {endpoint}" for doors, methods, path, endpoint in rows]

    table, real = set(listed()), set(declared(app))
    assert len(table) == len(listed())
    missing, gone = lines(sorted(real - table)), lines(sorted(table - real))
    assert not missing, "write these into the table:\n" + "\n".join(missing)
    assert not gone, "these are not routes any more:\n" + "\n".join(gone)


def test_nothing_but_get_and_post_is_taken(app):
    assert {method for _, methods, _, _ in declared(app) for method in methods.split()} == {"GET", "POST"}


def test_an_application_with_an_undeclared_route_does_not_start():
    app = Flask("small", static_folder=None)

    @app.get("/declared")
    @open_to(Audience.STAFF)
    def good():
        return ""

    check_declared(app)

    @app.get("/forgotten")
    def forgotten():
        return ""

    with pytest.raises(UndeclaredRoute, match="forgotten"):
        check_declared(app)


def test_the_pages_of_the_organisation_and_the_staff_are_never_public():
    for doors, _, path, endpoint in listed():
        if path.startswith(("/staff", "/organization/", "/account")) and path not in (
            "/staff/outbox",
            "/staff/outbox/<ref>",
        ):
            assert "public" not in doors.split("+"), endpoint


def people(world):
    """One person of each kind; the newcomer has an account and no organisation."""
    from matchmaker.people.queries import actor_of

    return {
        "visitor": None,
        "newcomer": actor_of(world.user("Mallory"), None),
        "agency": world.agency()[1],
        "startup": world.startup()[1],
        "partner": world.organization(OrganizationKind.PARTNER, "Peggy")[1],
        "officer": world.member(world.office(), "Carol", Role.OFFICER),
        "director": world.member(world.office(), "Dora", Role.DIRECTOR),
        "juror": world.member(world.office(), "Erin", Role.JUROR),
    }


def address(path):
    """The path with things in it that do not exist."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda match: "0" if match[1] == "int" else "made-up", path)


def answer_of(browser, method, path):
    answer = browser.get(address(path)) if method == "GET" else browser.post(address(path))
    turned_away = answer.status_code == 303 and (answer.location or "").startswith("/sign-in?next=")
    return answer.status_code, turned_away or (answer.status_code == 303 and answer.location == "/sign-in")


@pytest.mark.parametrize("persona", PERSONAS)
def test_everybody_comes_through_their_own_doors_and_no_other(world, persona):
    actor = people(world)[persona]
    mine = {"public"} | (set(actor.audiences) if actor else set())
    browser = world.client(actor)
    wrong = []
    # Signing out comes last: afterwards nobody is anybody.
    for doors, methods, path, endpoint in sorted(listed(), key=lambda row: row[3] == "people.sign_out"):
        for method in methods.split():
            status, to_sign_in = answer_of(browser, method, path)
            if mine & set(doors.split("+")):
                asks_for_sign_in = endpoint in ("people.forgotten", "people.invitation")
                fine = status < 500 and status != 403 and (not to_sign_in or asks_for_sign_in)
            elif actor is None:
                fine = to_sign_in
            else:
                fine = status == 403
            if not fine:
                wrong.append(f"{method} {path}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("persona", ["visitor", "agency", "startup", "director"])
def test_no_post_is_taken_without_its_token(world, persona):
    browser = world.client(people(world)[persona])
    for _, methods, path, _ in listed():
        if "POST" in methods and path not in SIGNED:
            assert browser.post(address(path), {"name": "x"}, csrf=False).status_code == 400, path
