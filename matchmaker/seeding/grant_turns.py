"""Turns that a subsidised case of the demo year takes: forms with their signatures, extensions, notices, revocation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from matchmaker.kernel.dates import local_day
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import SignOffRole
from matchmaker.seeding.cast import Row
from matchmaker.seeding.grant_acts import GrantActs
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies
from matchmaker.subsidies.facts import (
    ChangeFacts,
    Difference,
    ExtensionFacts,
    Metric,
    RevocationFacts,
    RightBox,
    TerminationFacts,
    WorkItem,
)
from matchmaker.subsidies.ledger import account_of, approval_of
from matchmaker.subsidies.models import PlanTermination, SubsidyCase
from matchmaker.subsidies.operations.requests import preview_termination
from matchmaker.subsidies.papers.drafts import repayment_body
from matchmaker.subsidies.states import EndKind, Matter, Scale

DESKS = tuple(SignOffRole)


class GrantTurns(GrantActs):
    """``turn`` is a row of ``more`` in the data: when, what, and for a form how far it gets."""

    __slots__ = ()

    # --- forms and their signatures ---

    def _change(self, row: Row, turn: Row, at: datetime) -> None:
        """Annex 5: one chatbot less, or, ``dearer``, one language more at the agency's own cost (R-077)."""
        case = self._case(row)
        total = approval_of(case).total
        period: dict[str, Any] = {"starts_on": case.starts_on, "ends_on": case.ends_on}
        words, after = (DEARER, total + 60_000) if turn.get("dearer") else (SMALLER, total // 2)
        held = account_of(case).held
        facts = ChangeFacts(
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            cost_after=after,
            declared_interest=120 if held else 0,
            **words,
            **period,
        )
        do.save_change(facts=facts, papers=[self._paper("changed_plan")], **self._who(row, at))
        self._sign(row, turn, at)

    def _termination(self, row: Row, turn: Row, at: datetime) -> None:
        """Annex 6: a flood, or, without ``force_majeure``, a reason of the agency's own."""
        case = self._case(row)
        total, flood = approval_of(case).total, turn.get("force_majeure", False)
        assert case.starts_on is not None
        assert case.ends_on is not None
        built = total * 4 // 10
        items = [
            WorkItem(item="建置與上線", budget=built, executed=True, text="已完成", percent=100, spent=built),
            WorkItem(item="維運服務", budget=total - built, executed=False),
        ]
        if not case.claims:
            items = [WorkItem(item="建置與維運", budget=total, executed=False)]
        facts = TerminationFacts(
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            contact_extension="123",
            starts_on=case.starts_on,
            ends_on=case.ends_on,
            terminates_on=min(local_day(at), case.ends_on),
            reason="機房因水災毀損，無法繼續（示範）。"
            if flood
            else "配合款未獲議會同意，無法續辦（示範）。",
            items=items,
            left_interest=86 if account_of(case).held else 0,
            force_majeure="豪雨致機房淹水（示範）。" if flood else "",
        )
        proof = [self._paper("force_majeure_proof")] if flood else []
        do.save_termination(facts=facts, papers=[self._paper("approved_plan"), *proof], **self._who(row, at))
        self._sign(row, turn, at)

    def _sign(self, row: Row, turn: Row, at: datetime) -> None:
        """Sent to the desks and signed at so many of them; without the word it stays a draft."""
        if "signed" not in turn:
            return
        do.ask_signatures(**self._who(row, at))
        for role in DESKS[: turn["signed"]]:
            letter = self._letter(row, at) if role is DESKS[-1] else None
            do.sign(letter=letter, comment="擬如擬", **self._at_desk(row, role, at))

    def _at_desk(self, row: Row, role: SignOffRole, at: datetime) -> dict[str, Any]:
        desks = people.desks_of(self.cast.organization_id(row["agency"]))
        user = next(desk.holder.user for desk in desks if desk.role is role)
        person: Actor = people.actor_of(user, self.cast.organization_id(row["agency"]))
        return {"case": self._case(row), "by": person, "at": at}

    def _withdraw_request(self, row: Row, _turn: Row, at: datetime) -> None:
        do.withdraw_request(**self._who(row, at))

    def _refuse_request(self, row: Row, turn: Row, at: datetime) -> None:
        do.refuse_request(letter=self._adverse(row, at, turn["why"]), **self._staff(row, at))

    def _approve_change(self, row: Row, _turn: Row, at: datetime) -> None:
        do.approve_change(letter=self._letter(row, at, "同意變更（示範）。"), **self._staff(row, at))

    def _approve_termination(self, row: Row, _turn: Row, at: datetime) -> None:
        case = self._case(row)
        counted = preview_termination(case, _asked(case), at)
        box = RightBox(subsidy=counted.refund, interest=counted.interest or 0)
        letter = self._adverse(row, at, "因不可抗力終止，廢止補助之核定（示範）。")
        do.approve_termination(box=box, letter=letter, **self._staff(row, at))

    # --- extensions ---

    def _ask_extension(self, row: Row, turn: Row, at: datetime) -> None:
        until = local_day(at) + timedelta(days=30)
        reason = "廠商備料延後，機關已有因應時程（示範）。"
        facts = ExtensionFacts(matter=Matter(turn["matter"]), until=until, reason=reason)
        do.ask_extension(facts=facts, letter=self._letter(row, at), **self._who(row, at))

    def _grant_extension(self, row: Row, _turn: Row, at: datetime) -> None:
        until = local_day(at) + timedelta(days=25)
        letter = self._letter(row, at, "同意展延（示範）。")
        do.decide_extension(granted_until=until, letter=letter, **self._staff(row, at))

    def _refuse_extension(self, row: Row, _turn: Row, at: datetime) -> None:
        letter = self._adverse(row, at, "期限內仍可完成，未同意展延（示範）。")
        do.decide_extension(granted_until=None, letter=letter, **self._staff(row, at))

    # --- oversight ---

    def _notify(self, row: Row, _turn: Row, at: datetime) -> None:
        due_on = local_day(at) + timedelta(days=30)
        defects = "服務上線後未對外開放（示範）。"
        do.notify(defects=defects, due_on=due_on, letter=self._letter(row, at), **self._staff(row, at))

    def _mended(self, row: Row, _turn: Row, at: datetime) -> None:
        do.find_mended(note="現場查核，服務已對外開放（示範）。", **self._staff(row, at))

    def _revoke(self, row: Row, _turn: Row, at: datetime) -> None:
        facts = RevocationFacts(
            kind=EndKind.REVOCATION, cause="behind_or_poor", stop=Scale.ALL, claw_back=Scale.ALL
        )
        letter = self._adverse(row, at, "逾改善期限仍未對外開放，依第十一點第二項第一款廢止（示範）。")
        do.revoke(facts=facts, letter=letter, **self._staff(row, at))

    def _repayment(self, row: Row, _turn: Row, at: datetime) -> None:
        """The notice as the product prepared it; interest that nobody declared is put at a small amount."""
        case = self._case(row)
        waiting = policies.unsent_repayment(case)
        if waiting is None:
            return
        letter = self._adverse(row, at, repayment_body(case, waiting))
        interest = waiting.interest if waiting.interest is not None else 120
        due_on = local_day(at) + timedelta(days=60)
        do.send_repayment(due_on=due_on, interest=interest, letter=letter, **self._staff(row, at))


def _asked(case: SubsidyCase) -> PlanTermination:
    request = policies.open_request(case)
    assert isinstance(request, PlanTermination)
    return request


SMALLER: dict[str, Any] = {
    "subjects": "減少一組機器人（示範）。",
    "reason": "兩處服務整併，一組已足（示範）。",
    "content": "由二組改為一組，服務範圍不變（示範）。",
    "benefits": "每月二千人次不變（示範）。",
    "metrics": [Metric(name="每月人次", before="2,000", after="2,000")],
    "differences": [
        Difference(original="二組", changed="一組", difference="減一組", comparison="經費減半，服務量相當")
    ],
}
DEARER: dict[str, Any] = {
    "subjects": "增加英語問答（示範）。",
    "reason": "外籍民眾詢問增加，實際需要（示範）。",
    "content": "除國語外增加英語，增加之經費由本府負擔（示範）。",
    "benefits": "每月多服務三百人次（示範）。",
    "metrics": [Metric(name="每月人次", before="2,000", after="2,300")],
    "differences": [
        Difference(
            original="國語", changed="國語及英語", difference="加一語", comparison="增加經費由本府自籌"
        )
    ],
}
