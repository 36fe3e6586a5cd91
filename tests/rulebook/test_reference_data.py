"""Fiscal tiers and working days as dated tables with their source."""

from datetime import date, timedelta

import pytest

from matchmaker.rulebook.reference import calendar, calendar_from, tier_table
from matchmaker.rulebook.tiers import UnknownGovernment

TIERS = tier_table()


def tiers_of(year: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for code, government in TIERS.governments.items():
        row = TIERS.tier(code, date(year, 7, 1))
        assert row is not None
        assert row.tier is not None
        found.setdefault(row.tier, set()).add(government.zh)
    return found


def test_there_are_22_local_governments() -> None:
    assert len(TIERS.governments) == 22
    kinds = [each.kind for each in TIERS.governments.values()]
    assert [kinds.count(kind) for kind in ("special_municipality", "county", "city")] == [6, 13, 3]


def test_the_table_of_2023_to_2025() -> None:
    assert tiers_of(2023) == tiers_of(2025)
    assert tiers_of(2024)[1] == {"臺北市"}
    assert tiers_of(2024)[2] == {"新北市", "臺中市"}
    assert {tier: len(names) for tier, names in tiers_of(2024).items()} == {1: 1, 2: 2, 3: 7, 4: 4, 5: 8}


def test_the_table_of_2026_to_2028() -> None:
    assert tiers_of(2026) == tiers_of(2028)
    assert tiers_of(2026)[1] == {"臺北市", "新竹縣", "新竹市", "臺東縣"}
    assert tiers_of(2026)[5] == {"臺南市", "彰化縣", "澎湖縣", "屏東縣", "連江縣"}
    assert {tier: len(names) for tier, names in tiers_of(2026).items()} == {1: 4, 2: 3, 3: 4, 4: 6, 5: 5}


@pytest.mark.parametrize("year", range(2018, 2023))
def test_before_2023_only_taipei_is_surely_tier_1(year: int) -> None:
    for code in TIERS.governments:
        row = TIERS.tier(code, date(year, 1, 1))
        assert row is not None
        assert row.certainty == "H"
        assert (row.tier == 1) == (code == "TW-TPE")
        assert 1 not in row.tiers or code == "TW-TPE"


@pytest.mark.parametrize("year", [2017, 2029])
def test_a_year_without_a_table_is_unknown(year: int) -> None:
    assert TIERS.tier("TW-TPE", date(year, 1, 1)) is None


def test_no_government_has_two_tiers_at_once() -> None:
    for year in range(2018, 2029):
        for code in TIERS.governments:
            covering = [
                row for row in TIERS.rows if row.government == code and row.from_year <= year <= row.to_year
            ]
            assert len(covering) == 1
            assert covering[0].source


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("台南市", "TW-TNN"),
        ("臺南市政府", "TW-TNN"),
        ("Tainan", "TW-TNN"),
        ("New Taipei City", "TW-NWT"),
        ("new taipei", "TW-NWT"),
        ("台東", "TW-TTT"),
        ("Hsinchu County", "TW-HSQ"),
        ("嘉義市", "TW-CYI"),
        ("376500000A", "TW-CYQ"),
        ("tpe", "TW-TPE"),
    ],
)
def test_a_government_is_found_by_its_names(name: str, code: str) -> None:
    assert TIERS.government(name).code == code


@pytest.mark.parametrize(
    ("name", "candidates"),
    [("新竹", ("新竹市", "新竹縣")), ("Chiayi", ("嘉義市", "嘉義縣")), ("經濟部", ()), ("", ())],
)
def test_a_name_that_is_none_or_two_is_refused(name: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(UnknownGovernment) as refusal:
        TIERS.government(name)
    assert refusal.value.candidates == candidates


# Working days


def days_off(year: int) -> int:
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return sum(not calendar().is_working(first + timedelta(days=n)) for n in range(days))


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2018, 115),
        (2019, 115),
        (2020, 115),
        (2021, 116),
        (2022, 115),
        (2023, 116),
        (2024, 115),
        (2026, 120),
    ],
)
def test_a_year_has_the_days_off_that_were_announced(year: int, off: int) -> None:
    assert days_off(year) == off


def test_2025_has_its_days_of_the_second_half() -> None:
    for day in (date(2025, 9, 29), date(2025, 10, 24), date(2025, 12, 25)):
        assert not calendar().is_working(day)


def test_make_up_saturdays_end_in_2025() -> None:
    assert calendar().is_working(date(2024, 2, 17))
    assert calendar().is_working(date(2025, 2, 8))
    assert all(day.weekday() == 5 for day in calendar().make_up)
    assert max(calendar().make_up) == date(2025, 2, 8)


def test_every_year_says_how_it_is_known() -> None:
    assert set(calendar().years) == set(range(2018, 2028))
    for year in calendar().years.values():
        assert year.source
        assert year.certainty in {"H", "M", "L"}
    assert calendar().years[2026].certainty == "H"
    assert calendar().years[2027].certainty == "M"


def test_rows_of_staff_are_checked() -> None:
    year = {"year": "2030", "certainty": "H", "source": "imported"}
    good = {"day": "2030-01-01", "kind": "day_off", "zh": "開國紀念日"}
    loaded = calendar_from([good], [year])
    assert not loaded.is_working(date(2030, 1, 1))
    assert loaded.is_working(date(2030, 1, 2))
    for bad in (
        {**good, "day": "2030-02-30"},
        {**good, "day": "2031-01-01"},
        {**good, "kind": "feast"},
    ):
        with pytest.raises(ValueError, match=r"day|year"):
            calendar_from([bad], [year])
