"""What happens to a subsidised case of the demo year, from the round to the payment; each act is an operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.foundation.db import db
from matchmaker.foundation.files import Upload
from matchmaker.kernel.dates import local_day
from matchmaker.rulebook import claims, reference
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Schedule
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies, queries
from matchmaker.subsidies.facts import (
    BudgetFacts,
    ClaimFacts,
    LetterFacts,
    LineFacts,
    MeetingFacts,
    OrderFacts,
    PaperFacts,
    PaymentFacts,
    PlanFacts,
    ProgressFacts,
    RankFacts,
    ReservationFacts,
    RoundFacts,
    YuanFacts,
)
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import SubsidyCase, SubsidyRound
from matchmaker.subsidies.states import BudgetState, CaseState, YuanState

HEARD = "已於期限內通知陳述意見，並予斟酌（示範）。"
REMEDY = "如有不服，得於送達次日起三十日內，繕具訴願書提起訴願（示範）。"
STAFF = "officer"


@dataclass(slots=True)
class GrantActs:
    """Finds the case of a row and acts on it as whoever acts in the story."""

    rows: Mapping[str, Any]
    cast: Cast
    schedule: Schedule

    def _round(self, key: str) -> SubsidyRound:
        code = next(row["code"] for row in self.rows["round"] if row["key"] == key)
        return db.session.execute(select(SubsidyRound).where(SubsidyRound.code == code)).scalar_one()

    def _case(self, row: Row) -> SubsidyCase:
        found = select(SubsidyCase.id).where(SubsidyCase.title_zh == row["zh"])
        return queries.case_by_id(db.session.execute(found).scalar_one())

    def _who(self, row: Row, at: datetime) -> dict[str, Any]:
        return {"case": self._case(row), "by": self.cast.actor(row["by"]), "at": at}

    def _staff(self, row: Row, at: datetime) -> dict[str, Any]:
        return {"case": self._case(row), "by": self.cast.actor(STAFF), "at": at}

    # --- letters and papers ---

    @staticmethod
    def _letter(row: Row, at: datetime, body: str = "詳如說明（示範）。") -> LetterFacts:
        day = local_day(at)
        number = f"示範字第 {day:%m%d}{at:%H%M}{len(row['zh']):02d} 號"
        return LetterFacts(number=number, dated_on=day, body=body)

    def _adverse(self, row: Row, at: datetime, body: str) -> LetterFacts:
        letter = self._letter(row, at, body)
        return LetterFacts(
            number=letter.number, dated_on=letter.dated_on, body=body, hearing=HEARD, remedy=REMEDY
        )

    @staticmethod
    def _paper(kind: str) -> PaperFacts:
        words = "示範文件，僅供展示，無實際內容。\nA paper of the demo, without content.\n"
        return PaperFacts(kind=kind, upload=Upload(f"{kind}-demo.txt", words.encode()))

    # --- steps ---

    def _make_round(self, row: Row, at: datetime) -> None:
        day = self.schedule.day
        facts = RoundFacts(
            code=row["code"],
            title_zh=row["zh"],
            title_en=row["en"],
            scheme="mature-2019",
            year=local_day(at).year,
            opens_on=day(row["opens"]),
            closes_on=day(row["closes"]),
            budget=row["budget"],
        )
        do.save_round(facts=facts, by=self.cast.actor(STAFF), at=at)

    def _meet(self, row: Row, at: datetime) -> None:
        """All that wait are ranked in the order in which they came."""
        round_, staff = self._round(row["key"]), self.cast.actor(STAFF)
        known = {each["zh"]: each for each in self.rows["case"]}
        ranking = [
            RankFacts(
                case=case.ref,
                rank=place,
                recommended=known[case.title_zh]["until"] != "declined",
                amount=known[case.title_zh].get("adjusted"),
                adjustment=known[case.title_zh].get("adjustment", ""),
            )
            for place, case in enumerate(queries.reviewable(round_), 1)
        ]
        facts = MeetingFacts(
            held_on=local_day(at),
            place="示範會議室",
            members="測試委員甲、測試委員乙、測試委員丙",
            minutes="依計畫內容、預期效益與後續維持營運作法排序（示範）。",
            ranking=ranking,
        )
        made = do.save_meeting(round_=round_, facts=facts, by=staff, at=at)
        do.conclude_meeting(meeting=made, by=staff, at=at)

    def _begin(self, row: Row, at: datetime) -> None:
        by = self.cast.actor(row["by"])
        case = do.begin(round_=self._round(row["round"]), title_zh=row["zh"], by=by, at=at)
        starts_on = self.schedule.day(row.get("approved", row["begun"] + 30))
        ends_on = date(starts_on.year + 1, 6, 30) if row.get("crosses") else date(starts_on.year, 12, 31)
        facts = PlanFacts(
            title_zh=row["zh"],
            title_en=row["en"],
            bureau=row["bureau"],
            contact_name=by.name,
            contact_phone="(00) 0000-0000",
            purpose=row["purpose"],
            benefits=row["benefits"],
            sustainment=row["sustainment"],
            starts_on=starts_on,
            ends_on=ends_on,
            requested=row["requested"],
        )
        do.save_plan(case=case, facts=facts, by=by, at=at)
        lines = [LineFacts(item=self._item(), quantity=row["quantity"])]
        do.save_lines(case=case, lines=lines, by=by, at=at)
        do.add_papers(case=case, papers=[self._paper("plan")], by=by, at=at)

    @staticmethod
    def _item() -> str:
        """The chatbot of the catalog: the item that all these cases buy."""
        found = (
            select(CatalogItem.ref)
            .join(ItemVersion, ItemVersion.item_id == CatalogItem.id)
            .where(ItemVersion.title_zh == "市政客服聊天機器人", CatalogItem.code.is_not(None))
        )
        return db.session.execute(found.limit(1)).scalar_one()

    def _submit(self, row: Row, at: datetime) -> None:
        do.submit(letter=self._letter(row, at), **self._who(row, at))

    def _withdraw(self, row: Row, at: datetime) -> None:
        do.withdraw(reason="本年度預算另有安排（示範）。", **self._who(row, at))

    def _ask_cure(self, row: Row, at: datetime) -> None:
        due_on = local_day(at) + timedelta(days=28)
        note = "計畫書未載明維持營運之經費來源（示範）。"
        do.ask_cure(letter=self._letter(row, at), due_on=due_on, note=note, **self._staff(row, at))

    def _complete(self, row: Row, at: datetime) -> None:
        do.find_complete(**self._staff(row, at))

    def _decline(self, row: Row, at: datetime) -> None:
        do.decline(letter=self._adverse(row, at, "審查會未推薦（示範）。"), **self._staff(row, at))

    def _approve(self, row: Row, at: datetime) -> None:
        do.approve(letter=self._letter(row, at), **self._staff(row, at))

    def _order(self, row: Row, at: datetime) -> None:
        """The order of the plan, placed on the platform where a purchase of the demo is the case's; else by number."""
        case = self._case(row)
        if "purchase" in row:
            placed = queries.orders_to_link(case)[0]
            do.link_order(order=placed.ref, **self._who(row, at))
        else:
            total = case.approval.total if case.approval is not None else 0
            facts = OrderFacts(pcc_number=f"DEMO-{case.code}", ordered_on=local_day(at), value=total)
            do.record_order(facts=facts, **self._who(row, at))
        state = BudgetState(row.get("budget", "supplementary"))
        note = "依各機關單位預算執行要點先行支用（示範）。" if state is BudgetState.OTHER_RULE else ""
        budget = BudgetFacts(state=state, with_matching=True, note=note)
        do.set_budget(facts=budget, **self._who(row, at))

    def _claim(self, row: Row, at: datetime) -> None:
        day = local_day(at) - timedelta(days=6)
        facts = ProgressFacts(accepted_on=day, first_use_on=day)
        do.record_progress(facts=facts, **self._who(row, at))
        case = self._case(row)
        kind = policies.next_claim(case)
        assert kind is not None
        assert case.approval is not None
        wanted = claims.required_papers(reference.scheme(case.scheme), str(kind))
        cost = case.approval.total if kind.value == "same_year" else case.approval.total // 2
        do.hand_in_claim(
            facts=ClaimFacts(kind=kind, cost=cost),
            letter=self._letter(row, at),
            papers=[self._paper(each.code) for each in wanted],
            **self._who(row, at),
        )

    def _pay(self, row: Row, at: datetime) -> None:
        do.check_claim(**self._staff(row, at))
        case = self._case(row)
        if case.approval is not None and local_day(at).year > case.approval.approved_on.year:
            self._carry_over(row, at)
        payment = PaymentFacts(on=local_day(at), reference=f"DEMO-V-{case.code}")
        do.pay_claim(payment=payment, letter=self._letter(row, at), **self._staff(row, at))

    def _reserve(self, row: Row, at: datetime) -> None:
        """What cannot be claimed in the year is reserved; nothing happens where the year turned before and it was."""
        if policies.can_reserve(self.cast.actor(row["by"]), self._case(row), at):
            amount = account_of(self._case(row)).payable
            facts = ReservationFacts(amount=amount, reason="計畫跨年度，尾款於次年度請領（示範）。")
            do.reserve(facts=facts, letter=self._letter(row, at), **self._who(row, at))

    def _carry_over(self, row: Row, at: datetime) -> None:
        """Reserved, and carried over by the Executive Yuan: money waits for this where the year turned."""
        self._reserve(row, at)
        if policies.open_reservation(self._case(row)) is not None:
            self._decide_carry_over(row, YuanState.APPROVED, "行政院核定保留（示範）。", at)

    def _refuse_carry_over(self, row: Row, at: datetime) -> None:
        self._decide_carry_over(row, YuanState.REFUSED, "行政院未核定保留，本案不予撥付（示範）。", at)

    def _decide_carry_over(self, row: Row, state: YuanState, body: str, at: datetime) -> None:
        word = YuanFacts(state=state, decided_on=local_day(at))
        do.decide_reservation(facts=word, letter=self._adverse(row, at, body), **self._staff(row, at))

    def _close(self, row: Row, at: datetime) -> None:
        if self._case(row).state is CaseState.SETTLED:
            do.close(**self._staff(row, at))

    def _check(self, row: Row, at: datetime) -> None:
        do.check_claim(**self._staff(row, at))

    def _return_claim(self, row: Row, at: datetime) -> None:
        letter = self._letter(row, at, "請款領據未蓋機關印信，請補正後再送（示範）。")
        do.return_claim(letter=letter, **self._staff(row, at))
