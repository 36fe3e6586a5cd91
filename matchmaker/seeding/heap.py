"""Many challenges and startups for load tests, written in bulk: the operations would take too long.

The texts are put together from word lists by a seeded generator: the same number makes the same data. States
are spread as in a year of use; there are no proposals, panels or pilots behind them.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import insert, select
from tqdm import tqdm

from matchmaker.challenges.models import (
    STATEMENT_FIELDS,
    Challenge,
    ChallengeCounter,
    ChallengeText,
    Criterion,
)
from matchmaker.challenges.states import UNPUBLISHED, ChallengeState
from matchmaker.challenges.templates import DEFAULT, criteria_templates
from matchmaker.foundation import audit, clock
from matchmaker.foundation.db import REF_ALPHABET, db, unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.identifiers import ubn_refusal
from matchmaker.kernel.programme import Domain
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.actor import SYSTEM
from matchmaker.people.models import County, Organization, StartupProfile
from matchmaker.people.states import AgencyKind, OrganizationKind, OrganizationState
from matchmaker.seeding import signins
from matchmaker.seeding.reading import toml

Row = dict[str, Any]
AGENCIES = 60
BATCH = 500
FIRST_UBN = 100_000
"""Numbers below one million were given to no company that we know of."""

_S = ChallengeState
SPREAD = {
    _S.PUBLISHED: 45,
    _S.CONCLUDED: 20,
    _S.IN_PILOT: 8,
    _S.DECIDED: 3,
    _S.JUDGING: 4,
    _S.SCREENING: 2,
    _S.OPENED: 2,
    _S.DRAFT: 6,
    _S.IN_TRIAGE: 4,
    _S.RETURNED: 2,
    _S.CANCELLED: 4,
}
"""Of a hundred challenges. A fifth of the published ones have passed their deadline."""


def pile(*, challenges: int, startups: int, number: int) -> None:
    """Write the heap; a second call with the same number changes nothing."""
    email = f"heap-{number}@{signins.DOMAIN}"
    with unit_of_work():
        if people_queries.user_by_email(email) is not None:
            return
        now = clock.now()
        user = people.create_user(email=email, name="負載測試（測試）", at=now)
        maker = Maker(random.Random(number), now, user.id)  # noqa: S311 - data, not secrets
        agencies = _insert(Organization, list(maker.agencies()), "agencies")
        made = _insert(Organization, list(maker.startups(startups)), "startups")
        _insert(StartupProfile, list(maker.profiles(made)), "profiles")
        needs = list(maker.challenges(challenges, agencies))
        _number(needs)
        ids = _insert(Challenge, needs, "challenges")
        _insert(ChallengeText, maker.texts(needs, ids), "statements", total=2 * len(ids))
        criteria = criteria_templates()[DEFAULT].criteria
        _insert(Criterion, maker.criteria(ids), "criteria", total=len(ids) * len(criteria))
        counts = {"challenges": challenges, "startups": startups, "number": number}
        audit.record(type="heap.piled", subject="heap:data", actor_ref=SYSTEM.ref, at=now, body=counts)


def _insert(
    model: Any, rows: Sequence[Row] | Iterator[Row], what: str, *, total: int | None = None
) -> list[int]:
    """Write rows in batches and return their keys in the same order."""
    keys: list[int] = []
    stream = iter(rows)
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    with tqdm(total=total if total is not None else len(rows), unit=what) as bar:  # type: ignore[arg-type]
        while batch := list(itertools.islice(stream, BATCH)):
            keys += db.session.execute(statement, batch).scalars()
            bar.update(len(batch))
    return keys


def _number(needs: Sequence[Row]) -> None:
    """Give each published challenge the next public code of its year."""
    published = sorted((row for row in needs if row["published_at"]), key=lambda row: row["published_at"])
    counters = {row.year: row for row in db.session.execute(select(ChallengeCounter)).scalars()}
    last = Counter({year: row.last for year, row in counters.items()})
    for row in published:
        year = local_day(row["published_at"]).year
        last[year] += 1
        row["code"] = f"ch-{year}-{last[year]:06d}"
    for year, value in last.items():
        if year in counters:
            counters[year].last = value
        else:
            db.session.add(ChallengeCounter(year=year, last=value))
    db.session.flush()


@dataclass(slots=False)
class Maker:
    """Makes rows from word lists and chance."""

    chance: random.Random
    now: datetime
    user_id: int

    @cached_property
    def words(self) -> Mapping[str, Any]:
        return toml("demo", "words.toml")

    @cached_property
    def today(self) -> date:
        return local_day(self.now)

    def pick(self, name: str) -> tuple[str, str]:
        """A pair of the list, Chinese and English."""
        zh, en = self.chance.choice(self.words[name])
        return zh, en

    def topic(self, domain: Domain) -> tuple[str, str]:
        zh, en = self.chance.choice(self.words["domain"][domain.value]["topics"])
        return zh, en

    def ref(self) -> str:
        return "".join(self.chance.choices(REF_ALPHABET, k=10))

    def _organization(self, kind: OrganizationKind, zh: str, en: str, state: OrganizationState) -> Row:
        created = self.now - timedelta(
            days=self.chance.randint(30, 700), minutes=self.chance.randint(0, 1440)
        )
        decided = state is not OrganizationState.PENDING
        return {
            "ref": self.ref(),
            "version": 1,
            "kind": kind,
            "state": state,
            "name_zh": zh,
            "name_en": en,
            "fictitious": True,
            "created_at": created,
            "decided_at": created + timedelta(days=1) if decided else None,
            "ubn": None,
            "agency_kind": None,
            "county_id": self.chance.choice(self._counties),
            "founded_on": None,
        }

    @cached_property
    def _counties(self) -> list[int]:
        return list(db.session.scalars(select(County.id).order_by(County.position)))

    def agencies(self) -> Iterator[Row]:
        """The bodies that set the challenges."""
        kinds = (
            [AgencyKind.LOCAL] * 6 + [AgencyKind.CENTRAL] * 2 + [AgencyKind.SCHOOL, AgencyKind.STATE_OWNED]
        )
        for number in range(1, AGENCIES + 1):
            zh, en = self.pick("places")
            row = self._organization(
                OrganizationKind.AGENCY,
                f"測試・{zh}管理處第{number}號",
                f"Test: office {number} of {en}",
                OrganizationState.CONFIRMED,
            )
            row["agency_kind"] = self.chance.choice(kinds)
            yield row

    def startups(self, count: int) -> Iterator[Row]:
        """Companies, most of them confirmed and young enough."""
        ubns = self._free_ubns()
        states = (OrganizationState.CONFIRMED, OrganizationState.PENDING, OrganizationState.SUSPENDED)
        for number in range(1, count + 1):
            kind_zh, kind_en = self.pick("kinds")
            name = "".join(self.chance.sample(self.words["names"], 2))
            row = self._organization(
                OrganizationKind.STARTUP,
                f"測試・{name}{kind_zh}股份有限公司{number}",
                f"Test: {kind_en} Company {number}",
                self.chance.choices(states, weights=(92, 5, 3))[0],
            )
            row["ubn"] = next(ubns)
            row["founded_on"] = self.today - timedelta(days=self.chance.randint(120, 2400))
            yield row

    def _free_ubns(self) -> Iterator[str]:
        taken = set(db.session.scalars(select(Organization.ubn).where(Organization.ubn.is_not(None))))
        for value in itertools.count(FIRST_UBN):
            text = f"{value:08d}"
            if text not in taken and ubn_refusal(text) is None:
                yield text

    def profiles(self, organizations: Sequence[int]) -> Iterator[Row]:
        """What each company offers: two domains, three methods, the topics it knows."""
        for organization_id in organizations:
            domains = self.chance.sample(list(Domain), 2)
            topics = [self.topic(domain) for domain in domains for _ in range(2)]
            methods = [self.pick("methods") for _ in range(3)]
            people_zh, people_en = self.pick("people")
            gain_zh, gain_en = self.pick("measures")
            where_zh, where_en = self.pick("places")
            yield {
                "version": 1,
                "organization_id": organization_id,
                "tagline_zh": f"以{methods[0][0]}改善{topics[0][0]}",
                "tagline_en": f"{methods[0][1].capitalize()} for {topics[0][1]}",
                "offer_zh": f"我們結合{methods[0][0]}、{methods[1][0]}與{methods[2][0]}，協助機關處理{topics[0][0]}、"
                f"{topics[1][0]}及{topics[2][0]}。服務對象包括{people_zh}，成果以{gain_zh}為目標。",
                "offer_en": f"We combine {methods[0][1]}, {methods[1][1]} and {methods[2][1]} to help agencies with "
                f"{topics[0][1]}, {topics[1][1]} and {topics[2][1]}. We work for {people_en}; the aim is "
                f"that {gain_en}.",
                "evidence_zh": f"曾於{where_zh}與民間業者合作{topics[3][0]}。",
                "evidence_en": f"Worked with a private firm on {topics[3][1]} at {where_en}.",
                "domains": [domain.value for domain in domains],
                "tags": [methods[0][0], topics[0][0], methods[0][1], topics[0][1]],
                "employees": self.chance.randint(2, 60),
                "willing": self.chance.random() > 0.05,
            }

    def challenges(self, count: int, agencies: Sequence[int]) -> Iterator[Row]:
        """Needs and challenges in all stored states, each with the times that its state asks for."""
        states, weights = list(SPREAD), list(SPREAD.values())
        for _ in range(count):
            state = self.chance.choices(states, weights=weights)[0]
            yield {
                "ref": self.ref(),
                "version": 1,
                "code": None,
                "state": state,
                "organization_id": self.chance.choice(agencies),
                "domain": self.chance.choice(list(Domain)),
                "budget": self.chance.randint(2, 40) * 50_000,
                "grant_ceiling": self.chance.randint(10, 30) * 50_000,
                "most_awards": self.chance.choice((1, 1, 1, 2)),
                "pilot_months": 6,
                "contact_name": "負載測試（測試）",
                "contact_email": f"heap@{signins.DOMAIN}",
                "source_note": "負載測試資料，全為虛構。Load test data, all made up.",
                "created_by_id": self.user_id,
                **self._times(state),
            }

    def _times(self, state: ChallengeState) -> Row:
        made: Row = dict.fromkeys(
            ("opens_at", "closes_at", "handed_in_at", "published_at", "opened_at", "decided_at", "concluded_at",
             "cancelled_at")
        )  # fmt: skip
        window = timedelta(days=self.chance.randint(30, 45))
        if state in UNPUBLISHED:
            created = self.now - timedelta(days=self.chance.randint(1, 60))
            handed_in = None if state is _S.DRAFT else created + timedelta(hours=20)
            return made | {"created_at": created, "handed_in_at": handed_in}
        if state is _S.PUBLISHED:
            closes = self.now + timedelta(hours=self.chance.randint(-200, 800))
        else:
            closes = self.now - timedelta(days=self.chance.randint(30, 900))
        opens = closes - window
        made |= {
            "created_at": opens - timedelta(days=10),
            "handed_in_at": opens - timedelta(days=5),
            "published_at": opens - timedelta(hours=1),
            "opens_at": opens,
            "closes_at": closes,
        }
        if state is _S.CANCELLED:
            return made | {"cancelled_at": opens + window / 2}
        later = [_S.OPENED, _S.SCREENING, _S.JUDGING, _S.DECIDED, _S.IN_PILOT, _S.CONCLUDED]
        if state in later:
            made["opened_at"] = closes + timedelta(days=1)
        if state in later[3:]:
            made["decided_at"] = closes + timedelta(days=25)
        if state is _S.CONCLUDED:
            made["concluded_at"] = min(closes + timedelta(days=220), self.now)
        return made

    def texts(self, needs: Sequence[Row], ids: Sequence[int]) -> Iterator[Row]:
        """Both statements of each challenge."""
        for row, key in zip(needs, ids, strict=True):
            for language, statement in zip(("zh", "en"), self._statements(row["domain"]), strict=True):
                yield {"challenge_id": key, "language": language, **statement}

    def _statements(self, domain: Domain) -> tuple[Row, Row]:
        topic, place, who, other = (
            self.topic(domain),
            self.pick("places"),
            self.pick("people"),
            self.pick("people"),
        )
        how, gap, goal, method = (self.pick(name) for name in ("handling", "gaps", "measures", "methods"))
        number = self.chance.randint(20, 900)
        zh = {
            "title": f"{place[0]}的{topic[0]}",
            "summary": f"{place[0]}長期面臨{topic[0]}的困擾，影響{who[0]}。希望以{method[0]}等新方法，讓{goal[0]}。",
            "problem": f"{topic[0]}在{place[0]}每月約發生{number}次，處理時往往已經太晚，{who[0]}首當其衝。",
            "affected": f"{who[0]}與{other[0]}，估計約{number * 3}人。",
            "current_handling": f"目前{how[0]}，尖峰時段人力不足。",
            "solution_gap": f"{gap[0]}；曾評估{method[0]}，但未有適合{place[0]}的作法。",
            "outcome": f"半年內讓{goal[0]}，並能推廣到其他場域。",
            "success_measures": f"{goal[0]}；{who[0]}的使用意願。",
            "site": f"{place[0]}及周邊，提供電力與網路。",
            "support": "指派一名窗口，協助場域、資料與說明會。",
            "data_available": f"過去兩年{topic[0]}的紀錄，已去識別化。",
            "limits": "個人資料蒐集最少化，設備不得影響既有設施。",
        }
        en = {
            "title": f"{topic[1].capitalize()} at {place[1]}",
            "summary": f"{place[1].capitalize()} has long suffered from {topic[1]}, to the harm of {who[1]}. With "
            f"new ways such as {method[1]} we hope that {goal[1]}.",
            "problem": f"{topic[1].capitalize()} at {place[1]} comes up about {number} times a month and is mostly dealt "
            f"with too late; {who[1]} bear it first.",
            "affected": f"{who[1].capitalize()} and {other[1]}, about {number * 3} people.",
            "current_handling": f"Now it is {how[1]}, and at peak times there are too few hands.",
            "solution_gap": f"{gap[1].capitalize()}; {method[1]} was considered, but nothing fits {place[1]}.",
            "outcome": f"Within half a year {goal[1]}, in a way that other places can take up.",
            "success_measures": f"{goal[1].capitalize()}, and {who[1]} are willing to use it.",
            "site": f"{place[1].capitalize()} and its surroundings, with power and network.",
            "support": "One contact person, help with the site, data and briefings.",
            "data_available": f"Two years of records of {topic[1]}, without personal data.",
            "limits": "As little personal data as possible; existing installations are not to be touched.",
        }
        assert set(zh) == set(en) == {"title", "summary", *STATEMENT_FIELDS}
        return zh, en

    def criteria(self, ids: Sequence[int]) -> Iterator[Row]:
        """The standard criteria for each challenge."""
        for key in ids:
            for position, each in enumerate(criteria_templates()[DEFAULT].criteria, 1):
                yield {
                    "ref": self.ref(),
                    "challenge_id": key,
                    "position": position,
                    "name_zh": each.name_zh,
                    "name_en": each.name_en,
                    "guide_zh": each.guide_zh,
                    "guide_en": each.guide_en,
                    "weight": each.weight,
                }
