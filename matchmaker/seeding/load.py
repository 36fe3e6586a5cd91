"""The doors to the seeds: reference data, the first director, the demo year, a heap for load tests.

Everything is safe to repeat.
"""

from __future__ import annotations

from matchmaker.foundation import clock
from matchmaker.foundation.db import unit_of_work
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.seeding import demo as demo_year
from matchmaker.seeding import heap as heap_of_data
from matchmaker.seeding import office, signins
from matchmaker.seeding import reference as reference_data
from matchmaker.seeding.signins import Persona


def reference() -> None:
    """Counties and product categories; rows that exist are brought up to date."""
    with unit_of_work():
        reference_data.load()


def first_director(*, email: str, name: str, password: str | None = None) -> None:
    """Make (or find) the account and give it the director's role in the programme office."""
    with unit_of_work():
        now = clock.now()
        user = people_queries.user_by_email(email) or people.create_user(
            email=email, name=name, password=password, at=now
        )
        office.add_director(user=user, at=now)
        if password is None and user.password_hash is None:
            people.ask_reset(email=email, at=now)


def personas() -> list[Persona]:
    """One sign-in for each kind of person, for the demo."""
    return signins.personas()


def demo() -> None:
    """The demo year; see ``matchmaker.seeding.demo``."""
    demo_year.load()


def heap(*, challenges: int, startups: int, number: int) -> None:
    """Many challenges and startups, the same for the same number; see ``matchmaker.seeding.heap``."""
    heap_of_data.pile(challenges=challenges, startups=startups, number=number)
