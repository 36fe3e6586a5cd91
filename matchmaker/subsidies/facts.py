"""What people hand over about subsidised cases: plain values, checked by the operations. Money is whole NT$."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.foundation.files import Upload
from matchmaker.subsidies.states import (
    BudgetState,
    ClaimKind,
    CutMethod,
    EndKind,
    LineKind,
    Matter,
    Scale,
    YuanState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """A yearly round; ``scheme`` names the scheme, its newest version is taken."""

    code: str
    title_zh: str
    title_en: str = ""
    scheme: str
    year: int
    opens_on: date
    closes_on: date
    budget: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """An official letter: its number (發文字號), its date, what it says.

    ``hearing`` and ``remedy`` are needed where the decision goes against the agency.
    """

    number: str
    dated_on: date
    body: str = ""
    hearing: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """An uploaded file and which document of the scheme it is."""

    kind: str
    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """An item of the plan by its catalog reference; its price and words are frozen from the catalog."""

    item: str
    kind: LineKind = LineKind.ONE_OFF
    quantity: int
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """The subsidy plan (R-060, R-061): what for, by whom, from when to when, how it goes on afterwards."""

    title_zh: str
    title_en: str = ""
    bureau: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    purpose: str = ""
    benefits: str = ""
    sustainment: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    requested: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankFacts:
    """A case before the meeting; an adjusted amount names one of the scheme's four reasons (R-056)."""

    case: str
    rank: int
    recommended: bool = True
    amount: int | None = None
    adjustment: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """A review meeting with its ranking (R-013)."""

    held_on: date
    place: str = ""
    members: str = ""
    minutes: str = ""
    ranking: Sequence[RankFacts] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order of the plan: its number on the e-procurement system, its day, its eligible value."""

    pcc_number: str
    ordered_on: date
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFacts:
    """How the subsidy got into the agency's budget, and whether its matching funds are in it (R-071, Q-05)."""

    state: BudgetState
    with_matching: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressFacts:
    """Days from which deadlines are counted: acceptance completed, first use, the plan closed."""

    accepted_on: date | None = None
    first_use_on: date | None = None
    plan_closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """A claim: which one, and the eligible cost that was settled, or spent so far for the first instalment."""

    kind: ClaimKind
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money that left or came back: the day, the number of the voucher."""

    on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationFacts:
    """What the agency reserves for the next year, and why not all was claimed (R-072)."""

    amount: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YuanFacts:
    """The Executive Yuan's word on the programme's carry-over; an amount may be approved in part."""

    state: YuanState
    decided_on: date
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFacts:
    """A legislative cut: in proportion (``share``, a decimal string), or a negotiated amount with its reason."""

    year: int
    method: CutMethod
    share: str | None = None
    amount: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure of the expected benefit, before and after the change (field 5.9)."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row of the table of differences (field 5.15)."""

    original: str
    changed: str
    difference: str
    comparison: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """Annex 5 as the agency fills it; the subsidy of both rows follows from the cost and is not typed."""

    contact_name: str
    contact_phone: str
    starts_on: date
    ends_on: date
    subjects: str
    reason: str
    content: str
    benefits: str
    metrics: Sequence[Metric] = ()
    differences: Sequence[Difference] = ()
    cost_after: int
    force_majeure: str = ""
    declared_interest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A row of field 6.8, in NT$ with its budget, from which the executed part is counted (C8)."""

    item: str
    budget: int
    executed: bool | None
    text: str = ""
    percent: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminationFacts:
    """Annex 6 as the agency fills it: everything but the right box."""

    contact_name: str
    contact_phone: str
    contact_extension: str = ""
    starts_on: date
    ends_on: date
    terminates_on: date
    reason: str
    items: Sequence[WorkItem] = ()
    left_interest: int = 0
    left_other: int = 0
    force_majeure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightBox:
    """Field 6.11, the programme office's own; it is final and may differ from what was counted (Q-14)."""

    subsidy: int
    interest: int
    other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFacts:
    """Which deadline is to move until when, and why (R-084)."""

    matter: Matter
    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionFacts:
    """A check: kind and subject of the scheme's lists, the day, what was found (R-086)."""

    kind: str
    subject: str
    on: date
    finding: str
    untrue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFacts:
    """Annulment or revocation: its cause, and the two scales with their amounts where they are a part (R-089)."""

    kind: EndKind
    cause: str
    stop: Scale
    stop_amount: int | None = None
    claw_back: Scale
    claw_back_amount: int | None = None
