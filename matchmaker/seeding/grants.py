"""The subsidised cases of the demo year: a closed programme acted once more, in every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.foundation.db import db
from matchmaker.foundation.files import Upload
from matchmaker.kernel.dates import local_day
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import SignOffRole
from matchmaker.rulebook import claims, reference
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Line, Schedule
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies, queries
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
    ReservationFacts,
    RevocationFacts,
    RightBox,
    RoundFacts,
    TerminationFacts,
    WorkItem,
    YuanFacts,
)
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import SubsidyCase, SubsidyRound
from matchmaker.subsidies.operations.requests import preview_termination
from matchmaker.subsidies.states import BudgetState, CaseState, EndKind, Scale, YuanState

HEARD = "已於期限內通知陳述意見，並予斟酌（示範）。"
REMEDY = "如有不服，得於送達次日起三十日內，繕具訴願書提起訴願（示範）。"
STAFF = "officer"


@dataclass(slots=True)
class Grants:
    """Rounds, meetings and cases."""

    rows: Mapping[str, Any]
    cast: Cast
    schedule: Schedule

    def enter(self) -> None:
        """Schedule everything, where the fiscal tiers of the year are on file; without them nothing can be counted."""
        table = reference.tier_table()
        days = [self.schedule.day(offset) for offset in (-300, 0)]
        counties = {self.cast.groups[row["agency"]]["county"] for row in self.rows["case"]}
        if any(table.tier(county, day) is None for county in counties for day in days):
            return
        for row in self.rows["round"]:
            line = self.schedule.line(f"round {row['key']}")
            line.add(row["made"], "09:30", "is made", partial(self._make_round, row))
            for offset in row["meetings"]:
                line.add(offset, "14:00", "is reviewed", partial(self._meet, row))
        for row in self.rows["case"]:
            self._enter_case(row)

    def _enter_case(self, row: Row) -> None:
        line = self.schedule.line(f"case {row['key']}")
        line.add(row["begun"], "10:00", "is begun", partial(self._begin, row))
        if row["until"] == "begun":
            return
        line.add(row["begun"] + 3, "15:00", "is submitted", partial(self._submit, row))
        if row["until"] == "withdrawn":
            line.add(row["begun"] + 6, "11:00", "is withdrawn", partial(self._withdraw, row))
        elif row["until"] == "cure":
            line.add(row["begun"] + 8, "11:00", "lacks papers", partial(self._ask_cure, row))
        elif row["until"] != "submitted":
            line.add(row["begun"] + 8, "11:00", "is complete", partial(self._complete, row))
            if "approved" in row:
                self._enter_approved(line, row)

    def _enter_approved(self, line: Line, row: Row) -> None:
        on, until = row["approved"], row["until"]
        if until == "declined":
            line.add(on, "10:00", "is not approved", partial(self._decline, row))
            return
        line.add(on, "10:00", "is approved", partial(self._approve, row))
        line.add(on + 12, "10:00", "is ordered", partial(self._order, row))
        if until == "ordered":
            return
        if until == "signing":
            line.add(on + 40, "10:00", "is to change", partial(self._change, row))
            return
        line.add(on + 38, "10:00", "is claimed", partial(self._claim, row))
        if until == "claimed":
            return
        line.add(on + 50, "10:00", "is paid", partial(self._pay, row))
        if until == "closed":
            line.add(on + 60, "10:00", "is closed", partial(self._close, row))
        elif until == "reserved":
            line.add(-25, "10:00", "is reserved", partial(self._reserve, row))
        elif until == "terminated":
            line.add(-60, "10:00", "is to end", partial(self._terminate, row))
            line.add(-45, "10:00", "ends", partial(self._end, row))
            line.add(-40, "10:00", "is to be repaid", partial(self._notify_repayment, row))
        elif until == "revoked":
            line.add(-90, "10:00", "is to be mended", partial(self._notify, row))
            line.add(-50, "10:00", "is revoked", partial(self._revoke, row))
            line.add(-44, "10:00", "is to be repaid", partial(self._notify_repayment, row))

    # --- finding ---

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
        case = self._case(row)
        total = case.approval.total if case.approval is not None else 0
        facts = OrderFacts(pcc_number=f"DEMO-{case.code}", ordered_on=local_day(at), value=total)
        do.record_order(facts=facts, **self._who(row, at))
        budget = BudgetFacts(state=BudgetState.SUPPLEMENTARY, with_matching=True)
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

    def _carry_over(self, row: Row, at: datetime) -> None:
        """Where the year turned between approval and payment, the money waits for its carry-over as it should."""
        facts = ReservationFacts(amount=account_of(self._case(row)).payable, reason="跨年度撥付（示範）。")
        do.reserve(facts=facts, letter=self._letter(row, at), **self._who(row, at))
        word = YuanFacts(state=YuanState.APPROVED, decided_on=local_day(at))
        letter = self._adverse(row, at, "行政院核定保留（示範）。")
        do.decide_reservation(facts=word, letter=letter, **self._staff(row, at))

    def _close(self, row: Row, at: datetime) -> None:
        if self._case(row).state is CaseState.SETTLED:
            do.close(**self._staff(row, at))

    def _reserve(self, row: Row, at: datetime) -> None:
        if policies.can_reserve(self.cast.actor(row["by"]), self._case(row), at):
            amount = account_of(self._case(row)).payable
            facts = ReservationFacts(amount=amount, reason="計畫跨年度，尾款於次年度請領（示範）。")
            do.reserve(facts=facts, letter=self._letter(row, at), **self._who(row, at))

    # --- change and termination ---

    def _change(self, row: Row, at: datetime) -> None:
        case = self._case(row)
        assert case.approval is not None
        assert case.starts_on is not None
        assert case.ends_on is not None
        facts = ChangeFacts(
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            starts_on=case.starts_on,
            ends_on=case.ends_on,
            subjects="減少一組機器人（示範）。",
            reason="兩處服務整併，一組已足（示範）。",
            content="由二組改為一組，服務範圍不變（示範）。",
            benefits="每月二千人次不變（示範）。",
            metrics=[Metric(name="每月人次", before="2,000", after="2,000")],
            differences=[
                Difference(
                    original="二組", changed="一組", difference="減一組", comparison="經費減半，服務量相當"
                )
            ],
            cost_after=case.approval.total // 2,
            declared_interest=0,
        )
        papers = [self._paper("changed_plan")]
        do.save_change(facts=facts, papers=papers, **self._who(row, at))
        do.ask_signatures(**self._who(row, at))
        for role in (SignOffRole.CASE_OFFICER, SignOffRole.SUPERVISOR):
            do.sign(comment="擬如擬", **self._at_desk(row, role, at))

    def _at_desk(self, row: Row, role: SignOffRole, at: datetime) -> dict[str, Any]:
        desks = people.desks_of(self.cast.organization_id(row["agency"]))
        user = next(desk.holder.user for desk in desks if desk.role is role)
        person: Actor = people.actor_of(user, self.cast.organization_id(row["agency"]))
        return {"case": self._case(row), "by": person, "at": at}

    def _terminate(self, row: Row, at: datetime) -> None:
        case = self._case(row)
        assert case.approval is not None
        assert case.starts_on is not None
        assert case.ends_on is not None
        total = case.approval.total
        facts = TerminationFacts(
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            contact_extension="123",
            starts_on=case.starts_on,
            ends_on=case.ends_on,
            terminates_on=local_day(at),
            reason="機房因水災毀損，無法繼續（示範）。",
            items=[
                WorkItem(
                    item="建置與上線",
                    budget=total * 4 // 10,
                    executed=True,
                    text="已完成",
                    percent=100,
                    spent=total * 4 // 10,
                ),
                WorkItem(item="維運服務", budget=total - total * 4 // 10, executed=False),
            ],
            left_interest=86,
            force_majeure="豪雨致機房淹水（示範）。",
        )
        papers = [self._paper("approved_plan"), self._paper("force_majeure_proof")]
        do.save_termination(facts=facts, papers=papers, **self._who(row, at))
        do.ask_signatures(**self._who(row, at))
        for role in SignOffRole:
            letter = self._letter(row, at) if role is SignOffRole.HEAD else None
            do.sign(letter=letter, **self._at_desk(row, role, at))

    def _end(self, row: Row, at: datetime) -> None:
        case = self._case(row)
        counted = preview_termination(case, case.terminations[0], at)
        box = RightBox(subsidy=counted.refund, interest=counted.interest or 0)
        letter = self._adverse(row, at, "因不可抗力終止，廢止補助之核定（示範）。")
        do.approve_termination(box=box, letter=letter, **self._staff(row, at))

    # --- oversight ---

    def _notify(self, row: Row, at: datetime) -> None:
        due_on = local_day(at) + timedelta(days=30)
        defects = "服務上線後未對外開放（示範）。"
        do.notify(defects=defects, due_on=due_on, letter=self._letter(row, at), **self._staff(row, at))

    def _revoke(self, row: Row, at: datetime) -> None:
        facts = RevocationFacts(
            kind=EndKind.REVOCATION, cause="behind_or_poor", stop=Scale.ALL, claw_back=Scale.ALL
        )
        letter = self._adverse(row, at, "逾改善期限仍未對外開放，依第十一點第二項第一款廢止（示範）。")
        do.revoke(facts=facts, letter=letter, **self._staff(row, at))

    def _notify_repayment(self, row: Row, at: datetime) -> None:
        if policies.unsent_repayment(self._case(row)) is None:
            return
        due_on = local_day(at) + timedelta(days=60)
        letter = self._adverse(row, at, "請於期限內繳回補助款及孳息（示範）。")
        do.send_repayment(due_on=due_on, interest=120, letter=letter, **self._staff(row, at))
