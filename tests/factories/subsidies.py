"""Subsidised cases to test with, each step through the product's own operations; every call commits.

The present of these cases is 2024, inside the programme's time: the round is a demonstration all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.files import Upload
from matchmaker.kernel.dates import instant_at
from matchmaker.people import operations as people
from matchmaker.people.actor import Actor
from matchmaker.people.models import County, Membership, Organization
from matchmaker.people.states import AgencyKind, Role, SignOffRole
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import queries
from matchmaker.subsidies.facts import (
    BudgetFacts,
    ChangeFacts,
    ClaimFacts,
    Difference,
    LetterFacts,
    LineFacts,
    MeetingFacts,
    Metric,
    OrderFacts,
    PaperFacts,
    PaymentFacts,
    PlanFacts,
    ProgressFacts,
    RankFacts,
    RoundFacts,
    TerminationFacts,
    WorkItem,
)
from matchmaker.subsidies.models import SubsidyCase, SubsidyRound
from matchmaker.subsidies.states import BudgetState, ClaimKind
from tests.factories import catalog

BEGIN = datetime(2024, 2, 19, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
UNIT_PRICE = 340_000


def paper(kind: str, name: str = "") -> PaperFacts:
    return PaperFacts(kind=kind, upload=Upload(name or f"{kind}.pdf", PDF))


@dataclass
class Case:
    """A case with the people around it; ``case`` is as it was read last."""

    world: Any
    agency: Organization
    alice: Actor
    carol: Actor
    round: SubsidyRound
    item: str
    case: SubsidyCase
    desks: dict[SignOffRole, Actor]
    letters: int = 0

    def fresh(self) -> SubsidyCase:
        db.session.rollback()
        self.case = queries.case_by_id(self.case.id)
        return self.case

    def on(self, day: date) -> None:
        """Move the present to 10:00 of a day."""
        self.world.now = instant_at(day, time(10, 0))

    @property
    def today(self) -> date:
        from matchmaker.kernel.dates import local_day

        return local_day(self.world.now)

    def letter(self, **changes: Any) -> LetterFacts:
        """The next letter, dated today."""
        self.letters += 1
        whole = {"number": f"測字第 {self.letters:05d} 號", "dated_on": self.today, "body": "詳如說明。"}
        return LetterFacts(**(whole | changes))

    def adverse(self, **changes: Any) -> LetterFacts:
        """A letter against the agency: heard, and with its remedy notice."""
        whole = {
            "hearing": "已依行政程序法第一百零二條給予陳述意見之機會。",
            "remedy": "如有不服，得於送達次日起三十日內提起訴願。",
        }
        return self.letter(**(whole | changes))

    def do(self, verb: Any, **given: Any) -> Any:
        """Run a verb on the case as it is stored now."""
        with unit_of_work():
            made = verb(case=queries.case_by_id(self.case.id), at=self.world.now, **given)
        self.fresh()
        return made

    # --- steps ---

    def submit(self) -> None:
        self.do(do.submit, letter=self.letter(), by=self.alice)

    def complete(self) -> None:
        self.do(do.find_complete, by=self.carol)

    def rank(self, amount: int | None = None, adjustment: str = "", recommended: bool = True) -> None:
        facts = MeetingFacts(
            held_on=self.today,
            place="第一會議室",
            members="測試委員甲、測試委員乙、測試委員丙",
            minutes="依計畫內容排序。",
            ranking=[
                RankFacts(
                    case=self.case.ref,
                    rank=1,
                    amount=amount,
                    adjustment=adjustment,
                    recommended=recommended,
                )
            ],
        )
        with unit_of_work():
            meeting = do.save_meeting(round_=self.round, facts=facts, by=self.carol, at=self.world.now)
            do.conclude_meeting(meeting=meeting, by=self.carol, at=self.world.now)
        self.fresh()

    def approve(self) -> None:
        self.do(do.approve, letter=self.letter(), by=self.carol)

    def order(self, value: int | None = None, **changes: Any) -> None:
        self.fresh()
        facts = {"pcc_number": f"PCC-{len(self.case.orders) + 1}", "ordered_on": self.today}
        facts["value"] = value if value is not None else self.case.approval.total
        self.do(do.record_order, facts=OrderFacts(**(facts | changes)), by=self.alice)

    def budget(self, with_matching: bool = True) -> None:
        facts = BudgetFacts(state=BudgetState.ANNUAL, with_matching=with_matching)
        self.do(do.set_budget, facts=facts, by=self.alice)

    def progress(self, **days: date) -> None:
        self.do(do.record_progress, facts=ProgressFacts(**days), by=self.alice)

    def papers_for(self, kind: ClaimKind) -> list[PaperFacts]:
        from matchmaker.rulebook import claims, reference

        scheme = reference.scheme(self.case.scheme)
        return [paper(entry.code) for entry in claims.required_papers(scheme, str(kind))]

    def claim(self, kind: ClaimKind, cost: int) -> None:
        self.do(
            do.hand_in_claim,
            facts=ClaimFacts(kind=kind, cost=cost),
            letter=self.letter(),
            papers=self.papers_for(kind),
            by=self.alice,
        )

    def check(self) -> None:
        self.do(do.check_claim, by=self.carol)

    def pay(self) -> None:
        payment = PaymentFacts(on=self.today, reference=f"V-{self.letters}")
        self.do(do.pay_claim, payment=payment, letter=self.letter(), by=self.carol)

    def change_facts(self, **changes: Any) -> ChangeFacts:
        whole: dict[str, Any] = {
            "contact_name": "測試承辦",
            "contact_phone": "(02) 1234-5678",
            "starts_on": self.case.starts_on,
            "ends_on": self.case.ends_on,
            "subjects": "減少一處路口。",
            "reason": "路口施工，無法裝設。",
            "content": "由二處改為一處。",
            "benefits": "每日服務 500 人次。",
            "metrics": [Metric(name="每日服務人次", before="1,000", after="500")],
            "differences": [
                Difference(
                    original="二處", changed="一處", difference="減一處", comparison="經費減半，效益減半"
                )
            ],
            "cost_after": UNIT_PRICE,
        }
        return ChangeFacts(**(whole | changes))

    def termination_facts(self, **changes: Any) -> TerminationFacts:
        total = self.case.approval.total
        whole: dict[str, Any] = {
            "contact_name": "測試承辦",
            "contact_phone": "(02) 1234-5678",
            "contact_extension": "12",
            "starts_on": self.case.starts_on,
            "ends_on": self.case.ends_on,
            "terminates_on": self.case.ends_on,
            "reason": "地震致場域毀損。",
            "items": [
                WorkItem(
                    item="建置",
                    budget=total // 2,
                    executed=True,
                    text="已完成",
                    percent=100,
                    spent=total // 2,
                ),
                WorkItem(item="維運", budget=total - total // 2, executed=False),
            ],
        }
        return TerminationFacts(**(whole | changes))

    def sign_all(self) -> None:
        """All four desks, in the order of the form."""
        self.do(do.ask_signatures, by=self.alice)
        for role in SignOffRole:
            last = role is SignOffRole.HEAD
            self.do(do.sign, letter=self.letter() if last else None, by=self.desks[role])


def county(code: str) -> County:
    return db.session.execute(select(County).where(County.code == code)).scalar_one()


def city(world: Any, code: str = "TW-KHH", owner: str = "Alice") -> tuple[Organization, Actor]:
    """A city government with an owner."""
    return world.agency(owner, agency_kind=AgencyKind.LOCAL, county_id=county(code).id)


def seated(world: Any, agency: Organization, alice: Actor) -> dict[SignOffRole, Actor]:
    """Four people at the four desks."""
    made = {}
    for role, name in zip(SignOffRole, ("Olga", "Sven", "Ada", "Hugo"), strict=True):
        person = world.member(agency, name, Role.EDITOR)
        membership = db.session.execute(
            select(Membership)
            .where(Membership.user_id == person.user_id, Membership.organization_id == agency.id)
            .options(joinedload(Membership.user))
        ).scalar_one()
        with unit_of_work():
            people.seat(
                organization=agency, role=role, holder=membership, deputy=None, by=alice, at=world.now
            )
        made[role] = person
    return made


def round_(world: Any, staff: Actor, **changes: Any) -> SubsidyRound:
    whole: dict[str, Any] = {
        "code": "113",
        "title_zh": "113 年度示範梯次（測試）",
        "title_en": "Demonstration round of 2024",
        "scheme": "mature-2019",
        "year": 2024,
        "opens_on": date(2024, 1, 1),
        "closes_on": date(2024, 12, 31),
        "budget": 50_000_000,
    }
    with unit_of_work():
        return do.save_round(facts=RoundFacts(**(whole | changes)), by=staff, at=world.now)


def drafted(world: Any, *, code: str = "TW-KHH", plan: dict[str, Any] | None = None, **given: Any) -> Case:
    """A whole draft of a county or city for two units of a listed item at 340,000, within 2024."""
    world.now = BEGIN
    carol = world.officer()
    agency, alice = city(world, code)
    startup, bob = world.startup()
    agreement = catalog.framework(
        world, carol, code="fw-2024", starts_on=date(2023, 1, 1), ends_on=date(2024, 12, 31)
    )
    item = catalog.listed(world, carol, bob, startup, agreement, unit_price=UNIT_PRICE)
    made = round_(world, carol, **given.pop("round", {}))
    with unit_of_work():
        case = do.begin(round_=made, title_zh="智慧有聲號誌建置（測試）", by=alice, at=world.now)
        facts = {
            "title_zh": "智慧有聲號誌建置（測試）",
            "title_en": "Audible signals (test)",
            "bureau": "交通局",
            "contact_name": "測試承辦",
            "contact_phone": "(07) 123-4567",
            "purpose": "改善視障者通行。",
            "benefits": "每日 1,000 人次。",
            "sustainment": "由本局編列年度維護費，廠商保固二年。",
            "starts_on": date(2024, 3, 1),
            "ends_on": date(2024, 11, 30),
            "requested": 600_000,
        }
        do.save_plan(case=case, facts=PlanFacts(**(facts | (plan or {}))), by=alice, at=world.now)
        lines = given.pop("lines", [LineFacts(item=item.ref, quantity=2)])
        do.save_lines(case=case, lines=lines, by=alice, at=world.now)
        do.add_papers(case=case, papers=[paper("plan")], by=alice, at=world.now)
    return Case(
        world, agency, alice, carol, made, item.ref, queries.case_by_id(case.id), seated(world, agency, alice)
    )


def submitted(world: Any, **given: Any) -> Case:
    made = drafted(world, **given)
    made.submit()
    return made


def reviewed(world: Any, **given: Any) -> Case:
    """A complete case that a concluded meeting ranked first."""
    amount, adjustment = given.pop("amount", None), given.pop("adjustment", "")
    made = submitted(world, **given)
    made.complete()
    made.on(date(2024, 3, 8))
    made.rank(amount, adjustment)
    return made


def approved(world: Any, **given: Any) -> Case:
    """Approved on 15 March 2024: 680,000 in all, 600,000 of it subsidy unless changed."""
    made = reviewed(world, **given)
    made.on(date(2024, 3, 15))
    made.approve()
    return made


def running(world: Any, **given: Any) -> Case:
    """Ordered, budgeted and accepted on 15 May 2024."""
    made = approved(world, **given)
    made.on(date(2024, 4, 10))
    made.order()
    made.budget()
    made.on(date(2024, 5, 15))
    made.progress(accepted_on=date(2024, 5, 15))
    return made


CROSS = {"starts_on": date(2024, 3, 1), "ends_on": date(2025, 6, 30)}


def crossing(world: Any, **given: Any) -> Case:
    """A plan across two years, in use from 1 September 2024."""
    made = approved(world, plan=CROSS | given.pop("plan", {}), **given)
    made.on(date(2024, 4, 10))
    made.order()
    made.budget()
    made.on(date(2024, 9, 1))
    made.progress(first_use_on=date(2024, 9, 1))
    return made


def paid(world: Any, **given: Any) -> Case:
    """A case within one year, claimed in full and paid."""
    made = running(world, **given)
    made.claim(ClaimKind.SAME_YEAR, made.case.approval.total)
    made.check()
    made.pay()
    return made


def half_paid(world: Any, cost: int = UNIT_PRICE, **given: Any) -> Case:
    """A plan across years with its first instalment paid."""
    made = crossing(world, **given)
    made.on(date(2024, 10, 1))
    made.claim(ClaimKind.FIRST, cost)
    made.check()
    made.pay()
    return made
