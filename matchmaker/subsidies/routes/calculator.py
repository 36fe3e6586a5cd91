"""The public calculator: what the rules of a closed or configured programme give for an example."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from matchmaker.catalog import queries as catalog
from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.i18n import is_chinese, language
from matchmaker.kernel.dates import local_day
from matchmaker.rulebook import reference
from matchmaker.rulebook.facts import BadFact
from matchmaker.rulebook.scheme import Scheme
from matchmaker.subsidies.forms.calculator import CalculatorForm
from matchmaker.subsidies.illustration import Illustration, illustrate
from matchmaker.subsidies.routes import bp
from matchmaker.web.access import Audience, open_to

MOST_ITEMS = 200


@bp.get("/subsidy-calculator")
@open_to(Audience.PUBLIC)
def calculator() -> ResponseReturnValue:
    """Choose government, items and days; see eligible cost, ceiling, own share and deadlines, with clauses."""
    scheme, items = reference.schemes()[-1], _items()
    form = _form(scheme, items)
    result, status = None, 200
    if "government" in request.args and not form.change_rows():
        result = _counted(scheme, form, items)
        status = 200 if result is not None else 422
    else:
        form.offer(reference.tier_table(), items, is_chinese())
    context = {"form": form, "scheme": scheme, "result": result, "language": language()}
    return render_template("subsidies/calculator.html", **context), status


def _items() -> dict[str, tuple[str, int | None]]:
    listed = catalog.list_public(
        today=local_day(g.now), sort=catalog.Sort.TITLE, chinese=is_chinese(), limit=MOST_ITEMS
    )
    return {row.item.ref: (row.version.title, row.version.unit_price) for row in listed.rows}


def _form(scheme: Scheme, items: dict[str, tuple[str, int | None]]) -> CalculatorForm:
    """The form as it was sent, or a fresh one with an example inside the programme's time."""
    asked = request.args if "government" in request.args else None
    line: dict[str, Any] = {"kind": "one_off", "quantity": 1}
    if (ref := request.args.get("item", "")) in items:
        line |= {"item": ref, "unit_price": items[ref][1]}
    example = {"approved_on": scheme.valid_to.replace(month=3, day=15), "lines": [line]}
    given = MultiDict(asked) if asked is not None else None
    form = CalculatorForm(formdata=given, data=None if asked else example, meta={"csrf": False})
    form.offer(reference.tier_table(), items, is_chinese())
    return form


def _counted(
    scheme: Scheme, form: CalculatorForm, items: dict[str, tuple[str, int | None]]
) -> Illustration | None:
    """The answer, or None where the form says what is wrong."""
    valid = form.validate()
    if not (form.check_prices(items) and valid):
        return None
    try:
        return illustrate(scheme, reference.calendar(), reference.tier_table(), form.example())
    except BadFact as fact:
        form.form_errors.append(
            gettext("“%(name)s” cannot be counted: %(why)s", name=fact.name, why=gettext(fact.reason.message))
        )
        return None


def item_panel(item: CatalogItem, **_context: Any) -> str:
    """On the page of an item: a way to see how the closed programme would have counted it."""
    if item.listed_at is None:
        return ""
    return render_template("subsidies/panels/item.html", item=item)
