"""What a need still lacks before it can be handed in and published, and what staff should think about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.challenges.models import Challenge, ChallengeText, Criterion
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.words import N_

FULL_WEIGHT = 100
WINDOW_DAYS = (30, 45)
"""The usual length of a call in days; assumed, since the programme's own rule is not known."""
PILOT_MONTHS = (5, 7)
"""A pilot lasts about half a year; outside of this a warning, not an error (R-091)."""

STATEMENT_NEEDS = {
    "title": Reason("challenges.title_needed", N_("Enter a title.")),
    "summary": Reason("challenges.summary_needed", N_("Sum the need up in two or three sentences.")),
    "problem": Reason("challenges.problem_needed", N_("Describe the problem.")),
    "affected": Reason("challenges.affected_needed", N_("Say who suffers from the problem, and how many.")),
    "current_handling": Reason("challenges.handling_needed", N_("Say how the problem is handled now.")),
    "solution_gap": Reason("challenges.gap_needed", N_("Say why what the market offers falls short.")),
    "outcome": Reason("challenges.outcome_needed", N_("Say what should be different afterwards.")),
    "success_measures": Reason("challenges.measures_needed", N_("Say how success will be measured.")),
    "site": Reason("challenges.site_needed", N_("Name the pilot site.")),
    "support": Reason("challenges.support_needed", N_("Say what support the agency gives.")),
}
DOMAIN_NEEDED = Reason("challenges.domain_needed", N_("Choose the domain."))
MONEY_NEEDED = Reason("challenges.money_needed", N_("Enter the agency's budget or the grant ceiling."))
WINDOW_NEEDED = Reason("challenges.window_needed", N_("Say when the call opens and closes."))
WINDOW_PAST = Reason(
    "challenges.window_past", N_("The call would close on %(at)s, which has passed. Choose a later day.")
)
CRITERIA_NEEDED = Reason("challenges.criteria_needed", N_("Choose the criteria."))
WEIGHTS_WRONG = Reason(
    "challenges.weights_wrong", N_("The weights add up to %(sum)s. They have to add up to 100.")
)

WINDOW_UNUSUAL = Reason(
    "challenges.window_unusual",
    N_("The call is open for %(days)s days; usual are %(low)s to %(high)s (assumed)."),
)
PILOT_UNUSUAL = Reason(
    "challenges.pilot_unusual", N_("The pilot is to last %(months)s months; about half a year is usual.")
)
ENGLISH_MISSING = Reason(
    "challenges.english_missing",
    N_("There is no English statement. Readers of English will see the Chinese one."),
)
ENGLISH_PARTIAL = Reason(
    "challenges.english_partial", N_("The English statement lacks parts that the Chinese one has.")
)
CRITERIA_ONE_LANGUAGE = Reason(
    "challenges.criteria_one_language", N_("Some criteria have no English name or guide.")
)
NO_CONTACT = Reason("challenges.no_contact", N_("Nobody is named whom startups can ask."))
OPENS_LATE = Reason("challenges.opens_late", N_("The call opened on %(at)s, before its publication."))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: in which part (zh, en, terms, criteria), at which field, and what to do."""

    part: str
    field: str
    reason: Denied


def _statement_gaps(text: ChallengeText | None) -> list[Gap]:
    return [
        Gap("zh", field, deny(reason))
        for field, reason in STATEMENT_NEEDS.items()
        if text is None or not getattr(text, field).strip()
    ]


def weight_of(criteria: Sequence[Criterion]) -> int:
    """The sum of the weights, in percent."""
    return sum(criterion.weight for criterion in criteria)


def gaps(challenge: Challenge, now: datetime) -> list[Gap]:
    """Everything that keeps the need from publication, in the order of its pages. Needs texts and criteria."""
    found = _statement_gaps(challenge.text_in("zh"))
    if challenge.domain is None:
        found.append(Gap("terms", "domain", deny(DOMAIN_NEEDED)))
    if not challenge.budget and not challenge.grant_ceiling:
        found.append(Gap("terms", "budget", deny(MONEY_NEEDED)))
    if challenge.opens_at is None or challenge.closes_at is None:
        found.append(Gap("terms", "opens_at", deny(WINDOW_NEEDED)))
    elif challenge.closes_at <= now:
        found.append(Gap("terms", "closes_at", deny(WINDOW_PAST, at=challenge.closes_at)))
    if not challenge.criteria:
        found.append(Gap("criteria", "criteria", deny(CRITERIA_NEEDED)))
    elif weight_of(challenge.criteria) != FULL_WEIGHT:
        found.append(Gap("criteria", "criteria", deny(WEIGHTS_WRONG, sum=weight_of(challenge.criteria))))
    return found


def warnings(challenge: Challenge, now: datetime) -> list[Denied]:
    """What is unusual but allowed; shown to the agency and to staff. Needs texts and criteria."""
    found: list[Denied] = []
    if challenge.opens_at is not None and challenge.closes_at is not None:
        days = max(1, round((challenge.closes_at - challenge.opens_at) / timedelta(days=1)))
        low, high = WINDOW_DAYS
        if not low <= days <= high:
            found.append(deny(WINDOW_UNUSUAL, days=days, low=low, high=high))
        if challenge.published_at is None and challenge.opens_at < now < challenge.closes_at:
            found.append(deny(OPENS_LATE, at=challenge.opens_at))
    if not PILOT_MONTHS[0] <= challenge.pilot_months <= PILOT_MONTHS[1]:
        found.append(deny(PILOT_UNUSUAL, months=challenge.pilot_months))
    found += _language_warnings(challenge)
    if not challenge.contact_name or not (challenge.contact_email or challenge.contact_phone):
        found.append(deny(NO_CONTACT))
    return found


def _language_warnings(challenge: Challenge) -> list[Denied]:
    found: list[Denied] = []
    chinese, english = challenge.text_in("zh"), challenge.text_in("en")
    if english is None:
        found.append(deny(ENGLISH_MISSING))
    elif chinese is not None and any(
        getattr(chinese, field) and not getattr(english, field) for field in STATEMENT_NEEDS
    ):
        found.append(deny(ENGLISH_PARTIAL))
    if any((c.name_zh and not c.name_en) or (c.guide_zh and not c.guide_en) for c in challenge.criteria):
        found.append(deny(CRITERIA_ONE_LANGUAGE))
    return found
