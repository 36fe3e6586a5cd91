"""Who is told what about suggestions: only an invitation goes out by letter."""

from __future__ import annotations

from matchmaker.foundation.outbox import both, letter, moment, post
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.suggestions.events import StartupInvited

INVITED = letter(
    "suggestions.invited",
    N_("%(agency)s invites you to look at: %(title)s"),
    N_(
        "%(agency)s thinks that what you do may fit its challenge “%(title)s” (%(code)s). "
        "The call closes on %(closes)s."
    ),
    N_(
        "Everybody who is eligible may answer, invited or not. The invitation gives no advantage: "
        "all proposals are judged by the published criteria alone."
    ),
    N_("Whether you answer is up to you; before the proposals are opened nobody learns of it."),
    action=N_("See how the challenge fits you"),
)


def on_invited(event: StartupInvited) -> None:
    """The startup's people learn of the invitation, each in their language; once for each challenge."""
    challenge, agency = event.challenge, event.challenge.organization
    chinese, english = challenge.text_in("zh"), challenge.text_in("en")
    title_zh, title_en = (text.title if text else "" for text in (chinese, english))
    for recipient in people.everybody_of(event.organization.id):
        post(
            INVITED,
            recipient,
            key=f"{challenge.ref}:{event.organization.ref}",
            at=event.at,
            params={
                "agency": both(agency.name_zh, agency.name_en),
                "title": both(title_zh or title_en, title_en or title_zh),
                "code": challenge.code or "",
                "closes": moment(challenge.closes_at) if challenge.closes_at else "",
                "url": f"/suggestions/{challenge.ref}",
            },
        )
