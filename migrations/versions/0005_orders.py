"""Requisitions and orders

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_counter")),
        sa.UniqueConstraint("series", "year", name=op.f("uq_order_counter_series_year")),
    )
    op.create_table(
        "requisition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("framework_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("repeats_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signing",
                "returned",
                "approved",
                "ordered",
                "dropped",
                name="requisitionstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "desk",
            sa.Enum(
                "case_officer",
                "supervisor",
                "accountant",
                "head",
                name="signoffrole",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("budget_line", sa.String(length=120), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("superior_number", sa.String(length=80), nullable=False),
        sa.Column("subsidy_asked", sa.Boolean(), nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'signing') = (desk IS NOT NULL)", name=op.f("ck_requisition_desk_paired")
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'ordered')) = (approved_at IS NOT NULL)",
            name=op.f("ck_requisition_approval_paired"),
        ),
        sa.CheckConstraint(
            "(state IN ('ordered', 'dropped')) = (ended_at IS NOT NULL)",
            name=op.f("ck_requisition_end_paired"),
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_requisition_round_positive")),
        sa.ForeignKeyConstraint(["agency_id"], ["organization.id"], name=op.f("fk_requisition_agency_id")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework_agreement.id"], name=op.f("fk_requisition_framework_id")
        ),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["user.id"], name=op.f("fk_requisition_prepared_by_id")),
        sa.ForeignKeyConstraint(["repeats_id"], ["requisition.id"], name=op.f("fk_requisition_repeats_id")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_requisition_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition")),
        sa.UniqueConstraint("code", name=op.f("uq_requisition_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_requisition_ref")),
    )
    with op.batch_alter_table("requisition", schema=None) as batch_op:
        batch_op.create_index("ix_requisition_agency_id", ["agency_id", "state"], unique=False)

    op.create_table(
        "call_off_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("eproc_number", sa.String(length=40), nullable=False),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("framework_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "placed",
                "confirmed",
                "delivering",
                "delivered",
                "inspected",
                "certified",
                "paid",
                "closed",
                "declined",
                "cancelled",
                "disputed",
                name="orderstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("superior_number", sa.String(length=80), nullable=False),
        sa.Column("subsidy_asked", sa.Boolean(), nullable=False),
        sa.Column("service_fee", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_due_on", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_note", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column(
            "ended_side",
            sa.Enum("agency", "supplier", "staff", name="party", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_call_off_order_close_paired")
        ),
        sa.CheckConstraint(
            "(state IN ('declined', 'cancelled')) = (ended_at IS NOT NULL)",
            name=op.f("ck_call_off_order_end_paired"),
        ),
        sa.CheckConstraint(
            "state IN ('placed', 'declined', 'cancelled') OR confirmed_at IS NOT NULL",
            name=op.f("ck_call_off_order_confirmed_first"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_call_off_order_ended_by_paired")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_side IS NULL)", name=op.f("ck_call_off_order_ended_side_paired")
        ),
        sa.CheckConstraint("service_fee >= 0", name=op.f("ck_call_off_order_fee_positive")),
        sa.ForeignKeyConstraint(["agency_id"], ["organization.id"], name=op.f("fk_call_off_order_agency_id")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework_agreement.id"], name=op.f("fk_call_off_order_framework_id")
        ),
        sa.ForeignKeyConstraint(["placed_by_id"], ["user.id"], name=op.f("fk_call_off_order_placed_by_id")),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_call_off_order_requisition_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organization.id"], name=op.f("fk_call_off_order_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_off_order")),
        sa.UniqueConstraint("eproc_number", name=op.f("uq_call_off_order_eproc_number")),
        sa.UniqueConstraint("number", name=op.f("uq_call_off_order_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_call_off_order_ref")),
        sa.UniqueConstraint("requisition_id", name=op.f("uq_call_off_order_requisition_id")),
    )
    with op.batch_alter_table("call_off_order", schema=None) as batch_op:
        batch_op.create_index("ix_call_off_order_agency_id", ["agency_id", "state"], unique=False)
        batch_op.create_index("ix_call_off_order_placed_at", ["placed_at", "id"], unique=False)
        batch_op.create_index("ix_call_off_order_supplier_id", ["supplier_id", "state"], unique=False)

    op.create_table(
        "requisition_signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "desk",
            sa.Enum(
                "case_officer",
                "supervisor",
                "accountant",
                "head",
                name="signoffrole",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum("signed", "returned", name="verdict", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("as_deputy", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict <> 'returned' OR words <> ''", name=op.f("ck_requisition_signature_return_has_words")
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_requisition_signature_requisition_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_requisition_signature_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition_signature")),
        sa.UniqueConstraint(
            "requisition_id", "round", "desk", name=op.f("uq_requisition_signature_requisition_id_round_desk")
        ),
        sa.UniqueConstraint(
            "requisition_id",
            "round",
            "user_id",
            name=op.f("uq_requisition_signature_requisition_id_round_user_id"),
        ),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "notified", "passed", "reduced", "failed", name="deliverystate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["call_off_order.id"], name=op.f("fk_delivery_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_delivery_order_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_delivery_ref")),
    )
    op.create_table(
        "order_dispute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stood",
            sa.Enum(
                "placed",
                "confirmed",
                "delivering",
                "delivered",
                "inspected",
                "certified",
                "paid",
                "closed",
                "declined",
                "cancelled",
                "disputed",
                name="orderstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "side",
            sa.Enum("agency", "supplier", "staff", name="party", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "settlement",
            sa.Enum("goes_on", "ends", name="settlement", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_order_dispute_settled_by_paired")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement IS NULL)", name=op.f("ck_order_dispute_settlement_paired")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["call_off_order.id"], name=op.f("fk_order_dispute_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_dispute")),
    )
    with op.batch_alter_table("order_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_dispute_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_experience",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fitness", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("note <> ''", name=op.f("ck_order_experience_note_given")),
        sa.CheckConstraint("fitness BETWEEN 1 AND 5", name=op.f("ck_order_experience_fitness_range")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["call_off_order.id"], name=op.f("fk_order_experience_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_experience")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_experience_order_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_order_experience_ref")),
    )
    op.create_table(
        "order_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "requisition",
                "order",
                "acceptance",
                "certificate",
                "other",
                name="paperkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attached_by", sa.String(length=120), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(requisition_id IS NULL) <> (order_id IS NULL)", name=op.f("ck_order_paper_of_one_thing")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_order_paper_file_id")),
        sa.ForeignKeyConstraint(["order_id"], ["call_off_order.id"], name=op.f("fk_order_paper_order_id")),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_order_paper_requisition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_paper")),
        sa.UniqueConstraint("ref", name=op.f("uq_order_paper_ref")),
    )
    with op.batch_alter_table("order_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_paper_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_paper_requisition_id"), ["requisition_id"], unique=False)

    op.create_table(
        "settlement_certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("chief_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chief_name", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supervisor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("supervisor_name", sa.String(length=120), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(supervisor_id IS NULL) = (signed_at IS NULL)",
            name=op.f("ck_settlement_certificate_signature_paired"),
        ),
        sa.CheckConstraint(
            "(supervisor_name IS NULL) = (signed_at IS NULL)",
            name=op.f("ck_settlement_certificate_supervisor_named"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_certificate_amount_positive")),
        sa.CheckConstraint("supervisor_id <> chief_id", name=op.f("ck_settlement_certificate_two_people")),
        sa.ForeignKeyConstraint(["chief_id"], ["user.id"], name=op.f("fk_settlement_certificate_chief_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["call_off_order.id"], name=op.f("fk_settlement_certificate_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["user.id"], name=op.f("fk_settlement_certificate_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_certificate")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_settlement_certificate_order_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_settlement_certificate_ref")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "result",
            sa.Enum("passed", "reduced", "failed", name="result", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("chief_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chief_name", sa.String(length=120), nullable=False),
        sa.Column("joint", sa.String(length=120), nullable=False),
        sa.Column("assisting", sa.String(length=120), nullable=False),
        sa.Column("witness", sa.String(length=120), nullable=False),
        sa.Column("by_documents", sa.Boolean(), nullable=False),
        sa.Column("discrepancies", sa.Text(), nullable=False),
        sa.Column("reduction", sa.BigInteger(), nullable=False),
        sa.Column("cure_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(result = 'failed') = (cure_on IS NOT NULL)", name=op.f("ck_inspection_cure_paired")
        ),
        sa.CheckConstraint(
            "(result = 'reduced') = (reduction > 0)", name=op.f("ck_inspection_reduction_paired")
        ),
        sa.CheckConstraint(
            "result = 'passed' OR discrepancies <> ''", name=op.f("ck_inspection_discrepancies_told")
        ),
        sa.CheckConstraint("reduction >= 0", name=op.f("ck_inspection_reduction_positive")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["settlement_certificate.id"], name=op.f("fk_inspection_certificate_id")
        ),
        sa.ForeignKeyConstraint(["chief_id"], ["user.id"], name=op.f("fk_inspection_chief_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_inspection_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_inspection_delivery_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_inspection_ref")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "order_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_order_payment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["settlement_certificate.id"], name=op.f("fk_order_payment_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_payment")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_order_payment_certificate_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_order_payment_ref")),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "output",
            sa.Enum("goods", "service", name="outputkind", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("struck", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=240), nullable=False),
        sa.Column("unit_zh", sa.String(length=20), nullable=False),
        sa.Column("unit_en", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(item_id IS NULL) = (version_number IS NULL)", name=op.f("ck_order_line_version_paired")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity_positive")),
        sa.CheckConstraint("struck BETWEEN 0 AND quantity", name=op.f("ck_order_line_struck_range")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_order_line_price_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_order_line_item_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_order_line_lot_id")),
        sa.ForeignKeyConstraint(["order_id"], ["call_off_order.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_order_line_order_id_item_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_order_line_ref")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_line_item_id", ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "requisition_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requisition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=240), nullable=False),
        sa.Column("unit_zh", sa.String(length=20), nullable=False),
        sa.Column("unit_en", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(item_id IS NULL) = (version_number IS NULL)", name=op.f("ck_requisition_line_version_paired")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_requisition_line_quantity_positive")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_requisition_line_price_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_requisition_line_item_id")),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_requisition_line_requisition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition_line")),
        sa.UniqueConstraint(
            "requisition_id", "item_id", name=op.f("uq_requisition_line_requisition_id_item_id")
        ),
    )
    with op.batch_alter_table("requisition_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_requisition_line_requisition_id"), ["requisition_id"], unique=False
        )

    op.create_table(
        "delivery_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "accepted IS NULL OR accepted BETWEEN 0 AND quantity",
            name=op.f("ck_delivery_line_accepted_range"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_delivery_line_quantity_positive")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_delivery_line_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sa.UniqueConstraint("delivery_id", "line_id", name=op.f("uq_delivery_line_delivery_id_line_id")),
    )
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_line_line_id"), ["line_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_line_line_id"))

    op.drop_table("delivery_line")
    with op.batch_alter_table("requisition_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requisition_line_requisition_id"))

    op.drop_table("requisition_line")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_order_id"))
        batch_op.drop_index(batch_op.f("ix_order_line_lot_id"))
        batch_op.drop_index("ix_order_line_item_id")

    op.drop_table("order_line")
    op.drop_table("order_payment")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_certificate_id"))

    op.drop_table("inspection")
    op.drop_table("settlement_certificate")
    with op.batch_alter_table("order_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_paper_requisition_id"))
        batch_op.drop_index(batch_op.f("ix_order_paper_order_id"))

    op.drop_table("order_paper")
    op.drop_table("order_experience")
    with op.batch_alter_table("order_dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_dispute_order_id"))

    op.drop_table("order_dispute")
    op.drop_table("delivery")
    op.drop_table("requisition_signature")
    with op.batch_alter_table("call_off_order", schema=None) as batch_op:
        batch_op.drop_index("ix_call_off_order_supplier_id")
        batch_op.drop_index("ix_call_off_order_placed_at")
        batch_op.drop_index("ix_call_off_order_agency_id")

    op.drop_table("call_off_order")
    with op.batch_alter_table("requisition", schema=None) as batch_op:
        batch_op.drop_index("ix_requisition_agency_id")

    op.drop_table("requisition")
    op.drop_table("order_counter")
