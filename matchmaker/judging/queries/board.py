"""Everything about one panel, read at once: the ground of its rules and of its pages.

A board knows all scores. No page may have it whole: the queries beside it hand out what a person may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.challenges.models import Challenge, Criterion
from matchmaker.foundation.db import db
from matchmaker.judging import scoring
from matchmaker.judging.facts import Progress
from matchmaker.judging.models import Declaration, Panel, PanelDecision, PanelMember, Score, ScoreSheet
from matchmaker.judging.scoring import Divergence, Mark, Standing
from matchmaker.judging.states import ScoringMethod, SheetState
from matchmaker.kernel.errors import NotFound
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.states import IN_CONTEST, ProposalState

JUDGED = IN_CONTEST | {ProposalState.AWARDED, ProposalState.RESERVE, ProposalState.NOT_AWARDED}
"""A proposal before the panel: in contest, or with the panel's decision on it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal in contest, with the frozen version that counts."""

    proposal: Proposal
    version: ProposalVersion

    @property
    def ref(self) -> str:
        return self.proposal.ref

    @property
    def number(self) -> int:
        return self.proposal.number or 0

    @property
    def title(self) -> str:
        return self.version.value.title

    @property
    def language(self) -> str:
        """The language the startup writes in: ``zh`` or ``en``."""
        return self.version.value.language

    @property
    def proposer(self) -> str:
        return self.proposal.organization.name

    @property
    def asked(self) -> int:
        """NT$ asked of the programme."""
        return self.version.value.grant_total


@dataclass(frozen=True, slots=True)
class Board:
    """A panel with its challenge, criteria, proposals, live members, declarations and sheets."""

    panel: Panel
    challenge: Challenge
    criteria: Sequence[Criterion]
    entries: Sequence[Entry]
    members: Sequence[PanelMember]
    declarations: Mapping[tuple[int, int], Declaration]
    sheets: Mapping[tuple[int, int], ScoreSheet]
    decisions: Mapping[int, PanelDecision]

    @property
    def weights(self) -> dict[str, int]:
        return {criterion.ref: criterion.weight for criterion in self.criteria}

    def entry(self, ref: str) -> Entry:
        """The proposal of this reference among those in contest; NotFound otherwise."""
        found = next((entry for entry in self.entries if entry.ref == ref), None)
        if found is None:
            raise NotFound
        return found

    def declaration(self, member: PanelMember, entry: Entry) -> Declaration | None:
        return self.declarations.get((member.id, entry.proposal.id))

    def sheet(self, member: PanelMember, entry: Entry) -> ScoreSheet | None:
        return self.sheets.get((member.id, entry.proposal.id))

    def is_recused(self, member: PanelMember, entry: Entry) -> bool:
        declaration = self.declaration(member, entry)
        return declaration is not None and declaration.conflict is not None

    def progress(self, member: PanelMember) -> Progress:
        """Where a member stands; sheets of proposals from which the member is recused do not count."""
        declared = [self.declaration(member, entry) for entry in self.entries]
        sheets = [self.sheet(member, entry) for entry in self.entries if not self.is_recused(member, entry)]
        states = [sheet.state for sheet in sheets if sheet is not None]
        return Progress(
            proposals=len(self.entries),
            declared=sum(one is not None for one in declared),
            conflicts=sum(one is not None and one.conflict is not None for one in declared),
            drafts=states.count(SheetState.DRAFT),
            submitted=states.count(SheetState.SUBMITTED),
        )

    def undeclared(self) -> list[str]:
        """Names of members who have not declared on every proposal."""
        return [m.user.name for m in self.members if not self.progress(m).declared_all]

    def unfinished(self) -> list[str]:
        """Names of members whose declarations or sheets are missing."""
        return [m.user.name for m in self.members if not self.progress(m).finished]

    def scorers(self, entry: Entry) -> list[PanelMember]:
        """The members whose submitted sheet of this proposal counts."""
        made = []
        for member in self.members:
            sheet = self.sheet(member, entry)
            if (
                sheet is not None
                and sheet.state is SheetState.SUBMITTED
                and not self.is_recused(member, entry)
            ):
                made.append(member)
        return made

    def without_quorum(self) -> list[str]:
        """Numbers of the proposals that too few members scored."""
        return [str(e.number) for e in self.entries if not self._is_quorum(self.scorers(e))]

    def out_of_reach(self) -> list[str]:
        """Numbers of the proposals that too many are recused from: nobody can make up the quorum as things stand."""
        reach = {
            entry.number: [member for member in self.members if not self.is_recused(member, entry)]
            for entry in self.entries
        }
        return [str(number) for number, members in reach.items() if not self._is_quorum(members)]

    def _is_quorum(self, present: Sequence[PanelMember]) -> bool:
        experts = sum(member.external_expert for member in present)
        return scoring.quorum(len(self.members), len(present), experts) is None

    def marks(self, entries: Sequence[Entry] | None = None) -> list[Mark]:
        """The sheets that count, of these proposals or of all."""
        made = []
        for entry in self.entries if entries is None else entries:
            for member in self.scorers(entry):
                points = points_of(self.sheets[member.id, entry.proposal.id])
                total = scoring.weighted_total(points, self.weights)
                made.append(Mark(member.ref, entry.ref, total, points))
        return made

    def standings(
        self, entries: Sequence[Entry] | None = None, method: ScoringMethod | None = None
    ) -> dict[str, Standing]:
        """The standing of each scored proposal by its reference, by the panel's method or another."""
        made = scoring.standings(self.marks(entries), method or self.panel.method, self.weights)
        return {standing.proposal: standing for standing in made}

    def divergences(self, entries: Sequence[Entry] | None = None) -> list[Divergence]:
        return scoring.divergences(self.marks(entries))

    def is_complete(self) -> bool:
        """Is there a prepared decision for every proposal in contest, and for no other?"""
        return bool(self.entries) and {entry.proposal.id for entry in self.entries} == set(self.decisions)


def points_of(sheet: ScoreSheet) -> dict[str, int]:
    """The points given so far, by the references of the criteria."""
    return {score.criterion.ref: score.points for score in sheet.scores if score.points is not None}


def entries_of(challenge_id: int, *, fresh: bool = False) -> list[Entry]:
    """The proposals in contest or decided, in order of their numbers; none before screening admits any."""
    rows = db.session.execute(
        select(Proposal, ProposalVersion)
        .join(
            ProposalVersion,
            and_(
                ProposalVersion.proposal_id == Proposal.id,
                ProposalVersion.number == Proposal.submitted_version,
            ),
        )
        .where(Proposal.challenge_id == challenge_id, Proposal.state.in_(JUDGED))
        .options(joinedload(Proposal.organization))
        .order_by(Proposal.number, Proposal.id)
        .execution_options(populate_existing=fresh)
    )
    return [Entry(proposal, version) for proposal, version in rows]


def load(panel_id: int, *, fresh: bool = False) -> Board:
    """The board of a panel, in a fixed number of queries.

    ``fresh`` reads anew what the session knows already: for operations, after they hold the panel.
    """
    panel = (
        db.session.execute(
            select(Panel)
            .where(Panel.id == panel_id)
            .options(
                joinedload(Panel.challenge).joinedload(Challenge.organization),
                joinedload(Panel.challenge).selectinload(Challenge.criteria),
                joinedload(Panel.challenge).selectinload(Challenge.texts),
            )
            .execution_options(populate_existing=fresh)
        )
        .unique()
        .scalar_one()
    )
    members = db.session.execute(
        select(PanelMember)
        .where(PanelMember.panel_id == panel_id, PanelMember.left_at.is_(None))
        .options(joinedload(PanelMember.user))
        .order_by(PanelMember.chair.desc(), PanelMember.id)
        .execution_options(populate_existing=fresh)
    ).scalars()
    declarations = db.session.execute(
        select(Declaration)
        .join(Declaration.member)
        .where(PanelMember.panel_id == panel_id)
        .execution_options(populate_existing=fresh)
    ).scalars()
    sheets = db.session.execute(
        select(ScoreSheet)
        .join(ScoreSheet.member)
        .where(PanelMember.panel_id == panel_id)
        .options(selectinload(ScoreSheet.scores).joinedload(Score.criterion))
        .execution_options(populate_existing=fresh)
    ).scalars()
    decisions = db.session.execute(
        select(PanelDecision)
        .where(PanelDecision.panel_id == panel_id)
        .execution_options(populate_existing=fresh)
    ).scalars()
    return Board(
        panel=panel,
        challenge=panel.challenge,
        criteria=panel.challenge.criteria,
        entries=entries_of(panel.challenge_id, fresh=fresh),
        members=members.all(),
        declarations={(d.member_id, d.proposal_id): d for d in declarations},
        sheets={(s.member_id, s.proposal_id): s for s in sheets},
        decisions={d.proposal_id: d for d in decisions},
    )
