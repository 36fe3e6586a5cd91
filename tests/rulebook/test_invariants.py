"""What holds for every case, whatever the amounts and in whatever order things happen."""

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from matchmaker.rulebook import amounts, claims, refunds
from matchmaker.rulebook.amounts import Approval, OneOff, PeriodUse
from matchmaker.rulebook.compute import compute, recompute
from matchmaker.rulebook.reference import scheme
from matchmaker.rulebook.refunds import Interest, Item

SCHEME = scheme("mature-2019")
ON = date(2024, 3, 15)
CAP = SCHEME.cap(ON)
money = st.integers(min_value=0, max_value=20_000_000)
totals = st.integers(min_value=1, max_value=20_000_000)
tiers = st.integers(min_value=1, max_value=5)
days = st.dates(min_value=date(2018, 1, 1), max_value=date(2027, 10, 31))


@st.composite
def approvals(draw: st.DrawFn) -> Approval:
    total = draw(totals)
    return Approval(total, draw(st.integers(min_value=0, max_value=total)))


@given(
    st.lists(
        st.builds(OneOff, money, st.integers(0, 100))
        | st.builds(
            PeriodUse, money, st.integers(0, 100), st.integers(0, 800), st.sampled_from(["month", "day"])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_c1_eligible_and_ineligible_are_the_whole_cost(lines: list[OneOff | PeriodUse]) -> None:
    found = amounts.eligible(SCHEME, ON, lines)
    whole = sum(
        line.unit_price * line.quantity * (line.units if isinstance(line, PeriodUse) else 1) for line in lines
    )
    assert found.eligible + found.ineligible == whole
    assert found.eligible >= 0
    assert found.ineligible >= 0


@given(days, st.integers(0, 900), st.integers(1, 500), st.sampled_from(["month", "day"]))
def test_c1_starting_later_never_counts_more(ordered: date, later: int, units: int, unit: Any) -> None:
    def counted(start: date) -> int:
        line = PeriodUse(1, 1, units, unit, ordered, start)
        return amounts.eligible(SCHEME, ON, [line]).eligible

    start = date.fromordinal(ordered.toordinal() + later)
    assert counted(start) <= counted(ordered) <= (12 if unit == "month" else 366)


@given(money, tiers)
def test_c2_subsidy_and_own_share_are_the_total(eligible: int, tier: int) -> None:
    found = amounts.ceiling(SCHEME, ON, eligible=eligible, tier=tier)
    assert found.ceiling is not None
    assert found.own_share is not None
    assert found.rate is not None
    assert found.ceiling + found.own_share == eligible
    assert 0 <= found.ceiling <= CAP
    assert found.ceiling <= eligible * found.rate
    # Nothing is withheld either: one dollar more would break the rate or the cap.
    assert found.ceiling == CAP or found.ceiling + 1 > eligible * found.rate


@given(totals, tiers, money, st.none() | money, st.none() | money)
def test_c3_approved_is_within_the_ceiling_and_the_cap(
    eligible: int, tier: int, requested: int, review: int | None, budget: int | None
) -> None:
    ceiling = amounts.ceiling(SCHEME, ON, eligible=eligible, tier=tier).ceiling
    assert ceiling is not None
    found = amounts.approved(
        SCHEME,
        ON,
        requested=requested,
        ceiling=ceiling,
        total=eligible,
        review_amount=review,
        budget_left=budget,
    )
    assert 0 <= found.approved <= ceiling <= CAP
    assert found.approved + found.own_share == eligible
    assert found.effective_ratio * eligible == found.approved


@given(approvals(), money, money)
def test_c4_instalments_add_up_to_the_entitlement(approval: Approval, spent: int, settled: int) -> None:
    first = claims.first_instalment(SCHEME, ON, approval, spent=spent).payable
    final = claims.final_instalment(SCHEME, ON, approval, settled=settled, paid=first)
    assert first + final.payable - final.excess == final.entitlement <= approval.subsidy
    assert not (final.payable and final.excess)
    whole = claims.same_year_claim(SCHEME, ON, approval, settled=settled)
    assert whole.payable == final.entitlement


@given(approvals(), totals, money, st.integers(0, 1_000_000))
def test_c6_c7_a_refund_is_what_is_held_too_much(
    approval: Approval, new_total: int, received: int, declared: int
) -> None:
    found = refunds.change(
        SCHEME,
        ON,
        approval,
        new_total=new_total,
        received=received,
        interest=Interest(declared, max(received, 1)),
    )
    assert found.entitlement <= approval.subsidy
    assert found.refund == max(0, received - found.entitlement)
    # The fraction goes to the treasury: what stays never exceeds the exact share.
    assert found.entitlement <= Fraction(approval.subsidy, approval.total) * max(new_total, approval.total)
    assert found.interest is not None
    assert 0 <= found.interest <= declared


@given(approvals(), st.lists(st.integers(0, 100), min_size=1, max_size=10), money, st.data())
def test_c8_force_majeure_never_keeps_less_than_another_cause(
    approval: Approval, done: list[int], received: int, data: st.DataObject
) -> None:
    items = [Item(data.draw(money), Fraction(percent, 100)) for percent in done]
    kept = {
        cause: refunds.termination(SCHEME, ON, approval, cause=cause, items=items, received=received).refund
        for cause in ("force_majeure", "other")
    }
    assert 0 <= kept["force_majeure"] <= kept["other"] == received


@given(money, st.fractions(min_value=0, max_value=1))
def test_c10_a_cut_never_raises(approved: int, cut: Fraction) -> None:
    found = amounts.legislative_cut(SCHEME, ON, approved=approved, method="pro_rata", cut=cut)
    assert 0 <= found.approved <= approved
    assert found.approved <= approved * (1 - cut)


@settings(deadline=None)
@given(days, st.sampled_from(["claim", "procure", "first_claim", "final_claim", "startup_age"]))
def test_c5_recomputing_a_stored_deadline_gives_the_same_day(day: date, kind: str) -> None:
    request = {
        "scheme": "mature-2019",
        "on": ON.isoformat(),
        "calculation": "deadlines",
        "inputs": {"kind": kind, "date": day.isoformat()},
    }
    answer = compute(request)
    assert recompute(answer) == answer


class AnyOrder(RuleBasedStateMachine):
    """A case to which claims, changes, cuts, refunds and an end happen in any order.

    The amounts on the left are sums of what was paid and returned, as a ledger keeps them; ``limit`` is the
    subsidy that changes and cuts have left.
    """

    @initialize(eligible=totals, tier=tiers, requested=money)
    def approve(self, eligible: int, tier: int, requested: int) -> None:
        ceiling = amounts.ceiling(SCHEME, ON, eligible=eligible, tier=tier).ceiling
        assert ceiling is not None
        found = amounts.approved(SCHEME, ON, requested=requested, ceiling=ceiling, total=eligible)
        self.ceiling = ceiling
        self.approval = found.approval
        self.limit = found.approved
        self.paid = self.returned = 0
        self.ended = False

    @rule(spent=money)
    def claim_first_instalment(self, spent: int) -> None:
        if not self.ended:
            found = claims.first_instalment(
                SCHEME, ON, self.approval, spent=spent, paid=self.paid - self.returned, limit=self.limit
            )
            self.paid += found.payable

    @rule(settled=money)
    def claim_final_instalment(self, settled: int) -> None:
        if not self.ended:
            found = claims.final_instalment(
                SCHEME, ON, self.approval, settled=settled, paid=self.paid - self.returned, limit=self.limit
            )
            self.paid += found.payable
            self.returned += found.excess
            assert self.paid - self.returned <= self.limit

    @rule(settled=money)
    def claim_once(self, settled: int) -> None:
        if not self.ended:
            found = claims.same_year_claim(
                SCHEME, ON, self.approval, settled=settled, paid=self.paid - self.returned, limit=self.limit
            )
            self.paid += found.payable

    @rule(new_total=totals)
    def change_plan(self, new_total: int) -> None:
        if not self.ended:
            found = refunds.change(
                SCHEME,
                ON,
                self.approval,
                new_total=new_total,
                received=self.paid,
                returned=self.returned,
            )
            self.limit = min(self.limit, found.entitlement)
            self.returned += found.refund
            assert self.paid - self.returned <= found.entitlement

    @rule(cut=st.fractions(min_value=0, max_value=1))
    def cut_budget(self, cut: Fraction) -> None:
        found = amounts.legislative_cut(SCHEME, ON, approved=self.limit, method="pro_rata", cut=cut)
        # What was already paid is not reduced by itself.
        self.limit = max(found.approved, self.paid - self.returned)

    @rule(done=st.lists(st.integers(0, 100), min_size=1, max_size=3), cause=st.booleans(), data=st.data())
    def end_plan(self, done: list[int], cause: bool, data: st.DataObject) -> None:
        if not self.ended:
            found = refunds.termination(
                SCHEME,
                ON,
                self.approval,
                cause="force_majeure" if cause else "other",
                items=[Item(data.draw(money), Fraction(percent, 100)) for percent in done],
                received=self.paid,
                returned=self.returned,
            )
            self.returned += found.refund
            self.ended = True
            assert self.paid - self.returned <= found.entitlement

    @rule(scale=st.sampled_from(["none", "part", "all"]), data=st.data())
    def revoke(self, scale: str, data: st.DataObject) -> None:
        held = self.paid - self.returned
        part = data.draw(st.integers(0, held)) if scale == "part" else None
        found = refunds.revocation(
            SCHEME,
            approved=self.approval.subsidy,
            paid=self.paid,
            returned=self.returned,
            stop="all",
            claw_back=scale,
            claw_back_amount=part,
        )
        self.returned += found.refund
        self.ended = True

    @invariant()
    def money_stays_within_its_limits(self) -> None:
        if hasattr(self, "approval"):
            assert 0 <= self.paid - self.returned <= self.approval.subsidy <= self.ceiling <= CAP
            assert 0 <= self.limit <= self.approval.subsidy
            assert self.approval.subsidy + self.approval.own_share == self.approval.total


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
TestAnyOrder = AnyOrder.TestCase
