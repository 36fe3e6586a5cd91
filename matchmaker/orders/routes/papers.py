"""Papers of requisitions and orders: sheets to print and sign, and the scanned copies that come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from matchmaker.foundation import files
from matchmaker.foundation.papers import Kind, Paper
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, NotFound, Refused
from matchmaker.kernel.words import N_
from matchmaker.orders import printed, queries
from matchmaker.orders.forms import PaperForm
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.operations import attaching as operations
from matchmaker.orders.policies import attaching
from matchmaker.orders.routes import bp
from matchmaker.orders.states import PAPER_LABELS, PaperKind
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.exports import paper_response
from matchmaker.web.forms import attempt, said

SIDES = (Audience.AGENCY, Audience.STARTUP, Audience.STAFF)
SPOKEN = {"zh": "zh_Hant_TW", "en": "en"}
MOST_BYTES = 20 * 1024 * 1024


# --- sheets ---


@bp.get("/requisitions/<ref>/sheet.<spoken>.<kind>")
@open_to(Audience.AGENCY)
def requisition_sheet(ref: str, spoken: str, kind: str) -> ResponseReturnValue:
    """The requisition sheet, in Chinese or English."""
    row = queries.requisition_for(actor(), ref)
    return _made(f"requisition-{row.code}", spoken, kind, lambda: printed.requisition_sheet(row, _today()))


@bp.get("/orders/<ref>/sheets/<sheet>.<spoken>.<kind>")
@open_to(*SIDES)
def order_sheet(ref: str, sheet: str, spoken: str, kind: str) -> ResponseReturnValue:
    """A sheet of an order: ``order``, ``acceptance-1`` for a delivery, ``certificate-1`` for a certificate."""
    row = queries.order_for(actor(), ref)
    name, _dash, number = sheet.partition("-")
    make: Callable[[], Paper]
    if sheet == "order":
        return _made(f"order-{row.number}", spoken, kind, lambda: printed.order_sheet(row, _today()))
    if name == "acceptance":
        delivery = _numbered(row.deliveries, number)
        make = lambda: printed.acceptance_record(row, delivery, _today())  # noqa: E731
    elif name == "certificate":
        certificate = _numbered(row.certificates, number)
        make = lambda: printed.certificate_sheet(row, certificate, _today())  # noqa: E731
    else:
        raise NotFound
    return _made(f"{name}-{row.number}-{number}", spoken, kind, make)


def _today() -> Any:
    return local_day(g.now)


def _numbered(rows: Any, number: str) -> Any:
    found = next((row for row in rows if str(row.number) == number), None)
    if found is None:
        raise NotFound
    return found


def _made(stem: str, spoken: str, kind: str, make: Callable[[], Paper]) -> ResponseReturnValue:
    if spoken not in SPOKEN or kind not in set(Kind):
        raise NotFound
    with force_locale(SPOKEN[spoken]):
        paper = make()
    return paper_response(f"{stem}-{spoken}", paper, Kind(kind))


# --- scanned copies ---


@bp.route("/requisitions/<ref>/papers/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def attach_to_requisition(ref: str) -> ResponseReturnValue:
    """Attach a scanned copy to a requisition."""
    row = queries.requisition_for(actor(), ref)
    return _attached(row, PaperKind.REQUISITION, url_for("orders.requisition", ref=ref))


@bp.route("/orders/<ref>/papers/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STARTUP)
@writes
def attach_to_order(ref: str) -> ResponseReturnValue:
    """Attach a scanned copy to an order."""
    row = queries.order_for(actor(), ref)
    return _attached(row, PaperKind.ORDER, url_for("orders.order", ref=ref))


def _attached(thing: Requisition | CallOffOrder, kind: PaperKind, back: str) -> ResponseReturnValue:
    form = PaperForm()
    context = {"thing": thing, "back": back, "may": attaching.can_attach(actor(), thing)}
    if not form.is_submitted():
        form.kind.data = kind.value
        return render_template("orders/attach.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.attach(
            thing=thing,
            kind=PaperKind(form.kind.data),
            title=form.title.data or "",
            upload=_uploaded(form),
            by=actor(),
            at=g.now,
        )
        said(N_("Attached."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/attach.html", **context)


def _uploaded(form: PaperForm) -> files.Upload | None:
    if form.file.data is None:
        return None
    try:
        return files.read(form.file.data.stream, form.file.data.filename or "", limit=MOST_BYTES)
    except Refused as refused:
        raise Invalid({"file": refused.denial}) from None


@bp.get("/requisitions/<ref>/papers/<paper>")
@open_to(Audience.AGENCY)
def requisition_paper(ref: str, paper: str) -> ResponseReturnValue:
    """A paper of a requisition, for its agency."""
    return attachment(queries.paper_of(queries.requisition_for(actor(), ref), paper).file)


@bp.get("/orders/<ref>/papers/<paper>")
@open_to(*SIDES)
def order_paper(ref: str, paper: str) -> ResponseReturnValue:
    """A paper of an order, for its two sides and the programme office."""
    return attachment(queries.paper_of(queries.order_for(actor(), ref), paper).file)


@bp.post("/requisitions/<ref>/papers/<paper>/remove")
@open_to(Audience.AGENCY)
@writes
def remove_requisition_paper(ref: str, paper: str) -> ResponseReturnValue:
    """Take away what was attached by mistake."""
    row = queries.requisition_for(actor(), ref)
    operations.take_away(thing=row, paper=queries.paper_of(row, paper), by=actor(), at=g.now)
    said(N_("Taken away."))
    return redirect(url_for("orders.requisition", ref=ref), 303)


@bp.post("/orders/<ref>/papers/<paper>/remove")
@open_to(Audience.AGENCY, Audience.STARTUP)
@writes
def remove_order_paper(ref: str, paper: str) -> ResponseReturnValue:
    """Take away what was attached by mistake."""
    row = queries.order_for(actor(), ref)
    operations.take_away(thing=row, paper=queries.paper_of(row, paper), by=actor(), at=g.now)
    said(N_("Taken away."))
    return redirect(url_for("orders.order", ref=ref), 303)


# --- on the pages ---


Address = Callable[[str, str], str]
"""Where a sheet lies, by language and kind of file."""


def requisition_panel(requisition: Requisition, **_context: Any) -> str:
    """On a requisition's page: its sheet and what was scanned."""

    def address(spoken: str, kind: str) -> str:
        return url_for("orders.requisition_sheet", ref=requisition.ref, spoken=spoken, kind=kind)

    return _panel(requisition, [(gettext("Requisition sheet"), address)], "requisition")


def order_panel(order: CallOffOrder, **_context: Any) -> str:
    """On an order's page: its sheets and what was scanned."""
    sheets = [(gettext("Order sheet"), "order")]
    sheets += [
        (gettext("Acceptance record, delivery %(n)s", n=each.number), f"acceptance-{each.number}")
        for each in order.deliveries
    ]
    sheets += [
        (gettext("Settlement acceptance certificate %(n)s", n=each.number), f"certificate-{each.number}")
        for each in order.certificates
    ]

    def address(sheet: str) -> Address:
        return lambda spoken, kind: url_for(
            "orders.order_sheet", ref=order.ref, sheet=sheet, spoken=spoken, kind=kind
        )

    return _panel(order, [(label, address(sheet)) for label, sheet in sheets], "order")


def _panel(thing: Requisition | CallOffOrder, sheets: list[tuple[str, Address]], of: str) -> str:
    person = actor()
    return render_template(
        "orders/panels/papers.html",
        thing=thing,
        of=of,
        sheets=[(label, [_files(address, *language) for language in SHOWN]) for label, address in sheets],
        papers=[(paper, attaching.can_take_away(person, paper)) for paper in thing.papers],
        may=attaching.can_attach(person, thing),
        kinds=PAPER_LABELS,
    )


SHOWN = (("zh", "中文"), ("en", "English"))


def _files(address: Address, spoken: str, name: str) -> tuple[str, list[tuple[str, str]]]:
    return name, [(kind.upper(), address(spoken, kind)) for kind in Kind]
