"""Adoption kits and peer requests

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("pilot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "agreed", "declined", "ended", name="peerstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'agreed') = (contact_name <> '')", name=op.f("ck_peer_request_contact_by_consent")
        ),
        sa.CheckConstraint(
            "contact_name <> '' OR (contact_email = '' AND contact_phone = '')",
            name=op.f("ck_peer_request_no_contact_left"),
        ),
        sa.CheckConstraint(
            "contact_name = '' OR contact_email <> '' OR contact_phone <> ''",
            name=op.f("ck_peer_request_contact_reachable"),
        ),
        sa.CheckConstraint(
            "state = 'asked' OR answered_at IS NOT NULL", name=op.f("ck_peer_request_answer_paired")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["organization.id"], name=op.f("fk_peer_request_agency_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_peer_request_asked_by_id")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_peer_request_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_peer_request_ref")),
    )
    op.create_index("ix_peer_request_agency_id", "peer_request", ["agency_id"], unique=False)
    op.create_index(
        "ix_peer_request_one",
        "peer_request",
        ["pilot_id", "agency_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )

    op.create_table(
        "adoption_kit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("chosen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("alternatives", sa.Text(), nullable=False),
        sa.Column("budget_line", sa.String(length=120), nullable=False),
        sa.Column("add_ons", sa.BigInteger(), nullable=False),
        sa.Column("add_ons_note", sa.String(length=200), nullable=False),
        sa.Column("yearly_cost", sa.BigInteger(), nullable=False),
        sa.Column("yearly_note", sa.String(length=200), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("add_ons >= 0", name=op.f("ck_adoption_kit_add_ons_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_adoption_kit_quantity_positive")),
        sa.CheckConstraint("yearly_cost >= 0", name=op.f("ck_adoption_kit_yearly_positive")),
        sa.CheckConstraint("years BETWEEN 1 AND 10", name=op.f("ck_adoption_kit_years_range")),
        sa.ForeignKeyConstraint(["agency_id"], ["organization.id"], name=op.f("fk_adoption_kit_agency_id")),
        sa.ForeignKeyConstraint(["chosen_id"], ["catalog_item.id"], name=op.f("fk_adoption_kit_chosen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_kit")),
        sa.UniqueConstraint("ref", name=op.f("uq_adoption_kit_ref")),
    )
    op.create_index(op.f("ix_adoption_kit_agency_id"), "adoption_kit", ["agency_id"], unique=False)

    op.create_table(
        "adoption_kit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 3", name=op.f("ck_adoption_kit_entry_position_range")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_adoption_kit_entry_item_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["adoption_kit.id"], name=op.f("fk_adoption_kit_entry_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_kit_entry")),
        sa.UniqueConstraint("kit_id", "item_id", name=op.f("uq_adoption_kit_entry_kit_id_item_id")),
    )


def downgrade() -> None:
    op.drop_table("adoption_kit_entry")
    op.drop_index(op.f("ix_adoption_kit_agency_id"), table_name="adoption_kit")

    op.drop_table("adoption_kit")
    op.drop_index(
        "ix_peer_request_one",
        table_name="peer_request",
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )
    op.drop_index("ix_peer_request_agency_id", table_name="peer_request")

    op.drop_table("peer_request")
