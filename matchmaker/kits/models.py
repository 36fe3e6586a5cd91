"""An agency's adoption kits with its own words, and requests to talk to the agency that ran a pilot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.db import Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.kits.states import PeerState
from matchmaker.people.models import Organization, User, stored
from matchmaker.pilots.models import Pilot


class Kit(Referenced, Versioned, Model):
    """What an agency writes to adopt an item: one item, or up to four compared of which one is chosen.

    Only the agency's own words and figures are kept; everything else is read from the catalog when a paper is made.
    ``quantity`` counts units of the chosen item, ``add_ons`` and ``yearly_cost`` are NT$, tax included; the yearly
    cost is paid in each of ``years`` years after the purchase.
    """

    __tablename__ = "adoption_kit"
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    chosen_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    quantity: Mapped[int] = mapped_column(Integer, default=1)
    need: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[str] = mapped_column(Text, default="")
    alternatives: Mapped[str] = mapped_column(Text, default="")
    budget_line: Mapped[str] = mapped_column(String(120), default="")
    add_ons: Mapped[int] = mapped_column(Money, default=0)
    add_ons_note: Mapped[str] = mapped_column(String(200), default="")
    yearly_cost: Mapped[int] = mapped_column(Money, default=0)
    yearly_note: Mapped[str] = mapped_column(String(200), default="")
    years: Mapped[int] = mapped_column(Integer, default=3)
    remarks: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())

    agency: Mapped[Organization] = related()
    chosen: Mapped[CatalogItem] = related()
    entries: Mapped[list[KitEntry]] = related(back_populates="kit", order_by="KitEntry.position")

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("add_ons >= 0", name="add_ons_positive"),
        CheckConstraint("yearly_cost >= 0", name="yearly_positive"),
        CheckConstraint("years BETWEEN 1 AND 10", name="years_range"),
    )

    @property
    def subject(self) -> str:
        return f"kit:{self.ref}"

    @property
    def items(self) -> list[CatalogItem]:
        """What is compared, the chosen item among it (needs ``entries`` with ``item`` loaded)."""
        return [entry.item for entry in self.entries]

    @property
    def choice(self) -> CatalogItem:
        """The chosen item as it stands among what is compared."""
        return next(item for item in self.items if item.id == self.chosen_id)


class KitEntry(Model):
    """An item of a kit, in the order of the comparison."""

    __tablename__ = "adoption_kit_entry"
    kit_id: Mapped[int] = mapped_column(ForeignKey("adoption_kit.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    position: Mapped[int] = mapped_column(Integer)

    kit: Mapped[Kit] = related(back_populates="entries")
    item: Mapped[CatalogItem] = related()

    __table_args__ = (
        UniqueConstraint("kit_id", "item_id"),
        CheckConstraint("position BETWEEN 0 AND 3", name="position_range"),
    )


class PeerRequest(Referenced, Versioned, Model):
    """An agency asks the agency that ran a pilot for somebody to talk to.

    Name, mail and telephone stand here only while the other side agrees; declining or taking back removes them.
    """

    __tablename__ = "peer_request"
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[PeerState] = mapped_column(stored(PeerState), default=PeerState.ASKED)
    words: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    answer: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")

    pilot: Mapped[Pilot] = related()
    agency: Mapped[Organization] = related()
    asked_by: Mapped[User] = related()

    __table_args__ = (
        CheckConstraint("(state = 'agreed') = (contact_name <> '')", name="contact_by_consent"),
        CheckConstraint(
            "contact_name <> '' OR (contact_email = '' AND contact_phone = '')", name="no_contact_left"
        ),
        CheckConstraint(
            "contact_name = '' OR contact_email <> '' OR contact_phone <> ''", name="contact_reachable"
        ),
        CheckConstraint("state = 'asked' OR answered_at IS NOT NULL", name="answer_paired"),
        Index("ix_peer_request_agency_id", "agency_id"),
        Index(
            "ix_peer_request_one",
            "pilot_id",
            "agency_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'agreed')"),
            postgresql_where=text("state IN ('asked', 'agreed')"),
        ),
    )

    @property
    def subject(self) -> str:
        return f"peer_request:{self.ref}"
