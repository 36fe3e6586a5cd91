"""What the demo year says: both languages, invented things marked, nothing on offer."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.challenges.completeness import STATEMENT_NEEDS
from matchmaker.challenges.models import STATEMENT_FIELDS
from matchmaker.challenges.templates import criteria_templates
from matchmaker.kernel.dates import TAIPEI, local_day
from matchmaker.kernel.identifiers import ubn_refusal
from matchmaker.kernel.programme import Domain
from matchmaker.seeding import demo, reading, reference
from matchmaker.seeding.stories import Story

STORIES = {row["key"]: row for row in reading.stories()}
STARTUPS = {row["key"]: row for row in reading.toml("demo", "startups.toml")["startup"]}
PEOPLE = reading.toml("demo", "people.toml")
CATALOG = reading.toml("demo", "catalog.toml")


def texts(value):
    """Every string in a parsed file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("key", STORIES)
def test_a_challenge_is_told_in_both_languages(key):
    row = STORIES[key]
    fields = {"title", "summary", *STATEMENT_FIELDS}
    assert set(row["zh"]) == set(row["en"]) == fields
    if "handed_in" in row["timeline"]:
        assert all(row[language][field] for language in ("zh", "en") for field in STATEMENT_NEEDS)
    for language in ("zh", "en"):
        for field, text in row[language].items():
            assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh" and bool(text)), field
    assert row["criteria"] in criteria_templates()


@pytest.mark.parametrize("key", STORIES)
def test_a_challenge_says_what_is_assumed(key):
    row = STORIES[key]
    note = row["source_note"]
    assert len(note) <= 200
    assert "假設" in note
    assert "assumed" in note
    if "published" in row["timeline"] and row["timeline"]["closes"] > 0:
        assert "並非現行徵件" in note
        assert "no open call" in note


def test_all_six_domains_occur():
    assert {row["domain"] for row in STORIES.values()} == set(Domain)


def test_chinese_is_that_of_taiwan():
    whole = "".join(texts([STORIES, STARTUPS, PEOPLE, CATALOG, reading.toml("demo", "words.toml")]))
    assert not re.search(r"台[灣北中南東]|平台幣", whole)
    for wrong in ("視頻", "質量管理", "信息", "軟件", "網絡", "用戶", "激活", "數據庫"):
        assert wrong not in whole, wrong
    assert not re.search(r"[\u4e00-\u9fff][;:?!][\u4e00-\u9fff]", whole), "half-width punctuation in Chinese"


def test_every_invented_person_is_marked():
    office, agencies, partners = PEOPLE["office"], PEOPLE["agency"], PEOPLE["partner"]
    groups = [office, *agencies, *partners, *STARTUPS.values()]
    people = [person for group in groups for person in group["person"]]
    assert len({person["key"] for person in people}) == len(people)
    names = [person["name"] for person in people]
    names += [member["name"] for row in STARTUPS.values() for member in row.get("team", ())]
    assert all(name.endswith(("（測試）", "(Test)")) for name in names)
    for row in STORIES.values():
        assert row["contact"][0].endswith("（測試）")


def test_every_invented_body_is_marked():
    real = set(reference.agencies())
    invented = [
        row for row in [*PEOPLE["agency"], *PEOPLE["partner"], *STARTUPS.values()] if row["key"] not in real
    ]
    assert all(row["zh"].startswith("測試・") and row["en"].startswith("Test: ") for row in invented)
    assert {row["key"] for row in PEOPLE["agency"]} >= real, "every agency of the directory takes part"
    for row in STARTUPS.values():
        for proof in row.get("evidence", ()):
            assert proof["organization"].startswith("測試・")


def test_made_up_numbers_pass_the_check_and_belong_to_nobody():
    rows = [*PEOPLE["agency"], *PEOPLE["partner"], *STARTUPS.values()]
    ubns = [row["ubn"] for row in rows if "ubn" in row]
    assert len(set(ubns)) == len(ubns)
    for ubn in ubns:
        assert ubn_refusal(ubn) is None
        assert int(ubn) < 10_000


def test_an_adoption_names_a_source():
    for item in CATALOG["item"]:
        for adoption in item.get("adoption", ()):
            assert adoption["source_note"]
            assert "採用" in adoption["source_note"]


DAYS = [datetime(2026, 11, 22, 3, tzinfo=UTC) + timedelta(days=offset) for offset in (*range(7), 40, 98, 463)]


@pytest.mark.parametrize("now", DAYS, ids=lambda now: f"{now:%a %Y-%m-%d}")
def test_the_year_fits_any_day_of_loading(now):
    schedule = demo.plan(now, "hash")
    steps = schedule.steps()
    midnight = datetime.combine(local_day(now), datetime.min.time(), tzinfo=TAIPEI)
    assert all(step.at < midnight for step in steps), "everything has happened before today"
    assert all(step.at.astimezone(TAIPEI).weekday() < 5 for step in steps if "scores" not in step.title)
    closes = {
        key: Story.closes_at(schedule, row) for key, row in STORIES.items() if "closes" in row["timeline"]
    }
    for step in steps:
        key, _, rest = step.title.partition("/")
        if key in closes and re.search(r": is (begun|submitted|revised|withdrawn)$", rest):
            assert step.at < closes[key], step.title
    soon = [at for key, at in closes.items() if now < at and "published" in STORIES[key]["timeline"]]
    assert timedelta(days=1) < min(soon) - now < timedelta(days=7)
