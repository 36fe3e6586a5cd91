"""Who is told what about organisations and accounts."""

from __future__ import annotations

from matchmaker.foundation.outbox import Recipient, both, letter, post
from matchmaker.kernel.words import N_
from matchmaker.people import queries
from matchmaker.people.events import (
    Invited,
    OrganizationDecided,
    OrganizationRegistered,
    PasswordChanged,
    ResetAsked,
)

REGISTERED = letter(
    "people.registered",
    N_("New registration: %(organization)s"),
    N_("%(organization)s has registered and waits for confirmation."),
    action=N_("Look at the registration"),
)
DECIDED = {
    "confirm": letter(
        "people.confirmed",
        N_("%(organization)s is confirmed"),
        N_("The programme office has confirmed your organisation. You can use the platform in full now."),
        action=N_("Go to the platform"),
    ),
    "decline": letter(
        "people.declined",
        N_("%(organization)s could not be confirmed"),
        N_("The programme office could not confirm your organisation, for this reason: %(reason)s"),
        N_("You can mend the facts and ask again."),
        action=N_("Look at the registration"),
    ),
    "suspend": letter(
        "people.suspended",
        N_("%(organization)s is suspended"),
        N_("The programme office has suspended your organisation, for this reason: %(reason)s"),
    ),
    "restore": letter(
        "people.restored",
        N_("%(organization)s is restored"),
        N_("The programme office has restored your organisation. You can use the platform in full again."),
        action=N_("Go to the platform"),
    ),
}
INVITED = letter(
    "people.invited",
    N_("%(inviter)s invites you to %(organization)s"),
    N_("%(inviter)s invites you to work with %(organization)s on Matchmaker."),
    N_("The invitation is meant for you alone and ends after seven days."),
    action=N_("Take up the invitation"),
    mint="people.invitation",
)
RESET = letter(
    "people.reset",
    N_("Set a new password"),
    N_("Somebody, probably you, asked to set a new password for your account."),
    N_("The address below works once, for one hour. If it was not you, nothing needs to be done."),
    action=N_("Set a new password"),
    mint="people.reset",
)
PASSWORD_CHANGED = letter(
    "people.password_changed",
    N_("Your password was changed"),
    N_("The password of your account was changed and all other sign-ins were ended."),
    N_("If it was not you, set a new password at once and tell the programme office."),
)


def on_registered(event: OrganizationRegistered) -> None:
    """Staff learn of a registration."""
    organization = event.organization
    for recipient in queries.staff():
        post(
            REGISTERED,
            recipient,
            key=f"{organization.ref}:{event.at.isoformat()}",
            at=event.at,
            params={
                "organization": both(organization.name_zh, organization.name_en),
                "url": f"/staff/organizations/{organization.ref}",
            },
        )


def on_decided(event: OrganizationDecided) -> None:
    """The organisation's people learn of the decision on it."""
    organization = event.organization
    for recipient in queries.writers_of(organization.id):
        post(
            DECIDED[event.move],
            recipient,
            key=f"{organization.ref}:{event.at.isoformat()}",
            at=event.at,
            params={
                "organization": both(organization.name_zh, organization.name_en),
                "reason": organization.decision_reason,
                "url": "/organization",
            },
        )


def on_invited(event: Invited) -> None:
    """The invited person gets the secret address."""
    user = queries.user_by_email(event.email)
    to = queries.recipient(user) if user else Recipient(event.email, event.email, "zh_Hant_TW")
    post(
        INVITED,
        to,
        key=event.invitation_ref,
        at=event.at,
        params={
            "inviter": event.inviter,
            "organization": both(event.organization.name_zh, event.organization.name_en),
            "invitation": event.invitation_ref,
        },
    )


def on_reset_asked(event: ResetAsked) -> None:
    """The owner of the address gets a way to set a password."""
    post(
        RESET,
        queries.recipient(event.user),
        key=f"{event.user.ref}:{event.at.isoformat()}",
        at=event.at,
        params={"user": event.user.ref},
    )


def on_password_changed(event: PasswordChanged) -> None:
    """The owner of the account learns that its password is another one now."""
    post(
        PASSWORD_CHANGED,
        queries.recipient(event.user),
        key=f"{event.user.ref}:{event.at.isoformat()}",
        at=event.at,
    )
