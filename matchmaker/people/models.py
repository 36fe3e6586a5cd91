"""Organisations, people, memberships, sign-off desks, invitations and resets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Enum,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Json, Model, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.i18n import pick
from matchmaker.people.states import AgencyKind, OrganizationKind, OrganizationState, Role, SignOffRole


def stored(enum: Any) -> Enum:
    """A column type that stores the values of a StrEnum as plain text with a check."""
    return Enum(
        enum,
        native_enum=False,
        length=24,
        values_callable=lambda e: [m.value for m in e],
        validate_strings=True,
    )


class County(Model):
    """A special municipality, county or city; reference data."""

    __tablename__ = "county"
    code: Mapped[str] = mapped_column(String(10), unique=True)
    name_zh: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)


class Organization(Referenced, Versioned, Model):
    """An agency, startup, partner or the programme office.

    ``ubn`` is the 統一編號; ``agency_code`` the 機關代碼, ``agency_oid`` the OID. ``fictitious`` marks demo
    companies that no source names.
    """

    __tablename__ = "organization"
    kind: Mapped[OrganizationKind] = mapped_column(stored(OrganizationKind))
    state: Mapped[OrganizationState] = mapped_column(
        stored(OrganizationState), default=OrganizationState.PENDING
    )
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    ubn: Mapped[str | None] = mapped_column(String(8), unique=True)
    agency_kind: Mapped[AgencyKind | None] = mapped_column(stored(AgencyKind))
    agency_code: Mapped[str | None] = mapped_column(String(10), unique=True)
    agency_oid: Mapped[str | None] = mapped_column(String(80))
    county_id: Mapped[int | None] = mapped_column(ForeignKey("county.id"))
    founded_on: Mapped[date | None] = mapped_column(Date)
    website: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    fictitious: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    county: Mapped[County | None] = related()
    profile: Mapped[StartupProfile | None] = related(back_populates="organization", uselist=False)

    __table_args__ = (
        CheckConstraint("(kind = 'agency') = (agency_kind IS NOT NULL)", name="agency_kind_paired"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decision_paired"),
        Index("ix_organization_kind_state", "kind", "state", "name_zh"),
    )

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return pick(self.name_zh, self.name_en)

    @property
    def subject(self) -> str:
        return f"organization:{self.ref}"


class StartupProfile(Versioned, Model):
    """What a startup says it can do; one text per language, the matcher reads both.

    ``willing`` says whether it wants to be suggested at all.
    """

    __tablename__ = "startup_profile"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), unique=True)
    tagline_zh: Mapped[str] = mapped_column(String(120), default="")
    tagline_en: Mapped[str] = mapped_column(String(240), default="")
    offer_zh: Mapped[str] = mapped_column(Text, default="")
    offer_en: Mapped[str] = mapped_column(Text, default="")
    evidence_zh: Mapped[str] = mapped_column(Text, default="")
    evidence_en: Mapped[str] = mapped_column(Text, default="")
    domains: Mapped[list[Any]] = mapped_column(Json, default=list)
    tags: Mapped[list[Any]] = mapped_column(Json, default=list)
    employees: Mapped[int | None] = mapped_column(Integer)
    willing: Mapped[bool] = mapped_column(Boolean, default=True)

    organization: Mapped[Organization] = related(back_populates="profile")

    @property
    def tagline(self) -> str:
        return pick(self.tagline_zh, self.tagline_en)

    @property
    def offer(self) -> str:
        return pick(self.offer_zh, self.offer_en)

    @property
    def evidence(self) -> str:
        return pick(self.evidence_zh, self.evidence_en)


class User(Referenced, Versioned, Model):
    """A person. ``email`` is stored in lower case; ``password_hash`` is argon2id or empty before the first."""

    __tablename__ = "user"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12), default="zh_Hant_TW")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def subject(self) -> str:
        return f"user:{self.ref}"


class Membership(Referenced, Model):
    """A person's role in an organisation. ``ended_at`` ends it; rights follow on the next request."""

    __tablename__ = "membership"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[Role] = mapped_column(stored(Role))
    external_expert: Mapped[bool] = mapped_column(Boolean, default=False)
    occupation: Mapped[str] = mapped_column(String(120), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[User] = related()
    organization: Mapped[Organization] = related()

    __table_args__ = (
        UniqueConstraint("user_id", "organization_id"),
        Index("ix_membership_organization_id", "organization_id", "ended_at"),
    )


class SignOffDesk(Model):
    """Who sits at one of an agency's four desks, and the deputy who may act instead (R-015)."""

    __tablename__ = "sign_off_desk"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[SignOffRole] = mapped_column(stored(SignOffRole))
    holder_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))

    holder: Mapped[Membership] = related(foreign_keys=[holder_id])
    deputy: Mapped[Membership | None] = related(foreign_keys=[deputy_id])

    __table_args__ = (
        UniqueConstraint("organization_id", "role"),
        CheckConstraint("holder_id <> deputy_id", name="deputy_is_another"),
    )


class Invitation(Referenced, Model):
    """An offer of a role to an address; the token is minted when the mail is sent, only its hash is kept."""

    __tablename__ = "invitation"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(stored(Role))
    external_expert: Mapped[bool] = mapped_column(Boolean, default=False)
    occupation: Mapped[str] = mapped_column(String(120), default="")
    invited_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    organization: Mapped[Organization] = related()

    __table_args__ = (
        CheckConstraint("(token_hash IS NULL) = (expires_at IS NULL)", name="token_paired"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
    )


class PasswordReset(Model):
    """One chance to set a password: minted at sending, stored hashed, used once, short-lived."""

    __tablename__ = "password_reset"
    user_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), ForeignKey("user.id")
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12), default="reset")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
