"""Numbers of companies and agencies (context.md B-6 gives the vectors)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.identifiers import (
    InvalidIdentifier,
    oid_parent,
    parse_agency_code,
    parse_oid,
    parse_pcc_unit,
    parse_ubn,
    ubn_refusal,
)


@pytest.mark.parametrize("number", ["22099131", "04595257", "10458575", "10458574", "04595252", "10458570"])
def test_unified_business_numbers_of_the_old_and_the_new_rule_pass(number: str) -> None:
    assert parse_ubn(number) == number
    assert ubn_refusal(number) is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345678", "ubn.checksum"),
        ("12222539", "ubn.checksum"),
        ("00000000", "ubn.zero"),
        ("2209913", "ubn.length"),
        ("220991311", "ubn.length"),
        ("2209913A", "ubn.length"),
        ("٢٢٠٩٩١٣١", "ubn.length"),
        ("", "ubn.length"),
        ("22099131" + " " * 300 + "x", "ubn.length"),
        ("1" * 100_000, "ubn.length"),
    ],
)
def test_what_is_no_unified_business_number_says_why(number: str, code: str) -> None:
    with pytest.raises(InvalidIdentifier) as refusal:
        parse_ubn(number)
    assert refusal.value.code == code


def test_full_width_digits_and_spaces_are_taken() -> None:
    assert parse_ubn(" ２２０９ ９１３１ ") == "22099131"


@given(st.text())
def test_any_text_is_a_number_or_a_typed_refusal(text: str) -> None:
    for parse in (parse_ubn, parse_agency_code, parse_oid, parse_pcc_unit):
        with suppress(InvalidIdentifier):
            assert parse(parse(text)) == parse(text)


def test_agency_codes_have_ten_characters() -> None:
    assert parse_agency_code("379000000a") == "379000000A"
    assert parse_agency_code("３７６５７００００Ａ") == "376570000A"
    for text in ("379000000", "379000000AB", "379000000_", "臺北市政府機關代碼值"):
        with pytest.raises(InvalidIdentifier) as refusal:
            parse_agency_code(text)
        assert refusal.value.code == "agency_code.shape"


def test_oids_are_of_the_government_tree_and_know_their_parent() -> None:
    oid = parse_oid("2.16.886.101.20003.20007")
    assert oid_parent(oid) == "2.16.886.101.20003"
    assert oid_parent("2.16.886.101.20003") is None
    for text, code in (
        ("2.16.840.1", "oid.tree"),
        ("2.16.886.101", "oid.tree"),
        ("2.16..886", "oid.shape"),
        ("2.016.886.101.1", "oid.shape"),
        ("", "oid.shape"),
    ):
        with pytest.raises(InvalidIdentifier) as refusal:
            parse_oid(text)
        assert refusal.value.code == code


def test_unit_numbers_are_dotted() -> None:
    assert parse_pcc_unit("3.76.49.2") == "3.76.49.2"
    with pytest.raises(InvalidIdentifier):
        parse_pcc_unit("3,76")
