"""The contract of ``subsidy compute``: exact answers, refusals by name, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.kernel.money import MAX_TWD
from matchmaker.rulebook.commands import subsidy
from matchmaker.rulebook.compute import CALCULATIONS, compute, recompute
from matchmaker.rulebook.facts import BadFact

# One good request of each calculation, every optional input in it.
GOOD: dict[str, dict[str, Any]] = {
    "eligible": {
        "lines": [
            {"kind": "one_off", "unit_price": 1, "quantity": 2, "ordered_on": "2024-03-15"},
            {
                "kind": "period",
                "unit_price": 1_200,
                "quantity": 20,
                "units": 14,
                "unit": "month",
                "ordered_on": "2024-03-15",
                "service_starts_on": "2024-04-01",
            },
        ]
    },
    "ceiling": {"eligible": 680_000, "government": "臺北市"},
    "approved": {
        "requested": 900,
        "ceiling": 800,
        "review_amount": 700,
        "budget_left": 600,
        "total": 1_000,
    },
    "claim": {
        "plan": "cross_year",
        "approved_total": 420_000,
        "approved_subsidy": 378_000,
        "settled": 420_000,
        "spent": 105_000,
        "paid": 94_500,
    },
    "deadlines": {"kind": "procure", "date": "2024-03-15", "year": 2024},
    "change": {
        "approved_total": 1_000_000,
        "approved_subsidy": 900_000,
        "received": 900_000,
        "returned": 10_000,
        "new_total": 800_000,
        "declared_interest": 100,
        "principal_held": 890_000,
    },
    "interest_estimate": {
        "principal": 180_000,
        "rate": "0.007",
        "from": "2024-01-01",
        "to": "2024-07-01",
    },
    "termination": {
        "cause": "force_majeure",
        "approved_total": 1_000_000,
        "approved_subsidy": 900_000,
        "received": 900_000,
        "returned": 10_000,
        "items": [{"budget": 400_000, "percent": 100}, {"budget": 600_000, "percent": 25}],
        "declared_interest": 100,
        "principal_held": 890_000,
    },
    "reservation": {
        "approved": 378_000,
        "claimed": 94_500,
        "executive_yuan": "approved",
        "amount": 200_000,
    },
    "legislative_cut": {
        "approved": 1_000,
        "method": "negotiated",
        "cut": "0.1",
        "amount": 900,
        "reason": "協商",
    },
    "order_limits": {
        "category": "goods",
        "order_value": 500_000,
        "add_ons": 0,
        "per_order_max": 1_000_000,
        "orders_so_far": 0,
        "contract_budget": 10_000_000,
        "superior_approved": False,
    },
}
REQUIRED = {
    "eligible": ["lines"],
    "ceiling": ["eligible", "government"],
    "approved": ["requested", "ceiling", "total"],
    "claim": ["plan", "approved_total", "approved_subsidy"],
    "deadlines": ["kind", "date"],
    "change": ["approved_total", "approved_subsidy", "received", "new_total"],
    "interest_estimate": ["principal", "rate", "from", "to"],
    "termination": ["cause", "approved_total", "approved_subsidy", "received", "items"],
    "reservation": ["approved", "claimed", "executive_yuan"],
    "legislative_cut": ["approved", "method"],
    "order_limits": ["category", "order_value", "add_ons"],
}
FIELDS = [(name, key) for name, inputs in GOOD.items() for key in inputs]


def request(calculation: str, **changes: Any) -> dict[str, Any]:
    inputs = {**GOOD[calculation], **changes}
    return {"scheme": "mature-2019", "on": "2024-03-15", "calculation": calculation, "inputs": inputs}


def run(content: bytes | str) -> Result:
    return CliRunner().invoke(subsidy, ["compute", "-"], input=content)


def refused(asked: object) -> BadFact:
    with pytest.raises(BadFact) as refusal:
        compute(asked)
    return refusal.value


def test_every_calculation_is_covered_here() -> None:
    assert GOOD.keys() == REQUIRED.keys() == CALCULATIONS.keys()


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_holds_result_worksheet_and_version(name: str) -> None:
    answer = compute(request(name))
    assert answer.keys() == {"result", "worksheet", "scheme_version"}
    assert answer["scheme_version"] == "mature-2019@1"
    lines: Any = answer["worksheet"]
    assert lines[0]["given"] == {**request(name), "scheme": "mature-2019@1"}
    for line in lines:
        assert line["rule"]
        assert line["clause"]
        assert line["because"]
        assert line["because_zh"]
        assert "{" not in line["because"] + line["because_zh"]
        assert not isinstance(line["amount"], float)
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("name", GOOD)
def test_a_stored_answer_recomputes_to_the_same(name: str) -> None:
    answer = compute(request(name))
    assert recompute(json.loads(json.dumps(answer))) == answer


def test_an_answer_without_its_inputs_cannot_be_recomputed() -> None:
    with pytest.raises(BadFact):
        recompute({"worksheet": [], "scheme_version": "mature-2019@1"})


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, keys in REQUIRED.items() for key in keys])
def test_a_missing_input_is_refused_by_name(name: str, key: str) -> None:
    asked = request(name)
    del asked["inputs"][key]
    refusal = refused(asked)
    assert (refusal.name, refusal.code) == (key, "fact.missing")


@pytest.mark.parametrize("key", ["scheme", "on", "calculation", "inputs"])
def test_a_missing_part_of_the_request_is_refused_by_name(key: str) -> None:
    asked = request("ceiling")
    del asked[key]
    assert refused(asked).name == key


@pytest.mark.parametrize("name", GOOD)
def test_an_unknown_input_is_refused_by_name(name: str) -> None:
    refusal = refused(request(name, surprise=1))
    assert (refusal.name, refusal.code) == ("surprise", "fact.unknown")
    assert refused({**request(name), "surprise": 1}).name == "surprise"


@pytest.mark.parametrize(("name", "key"), FIELDS)
@pytest.mark.parametrize("value", [None, 1.5, float("nan"), {}, [1], b"x"], ids=repr)
def test_an_input_of_the_wrong_type_is_refused_by_name(name: str, key: str, value: object) -> None:
    refusal = refused(request(name, **{key: value}))
    assert refusal.name.split("[")[0] == key
    assert refusal.code == "fact.wrong_type"


AMOUNTS = [(name, key) for name, key in FIELDS if type(GOOD[name][key]) is int and key != "year"]


@pytest.mark.parametrize(("name", "key"), AMOUNTS)
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (-1, "fact.negative"),
        (MAX_TWD + 1, "fact.out_of_range"),
        (10**30, "fact.out_of_range"),
        (True, "fact.wrong_type"),
        ("1000", "fact.wrong_type"),
        (1000.0, "fact.wrong_type"),
    ],
)
def test_an_amount_is_a_whole_number_in_range(name: str, key: str, value: object, code: str) -> None:
    refusal = refused(request(name, **{key: value}))
    assert (refusal.name, refusal.code) == (key, code)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("approved", "total"),
        ("claim", "approved_total"),
        ("change", "approved_total"),
        ("change", "new_total"),
        ("termination", "approved_total"),
    ],
)
def test_a_zero_total_is_refused_by_name(name: str, key: str) -> None:
    refusal = refused(request(name, **{key: 0}))
    assert (refusal.name, refusal.code) == (key, "fact.zero")


@pytest.mark.parametrize(
    ("name", "changes", "key"),
    [
        ("ceiling", {"government": "新竹"}, "government"),
        ("ceiling", {"government": "經濟部"}, "government"),
        ("ceiling", {"government": " "}, "government"),
        ("ceiling", {"tier": 3}, "tier"),
        ("approved", {"total": 599}, "total"),
        ("claim", {"approved_subsidy": 420_001}, "approved_subsidy"),
        ("claim", {"plan": "three_year"}, "plan"),
        ("deadlines", {"kind": "never"}, "kind"),
        ("deadlines", {"date": "2024-02-30"}, "date"),
        ("deadlines", {"date": "2024-3-15"}, "date"),
        ("deadlines", {"date": "20240315"}, "date"),
        ("deadlines", {"date": "２０２４-03-15"}, "date"),
        ("deadlines", {"date": "9999-12-31"}, "date"),
        ("deadlines", {"date": "0000-01-01"}, "date"),
        ("deadlines", {"year": 0}, "year"),
        ("deadlines", {"year": 99_999}, "year"),
        ("deadlines", {"year": True}, "year"),
        ("change", {"returned": 900_001}, "returned"),
        ("change", {"principal_held": 0}, "principal_held"),
        ("interest_estimate", {"to": "2023-12-31"}, "to"),
        ("interest_estimate", {"rate": "-0.1"}, "rate"),
        ("interest_estimate", {"rate": "1.01"}, "rate"),
        ("interest_estimate", {"rate": "NaN"}, "rate"),
        ("interest_estimate", {"rate": "1e-3"}, "rate"),
        ("interest_estimate", {"rate": "0.7%"}, "rate"),
        ("interest_estimate", {"rate": 0}, "rate"),
        ("termination", {"items": [{"budget": 1, "percent": 101}]}, "items[0].percent"),
        ("termination", {"items": [{"budget": 1, "percent": -1}]}, "items[0].percent"),
        ("termination", {"items": [{"budget": 1, "percent": True}]}, "items[0].percent"),
        ("termination", {"items": [{"budget": 1, "percent": 12.5}]}, "items[0].percent"),
        ("termination", {"items": [{"budget": -1, "percent": 1}]}, "items[0].budget"),
        ("termination", {"items": [{"budget": 1}]}, "items[0].percent"),
        ("termination", {"items": [{"budget": 1, "percent": 1, "x": 1}]}, "items[0].x"),
        ("termination", {"items": [{"budget": MAX_TWD, "percent": 1}] * 2}, "items[1]"),
        ("termination", {"items": []}, "items"),
        ("termination", {"cause": "tired"}, "cause"),
        ("reservation", {"claimed": 378_001}, "claimed"),
        ("reservation", {"amount": 283_501}, "amount"),
        ("reservation", {"executive_yuan": "maybe"}, "executive_yuan"),
        ("legislative_cut", {"amount": 1_001}, "amount"),
        ("legislative_cut", {"reason": ""}, "reason"),
        ("legislative_cut", {"reason": "\ud800"}, "reason"),
        ("legislative_cut", {"reason": "長" * 2_001}, "reason"),
        ("legislative_cut", {"cut": "2"}, "cut"),
        ("legislative_cut", {"method": "ask"}, "method"),
        ("order_limits", {"category": "works"}, "category"),
        ("order_limits", {"superior_approved": 1}, "superior_approved"),
        ("eligible", {"lines": []}, "lines"),
        ("eligible", {"lines": [{}]}, "lines[0].kind"),
        ("eligible", {"lines": ["x"]}, "lines[0]"),
        ("eligible", {"lines": [{"kind": "one_off", "unit_price": 1}] * 1_001}, "lines"),
    ],
)
def test_an_input_out_of_range_is_refused_by_name(name: str, changes: dict[str, Any], key: str) -> None:
    assert refused(request(name, **changes)).name == key


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1.0}, "quantity"),
        ({"unit_price": "1"}, "unit_price"),
        ({"units": -1}, "units"),
        ({"unit": "year"}, "unit"),
        ({"service_starts_on": "2024-03-14"}, "service_starts_on"),
        ({"service_starts_on": "2024"}, "service_starts_on"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_line_is_read_as_strictly(changes: dict[str, Any], key: str) -> None:
    line = {**GOOD["eligible"]["lines"][1], **changes}
    assert refused(request("eligible", lines=[line])).name == f"lines[0].{key}"


def test_a_sum_beyond_what_can_be_stored_is_refused() -> None:
    line = {"kind": "one_off", "unit_price": MAX_TWD, "quantity": 2}
    assert refused(request("eligible", lines=[line])).code == "fact.out_of_range"


@pytest.mark.parametrize(
    ("name", "without", "key"),
    [
        ("claim", {"settled", "spent"}, "spent"),
        ("legislative_cut", {"amount"}, "amount"),
        ("legislative_cut", {"reason"}, "reason"),
    ],
)
def test_what_a_choice_needs_is_refused_when_missing(name: str, without: set[str], key: str) -> None:
    asked = request(name)
    for each in without:
        del asked["inputs"][each]
    assert refused(asked).name == key


def test_a_same_year_claim_needs_what_was_settled_and_a_cut_its_size() -> None:
    asked = request("claim", plan="same_year")
    del asked["inputs"]["settled"]
    assert refused(asked).name == "settled"
    cut = request("legislative_cut", method="pro_rata")
    del cut["inputs"]["cut"]
    assert refused(cut).name == "cut"


@pytest.mark.parametrize("scheme", ["mature-2018", "mature-2019@2", "mature-2019@01", "../x", "", 7])
def test_an_unknown_scheme_is_refused_by_name(scheme: object) -> None:
    assert refused({**request("ceiling"), "scheme": scheme}).name == "scheme"


def test_a_scheme_can_be_named_with_its_version() -> None:
    asked = {**request("ceiling"), "scheme": "mature-2019@1"}
    assert compute(asked)["result"] == compute(request("ceiling"))["result"]


@pytest.mark.parametrize("on", ["2019-08-14", "2025-01-01", "1900-01-01", "0001-01-01", "2500-01-01"])
@pytest.mark.parametrize("name", GOOD)
def test_a_day_outside_the_scheme_is_flagged_not_refused(name: str, on: str) -> None:
    answer: Any = compute({**request(name), "on": on})
    assert "outside_scheme" in {line.get("flag") for line in answer["worksheet"]}
    if name == "deadlines":
        assert answer["result"]["flags"] == ["outside_scheme"]


@pytest.mark.parametrize("on", ["2019-08-15", "2024-12-31"])
def test_the_first_and_last_day_of_the_scheme_are_inside(on: str) -> None:
    answer: Any = compute({**request("ceiling"), "on": on})
    assert not any("flag" in line for line in answer["worksheet"])


@pytest.mark.parametrize("date", ["2018-01-02", "2031-01-02", "0001-01-01", "9900-12-31"])
@pytest.mark.parametrize("kind", ["claim", "procure", "first_claim", "final_claim"])
def test_a_deadline_outside_the_scheme_is_flagged(kind: str, date: str) -> None:
    asked = {"kind": kind, "date": date}
    answer: Any = compute({**request("deadlines"), "inputs": asked})
    assert "outside_scheme" in answer["result"]["flags"]


def test_an_old_founding_date_is_no_reason_for_a_flag() -> None:
    asked = {"kind": "startup_age", "date": "2016-02-29"}
    assert compute({**request("deadlines"), "inputs": asked})["result"] == {
        "due": "2021-02-28",
        "flags": [],
    }


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ("2031-03-01", "2031-04-01"),
        ("2029-11-01", "2029-12-03"),  # the month ends on a Saturday
        ("2017-06-30", "2017-07-31"),
    ],
)
def test_of_a_year_that_is_not_on_file_only_the_weekends_are_known(accepted: str, due: str) -> None:
    asked = {"kind": "claim", "date": accepted}
    answer: Any = compute({**request("deadlines"), "inputs": asked})
    assert answer["result"]["due"] == due
    unknown = [line for line in answer["worksheet"] if line["answer"] == "unknown"]
    assert [line["rule"] for line in unknown] == ["C5.calendar_unknown"]


# The command


def test_the_command_answers_with_json_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request("ceiling"), ensure_ascii=False), encoding="utf-8")
    result = CliRunner().invoke(subsidy, ["compute", str(file)])
    assert result.exit_code == 0
    assert result.stderr == ""
    answer = json.loads(result.stdout)
    assert answer == compute(request("ceiling"))
    assert answer["result"] == {"ceiling": 510_000, "own_share": 170_000, "rate": "0.75"}


def test_the_command_reads_standard_input_and_a_byte_order_mark() -> None:
    result = run(b"\xef\xbb\xbf" + json.dumps(request("approved")).encode())
    assert result.exit_code == 0
    assert json.loads(result.stdout)["result"]["approved"] == 600


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "request"),
        (b"{", "request"),
        (b"[]", "request"),
        (b"null", "request"),
        (b"1", "request"),
        (b"\xff\xfe{}", "request"),
        (b"[" * 100_000, "request"),
        (b'{"a":' * 100_000, "request"),
        (b'{"scheme": "mature-2019", "scheme": "mature-2019"}', "scheme"),
        (b'{"scheme": NaN}', "scheme"),
        (b'{"scheme": 1e999}', "scheme"),
        (b'{"scheme": "\\ud800"}', "scheme"),
        (b" " * 4_000_001, "request"),
        (json.dumps(request("ceiling", eligible=-1)), "eligible"),
        (json.dumps(request("ceiling", eligible=0)).replace(": 0", ": " + "9" * 100_000), "eligible"),
        (json.dumps(request("ceiling", eligible=0)).replace(": 0", ": 1e309"), "eligible"),
        (json.dumps(request("ceiling", eligible=0)).replace(": 0", ": 1.0"), "eligible"),
        (json.dumps(request("ceiling", **{"x\u001b[31m\n": 1})), "x\\u001b[31m\\u000a"),
        (json.dumps(request("ceiling", **{"\ud800": 1})), "\\ud800"),
        (json.dumps(request("ceiling", **{"k" * 10_000: 1})), "k" * 100),
    ],
)
def test_the_command_refuses_by_name_on_standard_error(content: bytes | str, named: str) -> None:
    result = run(content)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("name", ["no-such-file.json", "/", "a\0b"])
def test_a_file_that_cannot_be_read_is_refused(name: str) -> None:
    result = CliRunner().invoke(subsidy, ["compute", name])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("subsidy compute: FILE")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("streams", "status"),
    [("- <&-", 2), ("{file} >&-", 1), pytest.param("{file} >/dev/full", 1, id="full")],
)
def test_a_stream_that_is_closed_or_full_is_told_in_one_line(
    tmp_path: Path, streams: str, status: int
) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request("ceiling")), encoding="utf-8")
    program = Path(sys.executable).with_name("matchmaker")
    command = f"'{program}' subsidy compute {streams.format(file=file)}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert ended.returncode == status
    assert ended.stdout == ""
    assert ended.stderr.startswith("subsidy compute: ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_line_bought_once_may_name_a_period_which_does_not_count() -> None:
    line = {"kind": "one_off", "unit_price": 100, "quantity": 3, "units": 12, "unit": "month"}
    line |= {"ordered_on": "2024-01-05", "service_starts_on": "2024-02-01"}
    answer: Any = compute({**request("eligible"), "inputs": {"lines": [line]}})
    assert answer["result"] == {"eligible": 300, "ineligible": 0}
    bad = request("eligible", lines=[{**line, "units": -1}])
    with pytest.raises(BadFact, match="units"):
        compute(bad)


def test_nothing_declared_is_nothing_to_share_whatever_the_principal() -> None:
    inputs = {"approved_total": 1_000_000, "approved_subsidy": 900_000, "received": 900_000}
    inputs |= {"new_total": 800_000, "declared_interest": 0}
    answer: Any = compute({**request("change"), "inputs": inputs})
    assert answer["result"] == {"entitlement": 720_000, "refund": 180_000, "interest": 0}


def test_help_says_what_to_write() -> None:
    result = CliRunner().invoke(subsidy, ["compute", "--help"])
    assert result.exit_code == 0
    assert '"calculation": "ceiling"' in result.stdout


# Whatever comes in


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**65), max_value=2**65),
    st.integers(min_value=0, max_value=5_000_000),
    st.floats(),
    st.text(max_size=12),
    st.dates().map(str),
    st.sampled_from(
        [
            "one_off",
            "period",
            "month",
            "day",
            "same_year",
            "cross_year",
            "claim",
            "procure",
            "other",
            "force_majeure",
            "approved",
            "pro_rata",
            "negotiated",
            "goods",
            "臺北市",
            "0.007",
            "1",
        ]
    ),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def near_misses(draw: st.DrawFn) -> dict[str, Any]:
    """A good request with some inputs dropped, replaced or added."""
    name = draw(st.sampled_from(sorted(GOOD)))
    asked = request(name)
    inputs = asked["inputs"]
    for key in draw(st.lists(st.sampled_from(sorted(inputs)), max_size=3, unique=True)):
        if draw(st.booleans()):
            inputs[key] = draw(anything)
        else:
            del inputs[key]
    if name == "eligible" and draw(st.booleans()):
        line = dict(GOOD["eligible"]["lines"][draw(st.integers(0, 1))])
        line[draw(st.sampled_from([*sorted(line), "x"]))] = draw(anything)
        inputs["lines"] = [line]
    if draw(st.integers(0, 9)) == 0:
        asked[draw(st.sampled_from(["scheme", "on", "calculation", "inputs", "x"]))] = draw(anything)
    if draw(st.booleans()):
        asked["on"] = draw(st.dates().map(str))
    return asked


@settings(max_examples=400, deadline=None)
@given(near_misses() | anything)
def test_whatever_comes_in_is_answered_or_refused_by_name(asked: object) -> None:
    try:
        answer = compute(asked)
    except BadFact as refusal:
        named = refusal.name
    else:
        named = "nothing"
        json.dumps(answer, ensure_ascii=False).encode("utf-8")
        assert recompute(answer) == answer
    assert named


@settings(max_examples=150, deadline=None)
@given(near_misses() | anything)
def test_the_command_never_shows_a_traceback(asked: object) -> None:
    result = run(json.dumps(asked))
    assert result.exit_code in (0, 2)
    assert (result.exit_code == 0) == bool(result.stdout)
    assert (result.exit_code == 2) == bool(result.stderr)
    assert "Traceback" not in result.output


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    result = run(content)
    assert result.exit_code == 2
    assert result.stdout == ""
