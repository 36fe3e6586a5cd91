"""Lots and price breaks; the terms of agreements; the order behind an adoption

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("framework_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column(
            "domain",
            sa.Enum(
                "innovation",
                "agriculture",
                "care",
                "safety",
                "environment",
                "education",
                name="domain",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("regions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("price_ceiling", sa.BigInteger(), nullable=True),
        sa.Column("order_min", sa.BigInteger(), nullable=True),
        sa.Column("order_max", sa.BigInteger(), nullable=True),
        sa.Column("published_budget", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "order_max IS NULL OR order_max >= coalesce(order_min, 1)",
            name=op.f("ck_lot_maximum_above_minimum"),
        ),
        sa.CheckConstraint("order_min IS NULL OR order_min > 0", name=op.f("ck_lot_minimum_positive")),
        sa.CheckConstraint(
            "price_ceiling IS NULL OR price_ceiling > 0", name=op.f("ck_lot_ceiling_positive")
        ),
        sa.CheckConstraint(
            "published_budget IS NULL OR published_budget > 0", name=op.f("ck_lot_budget_positive")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_lot_category_id")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework_agreement.id"], name=op.f("fk_lot_framework_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("framework_id", "code", name=op.f("uq_lot_framework_id_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_lot_ref")),
    )
    op.create_table(
        "price_break",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_quantity >= 2", name=op.f("ck_price_break_quantity_above_one")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_price_break_price_positive")),
        sa.ForeignKeyConstraint(["version_id"], ["item_version.id"], name=op.f("fk_price_break_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_break")),
        sa.UniqueConstraint(
            "version_id", "from_quantity", name=op.f("uq_price_break_version_id_from_quantity")
        ),
    )
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.add_column(sa.Column("order_ref", sa.String(length=16), nullable=True))

    with op.batch_alter_table("catalog_item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_catalog_item_lot_id"), "lot", ["lot_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_catalog_item_lot_in_framework"), "lot_id IS NULL OR framework_id IS NOT NULL"
        )

    with op.batch_alter_table("framework_agreement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opens_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closes_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("published_budget", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("service_fee", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_listing_paired"), "(opens_on IS NULL) = (closes_on IS NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_listing_before_start"),
            "opens_on IS NULL OR (opens_on <= closes_on AND closes_on < starts_on)",
        )
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_budget_positive"), "published_budget IS NULL OR published_budget > 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_framework_agreement_fee_one_percent"), "service_fee BETWEEN 0 AND 100"
        )


def downgrade() -> None:
    with op.batch_alter_table("framework_agreement", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_framework_agreement_fee_one_percent"), type_="check")
        batch_op.drop_constraint(op.f("ck_framework_agreement_budget_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_framework_agreement_listing_before_start"), type_="check")
        batch_op.drop_constraint(op.f("ck_framework_agreement_listing_paired"), type_="check")
        batch_op.drop_column("service_fee")
        batch_op.drop_column("published_budget")
        batch_op.drop_column("closes_on")
        batch_op.drop_column("opens_on")

    with op.batch_alter_table("catalog_item", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_catalog_item_lot_in_framework"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_catalog_item_lot_id"), type_="foreignkey")
        batch_op.drop_column("lot_id")

    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.drop_column("order_ref")

    op.drop_table("price_break")
    op.drop_table("lot")
