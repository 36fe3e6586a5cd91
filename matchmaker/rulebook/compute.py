"""One door to every calculation: a request as plain data in, result and worksheet as plain data out.

The request names a scheme, a day and a calculation, and holds its inputs; money is an integer, rates are
decimal strings, days are ISO dates. Refunds exclude interest. A day outside the scheme's validity is flagged,
not refused. The worksheet's first line repeats the request, so that a stored worksheet can be computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, cast

from matchmaker.kernel.dates import Calendar
from matchmaker.kernel.money import MAX_TWD, ratio_text
from matchmaker.rulebook import amounts, claims, deadlines, orders, refunds
from matchmaker.rulebook.amounts import Approval, OneOff, PeriodUse
from matchmaker.rulebook.facts import CONTRADICTS, MISSING, NOT_A_CHOICE, BadFact
from matchmaker.rulebook.inputs import LAST_YEAR, Inputs
from matchmaker.rulebook.reference import UnknownScheme, calendar, scheme, tier_table
from matchmaker.rulebook.refunds import Interest, Item
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.tiers import Government, TierRange, TierTable, UnknownGovernment
from matchmaker.rulebook.worksheet import JSON, Line, Worksheet


class Source:
    """Where a computation takes its reference data from: the bundled files, unless a caller brings its own.

    The application passes the working days and tiers that staff have loaded; the command uses the files.
    """

    def __init__(
        self,
        find_scheme: Callable[[str], Scheme] = scheme,
        days: Calendar | None = None,
        tiers: TierTable | None = None,
    ) -> None:
        self.find_scheme = find_scheme
        self._days = days
        self._tiers = tiers

    @property
    def days(self) -> Calendar:
        """The working days."""
        return calendar() if self._days is None else self._days

    @property
    def tiers(self) -> TierTable:
        """The fiscal tiers."""
        return tier_table() if self._tiers is None else self._tiers


class Context:
    """What every calculation stands on: scheme, day, reference data."""

    def __init__(self, rules: Scheme, on: date, source: Source) -> None:
        self.rules = rules
        self.on = on
        self.source = source


Answer = tuple[dict[str, JSON], Worksheet]


def compute(request: object, source: Source | None = None) -> dict[str, JSON]:
    """The answer to a request: ``{"result": …, "worksheet": […], "scheme_version": …}``.

    :raises BadFact: an input is missing, unknown, of the wrong type or out of range; its ``name`` says which.
    """
    fields = Inputs(request)
    where = source or Source()
    rules = _scheme(fields, where)
    on = fields.day("on")
    name = fields.choice("calculation", *CALCULATIONS)
    given = fields.value("inputs")
    if not isinstance(given, Mapping):
        raise BadFact("inputs", MISSING if given is None else NOT_A_CHOICE, "must be an object")
    fields.finish()
    inputs = Inputs(given)
    result, sheet = CALCULATIONS[name](inputs, Context(rules, on, where))
    inputs.finish()
    _tell_validity(result, sheet, on)
    _tell_inputs(sheet, rules, on, name, given)
    return {"result": result, "worksheet": sheet.as_json(), "scheme_version": rules.name}


def recompute(answer: Mapping[str, Any], source: Source | None = None) -> dict[str, JSON]:
    """The answer that the same inputs give under the scheme version a stored answer names.

    :raises BadFact: the stored answer does not hold its inputs, or its scheme version is not on file.
    """
    try:
        request = dict(answer["worksheet"][0]["given"])
        request["scheme"] = answer["scheme_version"]
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadFact("worksheet", MISSING, "does not hold its inputs") from None
    return compute(request, source)


def _scheme(fields: Inputs, source: Source) -> Scheme:
    name = fields.text("scheme")
    try:
        return source.find_scheme(name)
    except UnknownScheme:
        raise BadFact("scheme", NOT_A_CHOICE, "is not on file") from None


def _tell_validity(result: dict[str, JSON], sheet: Worksheet, on: date) -> None:
    if sheet.scheme.is_valid_on(on) or deadlines.OUTSIDE in sheet.flags:
        return
    deadlines.mark_outside(sheet, on)
    if "flags" in result:
        result["flags"] = [*cast(list[JSON], result["flags"]), deadlines.OUTSIDE]


def _tell_inputs(sheet: Worksheet, rules: Scheme, on: date, name: str, given: Mapping[str, Any]) -> None:
    request: dict[str, JSON] = {
        "scheme": rules.name,
        "on": on.isoformat(),
        "calculation": name,
        "inputs": dict(given),
    }
    clause = next(line.clause for line in sheet.lines if line.rule.startswith("C"))
    sheet.lines.insert(0, replace(Line("inputs", None, "none", clause, {}), given=request))


def _eligible(inputs: Inputs, context: Context) -> Answer:
    lines = [_line(each) for each in inputs.objects("lines")]
    found = amounts.eligible(context.rules, context.on, lines)
    return {"eligible": found.eligible, "ineligible": found.ineligible}, found.worksheet


def _line(inputs: Inputs) -> OneOff | PeriodUse:
    kind = inputs.choice("kind", "one_off", "period")
    price = inputs.money("unit_price")
    quantity = inputs.whole("quantity", 0, MAX_TWD)
    ordered = inputs.maybe("ordered_on", inputs.day)
    unit = inputs.maybe("unit", lambda key: inputs.choice(key, "month", "day"))
    starts = inputs.maybe("service_starts_on", inputs.day)
    line: OneOff | PeriodUse
    if kind == "one_off":
        # What is bought once has no period: a form's period is read and does not count.
        inputs.maybe("units", lambda key: inputs.whole(key, 0, MAX_TWD))
        line = OneOff(price, quantity, ordered)
    else:
        units = inputs.whole("units", 0, MAX_TWD)
        line = PeriodUse(price, quantity, units, "day" if unit == "day" else "month", ordered, starts)
    inputs.finish()
    return line


def _ceiling(inputs: Inputs, context: Context) -> Answer:
    eligible = inputs.money("eligible")
    tier, government = _tier(inputs, context)
    found = amounts.ceiling(context.rules, context.on, eligible=eligible, tier=tier, government=government)
    return {
        "ceiling": found.ceiling,
        "own_share": found.own_share,
        "rate": None if found.rate is None else _decimal(found.rate),
    }, found.worksheet


def _tier(inputs: Inputs, context: Context) -> tuple[int | TierRange | None, Government | None]:
    if not inputs.has("government"):
        if not inputs.has("tier"):
            raise BadFact("government", MISSING, "is missing (or give tier)")
        return inputs.whole("tier", 1, 5), None
    if inputs.has("tier"):
        raise BadFact("tier", CONTRADICTS, "must not be given beside government")
    name = inputs.text("government")
    tiers = context.source.tiers
    try:
        government = tiers.government(name)
    except UnknownGovernment as unknown:
        could_be = " or ".join(unknown.candidates)
        detail = f"could be {could_be}" if could_be else "is no local government"
        raise BadFact("government", NOT_A_CHOICE, detail) from None
    return tiers.tier(government.code, context.on), government


def _decimal(share: Fraction) -> str:
    """A rate as a decimal string; every rate of a scheme is one."""
    digits = f"{share.numerator * 10**40 // share.denominator:041d}"
    return f"{digits[:-40]}.{digits[-40:]}".rstrip("0").rstrip(".")


def _approved(inputs: Inputs, context: Context) -> Answer:
    found = amounts.approved(
        context.rules,
        context.on,
        requested=inputs.money("requested"),
        ceiling=inputs.money("ceiling"),
        review_amount=inputs.maybe("review_amount", inputs.money),
        budget_left=inputs.maybe("budget_left", inputs.money),
        total=inputs.positive_money("total"),
    )
    return {
        "approved": found.approved,
        "own_share": found.own_share,
        "effective_ratio": ratio_text(found.effective_ratio),
    }, found.worksheet


def _approval(inputs: Inputs) -> Approval:
    return Approval(inputs.positive_money("approved_total"), inputs.money("approved_subsidy"))


def _claim(inputs: Inputs, context: Context) -> Answer:
    plan = inputs.choice("plan", "same_year", "cross_year")
    approval = _approval(inputs)
    settled = inputs.maybe("settled", inputs.money)
    spent = inputs.maybe("spent", inputs.money)
    paid = inputs.maybe("paid", inputs.money) or 0
    rules, on = context.rules, context.on
    if plan == "same_year":
        if settled is None:
            raise BadFact("settled", MISSING, "is missing")
        found = claims.same_year_claim(rules, on, approval, settled=settled, paid=paid)
    elif settled is not None:
        found = claims.final_instalment(rules, on, approval, settled=settled, paid=paid)
    elif spent is not None:
        found = claims.first_instalment(rules, on, approval, spent=spent, paid=paid)
    else:
        raise BadFact("spent", MISSING, "is missing (or give settled for the final claim)")
    return {"payable": found.payable}, found.worksheet


def _deadlines(inputs: Inputs, context: Context) -> Answer:
    kind = inputs.choice("kind", "claim", "procure", "startup_age", "first_claim", "final_claim")
    day = inputs.day("date")
    year = inputs.maybe("year", lambda key: inputs.whole(key, 1, LAST_YEAR))
    rules, on, days = context.rules, context.on, context.source.days
    if kind == "claim":
        found = deadlines.claim(rules, on, days, accepted=day, year=year)
    elif kind == "procure":
        found = deadlines.procure(rules, on, days, approved=day, year=year)
    elif kind == "first_claim":
        found = deadlines.first_claim(rules, on, days, first_use=day)
    elif kind == "final_claim":
        found = deadlines.final_claim(rules, on, closed=day, year=year)
    else:
        found = deadlines.startup_age(rules, on, founded=day)
    result: dict[str, JSON] = {"due": None if found.due is None else found.due.isoformat()}
    if found.latest is not None:
        result["latest"] = found.latest.isoformat()
    result["flags"] = list(found.flags)
    return result, found.worksheet


def _interest(inputs: Inputs) -> Interest:
    return Interest(
        inputs.maybe("declared_interest", inputs.money), inputs.maybe("principal_held", inputs.money)
    )


def _change(inputs: Inputs, context: Context) -> Answer:
    found = refunds.change(
        context.rules,
        context.on,
        _approval(inputs),
        received=inputs.money("received"),
        returned=inputs.maybe("returned", inputs.money) or 0,
        new_total=inputs.positive_money("new_total"),
        interest=_interest(inputs),
    )
    return {
        "entitlement": found.entitlement,
        "refund": found.refund,
        "interest": found.interest,
    }, found.worksheet


def _interest_estimate(inputs: Inputs, context: Context) -> Answer:
    found = refunds.interest_estimate(
        context.rules,
        context.on,
        principal=inputs.money("principal"),
        rate=inputs.share("rate"),
        start=inputs.day("from"),
        end=inputs.day("to"),
    )
    return {"interest": found.interest}, found.worksheet


def _termination(inputs: Inputs, context: Context) -> Answer:
    found = refunds.termination(
        context.rules,
        context.on,
        _approval(inputs),
        cause=inputs.choice("cause", "force_majeure", "other"),
        received=inputs.money("received"),
        returned=inputs.maybe("returned", inputs.money) or 0,
        items=[_item(each) for each in inputs.objects("items")],
        interest=_interest(inputs),
    )
    return {
        "executed": found.executed,
        "entitlement": found.entitlement,
        "refund": found.refund,
        "interest": found.interest,
    }, found.worksheet


def _item(inputs: Inputs) -> Item:
    item = Item(inputs.money("budget"), Fraction(inputs.whole("percent", 0, 100), 100))
    inputs.finish()
    return item


def _reservation(inputs: Inputs, context: Context) -> Answer:
    found = claims.reservation(
        context.rules,
        context.on,
        approved=inputs.money("approved"),
        claimed=inputs.money("claimed"),
        executive_yuan=inputs.choice("executive_yuan", "pending", "approved", "refused"),
        amount=inputs.maybe("amount", inputs.money),
    )
    return {"reserved": found.reserved, "payable": found.payable}, found.worksheet


def _legislative_cut(inputs: Inputs, context: Context) -> Answer:
    found = amounts.legislative_cut(
        context.rules,
        context.on,
        approved=inputs.money("approved"),
        method=inputs.choice("method", "pro_rata", "negotiated"),
        cut=inputs.maybe("cut", inputs.share),
        amount=inputs.maybe("amount", inputs.money),
        reason=inputs.maybe("reason", inputs.text),
    )
    return {"approved": found.approved}, found.worksheet


def _order_limits(inputs: Inputs, context: Context) -> Answer:
    found = orders.order_limits(
        context.rules,
        context.on,
        category=inputs.choice("category", "goods", "services"),
        order_value=inputs.money("order_value"),
        add_ons=inputs.money("add_ons"),
        per_order_max=inputs.maybe("per_order_max", inputs.money),
        orders_so_far=inputs.maybe("orders_so_far", inputs.money),
        contract_budget=inputs.maybe("contract_budget", inputs.money),
        superior_approved=inputs.maybe("superior_approved", inputs.flag) or False,
    )
    return {"allowed": found.allowed, "findings": list(found.findings)}, found.worksheet


CALCULATIONS: Mapping[str, Callable[[Inputs, Context], Answer]] = {
    "eligible": _eligible,
    "ceiling": _ceiling,
    "approved": _approved,
    "claim": _claim,
    "deadlines": _deadlines,
    "change": _change,
    "interest_estimate": _interest_estimate,
    "termination": _termination,
    "reservation": _reservation,
    "legislative_cut": _legislative_cut,
    "order_limits": _order_limits,
}
"""The calculations by name."""
