"""The subsidised cases of the demo year: a closed programme acted once more, every lifecycle in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from matchmaker.rulebook import reference
from matchmaker.seeding.cast import Row
from matchmaker.seeding.grant_turns import GrantTurns

Deed = tuple[int, str, str, Callable[[datetime], None]]
"""A day from today, a time of it, what happens, and how."""


class Grants(GrantTurns):
    """Rounds, meetings and cases: which step comes when."""

    __slots__ = ()

    def enter(self) -> None:
        """Schedule everything, where the fiscal tiers of the year are on file; without them nothing can be counted."""
        table = reference.tier_table()
        days = [self.schedule.day(offset) for offset in (-300, 0)]
        counties = {self.cast.groups[row["agency"]]["county"] for row in self.rows["case"]}
        if any(table.tier(county, day) is None for county in counties for day in days):
            return
        for row in self.rows["round"]:
            line = self.schedule.line(f"round {row['key']}")
            line.add(row["made"], "09:30", "is made", partial(self._make_round, row))
            for offset in row["meetings"]:
                line.add(offset, "14:00", "is reviewed", partial(self._meet, row))
        for row in self.rows["case"]:
            line = self.schedule.line(f"case {row['key']}")
            for day, time, title, act in sorted(self._deeds(row), key=lambda deed: deed[0]):
                line.add(day, time, title, act)

    def _deeds(self, row: Row) -> list[Deed]:
        """The way of a case up to ``until``, and the turns that it takes."""
        return [
            *self._applied(row),
            *self._approved(row),
            *(self._turn(row, each) for each in row.get("more", ())),
        ]

    def _applied(self, row: Row) -> list[Deed]:
        begun, until = row["begun"], row["until"]
        deeds: list[Deed] = [(begun, "10:00", "is begun", partial(self._begin, row))]
        if until == "begun":
            return deeds
        deeds.append((begun + 3, "15:00", "is submitted", partial(self._submit, row)))
        if until == "withdrawn":
            deeds.append((begun + 6, "11:00", "is withdrawn", partial(self._withdraw, row)))
        elif until == "cure":
            deeds.append((begun + 8, "11:00", "lacks papers", partial(self._ask_cure, row)))
        elif until != "submitted":
            deeds.append((begun + 8, "11:00", "is complete", partial(self._complete, row)))
        return deeds

    def _approved(self, row: Row) -> list[Deed]:
        if "approved" not in row:
            return []
        on, until = row["approved"], row["until"]
        if until == "declined":
            return [(on, "10:00", "is not approved", partial(self._decline, row))]
        way: list[tuple[str, Deed]] = [
            ("approved", (on, "10:00", "is approved", partial(self._approve, row))),
            ("ordered", (on + 12, "10:00", "is ordered", partial(self._order, row))),
            ("claimed", (on + 38, "10:00", "is claimed", partial(self._claim, row))),
            ("paid", (on + 50, "10:00", "is paid", partial(self._pay, row))),
            ("closed", (on + 60, "10:00", "is closed", partial(self._close, row))),
        ]
        last = [name for name, _deed in way].index(until)
        return [deed for _name, deed in way[: last + 1]]

    def _turn(self, row: Row, turn: Row) -> Deed:
        acts: dict[str, Callable[[datetime], None]] = {
            "reserve": partial(self._reserve, row),
            "carry_over": partial(self._carry_over, row),
            "refuse_carry_over": partial(self._refuse_carry_over, row),
            "check": partial(self._check, row),
            "return_claim": partial(self._return_claim, row),
            "change": partial(self._change, row, turn),
            "termination": partial(self._termination, row, turn),
            "withdraw_request": partial(self._withdraw_request, row, turn),
            "refuse_request": partial(self._refuse_request, row, turn),
            "approve_change": partial(self._approve_change, row, turn),
            "approve_termination": partial(self._approve_termination, row, turn),
            "ask_extension": partial(self._ask_extension, row, turn),
            "grant_extension": partial(self._grant_extension, row, turn),
            "refuse_extension": partial(self._refuse_extension, row, turn),
            "notify": partial(self._notify, row, turn),
            "mended": partial(self._mended, row, turn),
            "revoke": partial(self._revoke, row, turn),
            "repayment": partial(self._repayment, row, turn),
        }
        does = turn["does"]
        return (turn["on"], "10:00", f"turns: {does.replace('_', ' ')}", acts[does])
