"""Agencies of the demo year that ask another for a contact before they adopt what it tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from matchmaker.kits import operations, queries
from matchmaker.kits.facts import Contact
from matchmaker.kits.models import PeerRequest
from matchmaker.pilots import queries as pilots
from matchmaker.pilots.models import Pilot
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Schedule
from matchmaker.seeding.stories import Story


@dataclass(slots=True)
class Peers:
    """The requests, each with what came of it."""

    rows: Iterable[Row]
    cast: Cast
    schedule: Schedule
    stories: Mapping[str, Story]

    def enter(self) -> None:
        """Schedule questions and answers."""
        for row in self.rows:
            line = self.schedule.line(f"{row['by']} asks of {row['pilot']}")
            line.add(row["on"], "11:00", "asks", partial(self._ask, row))
            if "answer" in row:
                line.add(row["answer"]["on"], "15:30", "is answered", partial(self._answer, row))

    def _pilot(self, row: Row) -> Pilot:
        story, startup = row["pilot"].split("/")
        pilot = pilots.pilot_of_proposal(self.stories[story].proposal(startup).id)
        assert pilot is not None
        return pilot

    def _request(self, row: Row) -> PeerRequest:
        agency = self.cast.actor(row["by"]).organization_id
        request = queries.open_request(agency or 0, self._pilot(row).id)
        assert request is not None
        return request

    def _ask(self, row: Row, at: datetime) -> None:
        operations.ask_peer(pilot=self._pilot(row), words=row["words"], by=self.cast.actor(row["by"]), at=at)

    def _answer(self, row: Row, at: datetime) -> None:
        answer, request = row["answer"], self._request(row)
        by = self.cast.actor(answer["by"])
        if answer["say"] == "end":
            operations.end(request=request, by=by, at=at)
            return
        told = {"request": request, "words": answer["words"], "by": by, "at": at, "expected_version": None}
        if answer["say"] == "agree":
            operations.agree(contact=Contact(name=answer["name"], email=answer["email"], phone=""), **told)
        else:
            operations.decline(**told)
