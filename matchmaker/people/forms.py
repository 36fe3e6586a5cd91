"""Shapes of input about people and organisations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField

from matchmaker.foundation.i18n import LANGUAGES
from matchmaker.kernel.identifiers import parse_agency_code, parse_oid, parse_ubn
from matchmaker.people import queries
from matchmaker.people.facts import OrganizationFacts, PersonFacts, ProfileFacts
from matchmaker.people.models import Organization, SignOffDesk, StartupProfile
from matchmaker.people.states import (
    AGENCY_KIND_LABELS,
    ORGANIZATION_KIND_LABELS,
    ROLE_LABELS,
    ROLES_OF,
    AgencyKind,
    OrganizationKind,
    Role,
)
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, ChoicesField, DayField, IdentifierField, WholeField, WordsField
from matchmaker.web.forms import Form
from matchmaker.web.words import choices


class SignInForm(Form):
    """Without an idempotency key: a replayed answer would bring no cookie, and a second sign-in does no harm."""

    idempotency_key = None
    email = fields.text(_l("E-mail"), fields.required(_l("Enter your e-mail address.")), length=254)
    password = PasswordField(_l("Password"), [fields.required(_l("Enter your password."))])
    next = HiddenField()


class _Addressed(Form):
    email = fields.text(
        _l("E-mail"), fields.required(_l("Enter the e-mail address.")), fields.email(), length=254
    )


class ForgottenForm(_Addressed):
    """For whom a new password is asked."""


def _chosen_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [fields.required(_l("Choose a password."))],
        description=_l("At least 12 characters. A sentence is easy to remember."),
    )


class NewPasswordForm(Form):
    password = _chosen_password(_l("New password"))


class ChangePasswordForm(NewPasswordForm):
    present = PasswordField(_l("Present password"), [fields.required(_l("Enter your present password."))])


class AccountForm(Form):
    name = fields.text(_l("Name"), fields.required(_l("Enter your name.")), length=80)
    language = ChoiceField(_l("Language of mail"), required_message=_l("Choose a language."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(LANGUAGES.items())


def _consent() -> BooleanField:
    return BooleanField(
        _l("I have read the privacy notice and agree to the use of these data."),
        [fields.required(_l("Agree to the privacy notice to go on."))],
    )


class PersonForm(Form):
    """A new account: who, and a password."""

    name = fields.text(_l("Your name"), fields.required(_l("Enter your name.")), length=80)
    password = _chosen_password(_l("Password"))
    consent = _consent()


_AGENCY_ONLY = frozenset({"agency_kind", "agency_code", "agency_oid"})
_NOT_ASKED: dict[OrganizationKind, frozenset[str]] = {
    OrganizationKind.AGENCY: frozenset({"founded_on"}),
    OrganizationKind.STARTUP: _AGENCY_ONLY,
    OrganizationKind.PARTNER: _AGENCY_ONLY | {"founded_on"},
    OrganizationKind.PROGRAMME: _AGENCY_ONLY | {"founded_on", "ubn", "county_id"},
}


class OrganizationForm(Form):
    """The facts of an organisation; the page shows what its kind needs, the rule decides what is missing."""

    name_zh = fields.text(
        _l("Name in Chinese"), fields.required(_l("Enter the organisation's name.")), length=80
    )
    name_en = fields.text(_l("Name in English"), length=160)
    agency_kind = ChoiceField(_l("Kind of agency"))
    county_id = ChoiceField(_l("County or city"))
    agency_code = IdentifierField(
        _l("Agency code"), reader=parse_agency_code, description=_l("Ten characters, as in 379000000A.")
    )
    agency_oid = IdentifierField(_l("OID"), reader=parse_oid, description=_l("Begins with 2.16.886.101."))
    ubn = IdentifierField(_l("Unified Business Number"), reader=parse_ubn, description=_l("Eight digits."))
    founded_on = DayField(_l("Day of founding"), description=_l("As in the company register."))
    website = fields.text(_l("Website"), length=200)
    email = fields.text(_l("E-mail of the organisation"), fields.optional(), fields.email(), length=254)
    phone = fields.text(_l("Telephone"), length=40)

    def __init__(
        self, kind: OrganizationKind, *args: Any, fixed: frozenset[str] = frozenset(), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        empty = [("", gettext("Choose one"))]
        self.agency_kind.choices = empty + choices(AGENCY_KIND_LABELS)
        self.county_id.choices = empty + [(str(c.id), c.name) for c in queries.counties()]
        for name in fixed | _NOT_ASKED[kind]:
            delattr(self, name)

    def facts(self) -> OrganizationFacts:
        """What was typed; facts that the form does not ask for are empty."""
        typed = self.data
        kind, county = typed.get("agency_kind"), typed.get("county_id")
        return OrganizationFacts(
            kind=self.kind,
            agency_kind=AgencyKind(kind) if kind else None,
            county_id=int(county) if county else None,
            name_zh=typed.get("name_zh") or "",
            name_en=typed.get("name_en") or "",
            ubn=typed.get("ubn"),
            agency_code=typed.get("agency_code"),
            agency_oid=typed.get("agency_oid"),
            founded_on=typed.get("founded_on"),
            website=typed.get("website") or "",
            email=typed.get("email") or "",
            phone=typed.get("phone") or "",
        )

    @classmethod
    def of(cls, organization: Organization, fixed: frozenset[str]) -> OrganizationForm:
        """The form filled with what is stored, without the facts that the reader cannot change."""
        form = cls(organization.kind, fixed=fixed, obj=organization)
        if not form.is_submitted():
            form.expected_version.data = str(organization.version)
            if "county_id" in form:
                form.county_id.data = str(organization.county_id or "")
        return form


class SignUpForm(OrganizationForm):
    """Registers an organisation; for a visitor also the account of its first owner."""

    person_name = fields.text(_l("Your name"), fields.required(_l("Enter your name.")), length=80)
    person_email = fields.text(
        _l("Your e-mail"), fields.required(_l("Enter your e-mail address.")), fields.email(), length=254
    )
    password = _chosen_password(_l("Password"))
    consent = _consent()

    def __init__(self, kind: OrganizationKind, *, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(kind, **kwargs)
        if signed_in:
            for name in ("person_name", "person_email", "password"):
                delattr(self, name)

    def person(self, language: str) -> PersonFacts:
        """The account to make."""
        return PersonFacts(
            name=self.person_name.data or "",
            email=self.person_email.data or "",
            password=self.password.data or "",
            language=language,
        )


class ProfileForm(Form):
    """What a startup offers; the matcher reads both languages."""

    tagline_zh = fields.text(_l("One line, in Chinese"), length=120)
    tagline_en = fields.text(_l("One line, in English"), length=240)
    offer_zh = fields.long_text(_l("What you offer, in Chinese"))
    offer_en = fields.long_text(_l("What you offer, in English"))
    evidence_zh = fields.long_text(_l("What shows that you can, in Chinese"))
    evidence_en = fields.long_text(_l("What shows that you can, in English"))
    domains = ChoicesField(_l("Domains"))
    tags = WordsField(_l("Key words"), description=_l("Separate them with commas."))
    employees = WholeField(_l("Number of employees"), [fields.optional(), fields.between(1, 100_000)])
    willing = BooleanField(_l("Suggest us to agencies whose challenges fit"))

    def __init__(self, domains: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains.choices = domains

    @classmethod
    def of(cls, profile: StartupProfile, domains: list[tuple[str, str]]) -> ProfileForm:
        form = cls(domains, obj=profile)
        if not form.is_submitted():
            form.expected_version.data = str(profile.version)
        return form

    def facts(self) -> ProfileFacts:
        names = ("tagline_zh", "tagline_en", "offer_zh", "offer_en", "evidence_zh", "evidence_en")
        return ProfileFacts(
            **{name: self[name].data or "" for name in names},
            domains=tuple(self.domains.data or ()),
            tags=tuple(self.tags.data or ()),
            employees=self.employees.data,
            willing=bool(self.willing.data),
        )


class MemberForm(Form):
    """The role of a person in an organisation; for the programme office also what a juror's seat asks for."""

    role = ChoiceField(_l("Role"), required_message=_l("Choose a role."))
    external_expert = BooleanField(_l("External expert (not serving in government)"))
    occupation = fields.text(_l("Occupation"), length=120)

    def __init__(self, kind: OrganizationKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            ("", gettext("Choose one")),
            *choices({role: ROLE_LABELS[role] for role in ROLES_OF[kind]}),
        ]
        if kind is not OrganizationKind.PROGRAMME:
            del self.external_expert
            del self.occupation

    @property
    def chosen(self) -> Role:
        return Role(self.role.data)

    @property
    def is_external_expert(self) -> bool:
        return bool(self.data.get("external_expert"))

    @property
    def stated_occupation(self) -> str:
        return self.data.get("occupation") or ""


class InviteForm(_Addressed, MemberForm):
    """Whom to invite, and to which role."""


class DeskForm(Form):
    """Who sits at one sign-off desk."""

    holder = ChoiceField(_l("Holder"))
    deputy = ChoiceField(
        _l("Deputy"), description=_l("Acts while the holder is away. Another person than the holder.")
    )

    def __init__(self, members: list[tuple[str, str]], desk: SignOffDesk | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.holder.choices = self.deputy.choices = [("", gettext("Nobody")), *members]
        if desk is not None and not self.is_submitted():
            self.holder.data = desk.holder.ref
            self.deputy.data = desk.deputy.ref if desk.deputy else ""


class DecisionForm(Form):
    """Staff's word on a registration."""

    reason = fields.long_text(
        _l("Reason"), description=_l("Sent to the organisation. Needed for every no."), length=1000
    )


KIND_CHOICES = {
    kind: ORGANIZATION_KIND_LABELS[kind]
    for kind in (OrganizationKind.STARTUP, OrganizationKind.AGENCY, OrganizationKind.PARTNER)
}
