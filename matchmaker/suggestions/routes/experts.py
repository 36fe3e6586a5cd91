"""What jurors know beside the proposals before them: a hint for who reads what first, never a score."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges.models import Challenge
from matchmaker.judging import queries as judging
from matchmaker.judging.models import Panel
from matchmaker.judging.queries import Desk
from matchmaker.kernel.words import N_
from matchmaker.suggestions.forms.expertise import ExpertiseForm
from matchmaker.suggestions.operations import experts, seen
from matchmaker.suggestions.policies import around as rights
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.routes.words import BAND_TONES
from matchmaker.suggestions.stops import EXPERT_LABELS, EXPERT_STOP_LABELS
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said

WORDS: dict[str, Any] = {
    "expert_bands": EXPERT_LABELS,
    "expert_stops": EXPERT_STOP_LABELS,
    "band_tones": BAND_TONES,
}


@bp.route("/expertise", methods=["GET", "POST"])
@open_to(Audience.JUROR)
@writes
def expertise() -> ResponseReturnValue:
    """What I know, in my own words."""
    note = around.note_of(actor().user_id)
    form = ExpertiseForm(obj=note)
    if not form.is_submitted():
        form.expected_version.data = str(note.version) if note is not None else ""
        return render_template("suggestions/expertise.html", form=form, note=note)

    def act() -> ResponseReturnValue:
        experts.save_expertise(
            words=form.words.data or "", by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved. Your panels show what is closest to it."))
        return redirect(url_for("judging.home"), 303)

    return attempt(form, act, template="suggestions/expertise.html", entity=note, note=note)


@bp.get("/staff/panels/<ref>/expertise")
@open_to(Audience.STAFF)
def panel_expertise(ref: str) -> ResponseReturnValue:
    """Who of the panel knows what the proposals speak of, with the words that say so."""
    board = judging.load(judging.panel_for_staff(actor(), ref).id)
    found = experts.panel_fit(board=board, by=actor())
    _noted(board.panel, [fit for row in found.members for fit in row.fits])
    return render_template("suggestions/experts.html", panel=board.panel, found=found, **WORDS)


def _noted(panel: Panel, fits: list[experts.ExpertFit]) -> None:
    seen.saw_proposals(panel=panel, fits=fits, by=actor(), at=g.now)


def panel_panel(panel: Panel, challenge: Challenge, **_context: Any) -> str:
    """On the page of a panel, for staff: the table of jurors and proposals."""
    person = actor()
    if person is None or not person.is_staff or not rights.can_be_compared(panel, challenge):
        return ""
    found = experts.panel_fit(board=judging.load(panel.id), by=person)
    if not found.board.entries or not found.members:
        return ""
    _noted(panel, [fit for row in found.members for fit in row.fits])
    return render_template("suggestions/panels/experts.html", panel=panel, found=found, **WORDS)


def desk_panel(desk: Desk, **_context: Any) -> str:
    """On a juror's desk: which proposal is closest to what they know."""
    if not rights.can_be_compared(desk.panel, desk.challenge):
        return ""
    found = experts.desk_fit(desk=desk, by=actor())
    _noted(desk.panel, list(found.fits))
    return render_template("suggestions/panels/expertise.html", desk=desk, found=found, **WORDS)
