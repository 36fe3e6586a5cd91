"""Agreements extended and announced; applications, reviews, better prices, saved items

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("source_note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_announcement_year_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("ref", name=op.f("uq_announcement_ref")),
        sa.UniqueConstraint("year", name=op.f("uq_announcement_year")),
    )
    op.create_table(
        "announced_category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announced_category_announcement_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_announced_category_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_category")),
        sa.UniqueConstraint(
            "announcement_id", "category_id", name=op.f("uq_announced_category_announcement_id_category_id")
        ),
    )
    op.create_table(
        "item_evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "award",
                "private_cooperation",
                "government_pilot",
                "government_reference",
                name="evidencekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("organization", sa.String(length=160), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("title <> '' AND organization <> ''", name=op.f("ck_item_evidence_named")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_item_evidence_file_id")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_item_evidence_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_evidence")),
        sa.UniqueConstraint("ref", name=op.f("uq_item_evidence_ref")),
    )
    with op.batch_alter_table("item_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_item_evidence_item_id", ["item_id"], unique=False)

    op.create_table(
        "listing_application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("listing", "change", name="applicationkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "refused",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("framework_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proposed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(kind = 'listing') = (framework_id IS NOT NULL)",
            name=op.f("ck_listing_application_framework_paired"),
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused', 'withdrawn')) = (decided_at IS NOT NULL)",
            name=op.f("ck_listing_application_decision_paired"),
        ),
        sa.CheckConstraint(
            "kind = 'listing' OR lot_id IS NULL", name=op.f("ck_listing_application_lot_of_listing")
        ),
        sa.CheckConstraint("rounds >= 1", name=op.f("ck_listing_application_rounds_positive")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework_agreement.id"], name=op.f("fk_listing_application_framework_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalog_item.id"], name=op.f("fk_listing_application_item_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_listing_application_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_application")),
        sa.UniqueConstraint("ref", name=op.f("uq_listing_application_ref")),
    )
    with op.batch_alter_table("listing_application", schema=None) as batch_op:
        batch_op.create_index("ix_listing_application_list", ["state", "submitted_at", "id"], unique=False)
        batch_op.create_index(
            "ix_listing_application_one",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('submitted', 'returned')"),
            postgresql_where=sa.text("state IN ('submitted', 'returned')"),
        )

    op.create_table(
        "price_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "offered",
                "accepted",
                "refused",
                "dismissed",
                name="reportstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("source_note", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reported_by", sa.String(length=120), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("made_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (made_version IS NOT NULL)",
            name=op.f("ck_price_report_acceptance_paired"),
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'dismissed')) = (closed_at IS NOT NULL)",
            name=op.f("ck_price_report_end_paired"),
        ),
        sa.CheckConstraint(
            "state <> 'dismissed' OR closing_note <> ''", name=op.f("ck_price_report_dismissal_has_reason")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR answer <> ''", name=op.f("ck_price_report_refusal_has_reason")
        ),
        sa.CheckConstraint(
            "state = 'reported' OR state = 'dismissed' OR offered_at IS NOT NULL",
            name=op.f("ck_price_report_offered"),
        ),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_price_report_price_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_price_report_item_id")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["organization.id"], name=op.f("fk_price_report_reporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_report")),
        sa.UniqueConstraint("ref", name=op.f("uq_price_report_ref")),
    )
    with op.batch_alter_table("price_report", schema=None) as batch_op:
        batch_op.create_index("ix_price_report_item_id", ["item_id"], unique=False)
        batch_op.create_index("ix_price_report_list", ["state", "reported_at", "id"], unique=False)

    op.create_table(
        "saved_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_saved_item_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_item_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_item")),
        sa.UniqueConstraint("user_id", "item_id", name=op.f("uq_saved_item_user_id_item_id")),
    )
    op.create_table(
        "review_finding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "criterion",
            sa.Enum(
                "technology",
                "use_case",
                "startup",
                "capability",
                "specification_open",
                "inspectable",
                "price",
                "terms",
                name="criterion",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("found_by", sa.String(length=120), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("met OR words <> ''", name=op.f("ck_review_finding_words_where_not_met")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["listing_application.id"], name=op.f("fk_review_finding_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_finding")),
        sa.UniqueConstraint(
            "application_id",
            "round",
            "criterion",
            name=op.f("uq_review_finding_application_id_round_criterion"),
        ),
    )
    with op.batch_alter_table("framework_agreement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_end", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("extension_note", sa.Text(), server_default="", nullable=False))
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_extension_forward"), "first_end IS NULL OR first_end < ends_on"
        )
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_extension_paired"), "(first_end IS NULL) = (extension_note = '')"
        )


def downgrade() -> None:
    with op.batch_alter_table("framework_agreement", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_framework_agreement_extension_paired"), type_="check")
        batch_op.drop_constraint(op.f("ck_framework_agreement_extension_forward"), type_="check")
        batch_op.drop_column("extension_note")
        batch_op.drop_column("first_end")

    op.drop_table("review_finding")
    op.drop_table("saved_item")
    op.drop_table("price_report")
    op.drop_table("listing_application")
    op.drop_table("item_evidence")
    op.drop_table("announced_category")
    op.drop_table("announcement")
