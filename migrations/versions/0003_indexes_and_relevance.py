"""Marks of what the indexes have to read, verdicts, relevance, calibration and digests

Suggestions are computed, so the rows of the older shape are dropped and made again by the next run.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM suggestion")
    op.execute("DELETE FROM suggestion_run")
    op.create_table(
        "band_calibration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("positives", sa.Integer(), nullable=False),
        sa.Column("strong_from", sa.Float(), nullable=False),
        sa.Column("fair_from", sa.Float(), nullable=False),
        sa.Column("curve", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "0 < fair_from AND fair_from < strong_from AND strong_from < 1",
            name=op.f("ck_band_calibration_bands_ordered"),
        ),
        sa.CheckConstraint("positives BETWEEN 0 AND pairs", name=op.f("ck_band_calibration_positives_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_band_calibration")),
    )
    with op.batch_alter_table("band_calibration", schema=None) as batch_op:
        batch_op.create_index("ix_band_calibration_adopted_at", ["adopted_at"], unique=False)

    op.create_table(
        "index_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_mark")),
    )
    op.create_table(
        "relevance_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "sign",
            sa.Enum(
                "shown",
                "opened",
                "pinned",
                "accepted",
                "dismissed",
                "invited",
                "proposed",
                "shortlisted",
                "awarded",
                name="sign",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "startups",
                "challenges",
                "items",
                "similar",
                "proposals",
                name="direction",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("viewer", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("found", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("band", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("generation", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "score IS NULL OR score BETWEEN 0 AND 1", name=op.f("ck_relevance_event_score_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relevance_event")),
        sa.UniqueConstraint(
            "asked", "found", "viewer", "sign", "direction", "day", name="uq_relevance_event_once"
        ),
    )
    with op.batch_alter_table("relevance_event", schema=None) as batch_op:
        batch_op.create_index("ix_relevance_event_at", ["at", "id"], unique=False)

    op.create_table(
        "digest_choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_choice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_choice")),
        sa.UniqueConstraint("user_id", name=op.f("uq_digest_choice_user_id")),
    )
    op.create_table(
        "expertise_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_expertise_note_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expertise_note")),
        sa.UniqueConstraint("user_id", name=op.f("uq_expertise_note_user_id")),
    )
    op.create_table(
        "suggestion_verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("challenge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "side", sa.Enum("agency", "startup", name="side", native_enum=False, length=24), nullable=False
        ),
        sa.Column(
            "choice",
            sa.Enum("accepted", "dismissed", name="choice", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "other_field",
                "other_method",
                "too_large",
                "too_small",
                "known",
                "no_capacity",
                "other",
                name="dismissreason",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(choice IS NOT NULL AND choice = 'dismissed') = (reason IS NOT NULL)",
            name=op.f("ck_suggestion_verdict_reason_paired"),
        ),
        sa.CheckConstraint(
            "invited_at IS NULL OR side = 'agency'", name=op.f("ck_suggestion_verdict_agency_invites")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_suggestion_verdict_challenge_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_suggestion_verdict_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_verdict")),
        sa.UniqueConstraint(
            "challenge_id",
            "organization_id",
            "side",
            name=op.f("uq_suggestion_verdict_challenge_id_organization_id_side"),
        ),
    )
    with op.batch_alter_table("suggestion_verdict", schema=None) as batch_op:
        batch_op.create_index(
            "ix_suggestion_verdict_organization_id", ["organization_id", "side"], unique=False
        )

    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.add_column(sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("generation", sa.String(length=32), nullable=False))
        batch_op.add_column(sa.Column("fingerprint", sa.String(length=64), nullable=False))
        batch_op.create_index(
            "ix_suggestion_best", ["challenge_id", "score", "organization_id"], unique=False
        )
        batch_op.drop_constraint(batch_op.f("fk_suggestion_run_id"), type_="foreignkey")
        batch_op.drop_column("run_id")
        batch_op.drop_column("rank")

    with op.batch_alter_table("suggestion_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("generation", sa.String(length=32), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM suggestion")
    op.execute("DELETE FROM suggestion_run")
    with op.batch_alter_table("suggestion_run", schema=None) as batch_op:
        batch_op.drop_column("generation")

    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.INTEGER(), nullable=False))
        batch_op.add_column(
            sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
        )
        batch_op.create_foreign_key(batch_op.f("fk_suggestion_run_id"), "suggestion_run", ["run_id"], ["id"])
        batch_op.drop_index("ix_suggestion_best")
        batch_op.drop_column("fingerprint")
        batch_op.drop_column("generation")
        batch_op.drop_column("computed_at")

    with op.batch_alter_table("suggestion_verdict", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_verdict_organization_id")

    op.drop_table("suggestion_verdict")
    op.drop_table("expertise_note")
    op.drop_table("digest_choice")
    with op.batch_alter_table("relevance_event", schema=None) as batch_op:
        batch_op.drop_index("ix_relevance_event_at")

    op.drop_table("relevance_event")
    op.drop_table("index_mark")
    with op.batch_alter_table("band_calibration", schema=None) as batch_op:
        batch_op.drop_index("ix_band_calibration_adopted_at")

    op.drop_table("band_calibration")
