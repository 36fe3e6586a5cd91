"""What an item's listing is prepared from: the words that pilot, challenge and proposal already hold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from matchmaker.catalog.facts import ItemFacts
from matchmaker.pilots.models import Measure, Pilot
from matchmaker.proposals.content import ProposalContent

_MEASURED = {
    "zh": "{name}：實證達 {actual}{unit}（基準 {baseline}{unit}，目標 {target}{unit}）",
    "en": "{name}: {actual}{unit} in the pilot (baseline {baseline}{unit}, target {target}{unit})",
}
_PROMISED = {"zh": "{name}：{target}{unit}", "en": "{name}: {target}{unit}"}
TITLE_LENGTH = {"zh": 120, "en": 240}


def proposed_facts(pilot: Pilot) -> ItemFacts:
    """Title, summary and technology from the proposal, use case and specification from the challenge.

    Each in every language in which its source exists; what no source holds stays empty for staff and the
    supplier to write. Needs challenge texts, proposal versions and measures loaded.
    """
    content = _counted(pilot)
    texts = {language: pilot.challenge.text_in(language) for language in ("zh", "en")}
    words: dict[str, str] = {}
    for language, text in texts.items():
        own = content if content is not None and content.language == language else None
        pilot_title = pilot.title_zh if language == "zh" else pilot.title_en
        title = (own.title if own else "") or pilot_title
        words[f"title_{language}"] = title[: TITLE_LENGTH[language]]
        words[f"summary_{language}"] = own.summary if own else ""
        words[f"technology_{language}"] = own.solution_concept if own else ""
        words[f"use_case_{language}"] = _joined(text.problem, text.site) if text else ""
        results = _results(pilot.measures, language) if text or own else ""
        words[f"specification_{language}"] = _joined(text.outcome if text else "", results)
    return ItemFacts(**words, domain=pilot.challenge.domain)  # type: ignore[arg-type]


def _counted(pilot: Pilot) -> ProposalContent | None:
    """The proposal as submitted."""
    proposal = pilot.proposal
    version = next((v for v in proposal.versions if v.number == proposal.submitted_version), None)
    return version.value if version is not None else None


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


def _results(measures: Sequence[Measure], language: str) -> str:
    """One line per measure: what the pilot reached."""
    lines = []
    for measure in measures:
        known = measure.actual is not None and measure.baseline is not None
        pattern = (_MEASURED if known else _PROMISED)[language]
        lines.append(
            pattern.format(
                name=measure.name,
                unit=f" {measure.unit}" if measure.unit else "",
                actual=_figure(measure.actual),
                baseline=_figure(measure.baseline),
                target=_figure(measure.target),
            )
        )
    return "\n".join(lines)


def _figure(value: Decimal | None) -> str:
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
