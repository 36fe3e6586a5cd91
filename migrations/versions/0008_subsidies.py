"""Subsidised cases with their ledger, claims, requests and oversight

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subsidy_counter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_counter")),
        sa.UniqueConstraint("year", name=op.f("uq_subsidy_counter_year")),
    )
    op.create_table(
        "subsidy_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_subsidy_round_budget_positive")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_subsidy_round_window_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_round")),
        sa.UniqueConstraint("code", name=op.f("uq_subsidy_round_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_round_ref")),
    )
    op.create_table(
        "subsidy_meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["subsidy_round.id"], name=op.f("fk_subsidy_meeting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_meeting")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_meeting_ref")),
    )
    with op.batch_alter_table("subsidy_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_meeting_round_id"), ["round_id"], unique=False)

    op.create_table(
        "subsidy_calendar_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_subsidy_calendar_key_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_subsidy_calendar_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_calendar_key")),
        sa.UniqueConstraint(
            "user_id", "organization_id", name=op.f("uq_subsidy_calendar_key_user_id_organization_id")
        ),
    )
    op.create_table(
        "subsidy_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "checking",
                "cure",
                "complete",
                "declined",
                "withdrawn",
                "running",
                "settled",
                "terminated",
                "revoked",
                "closed",
                name="casestate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("bureau", sa.String(length=60), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("benefits", sa.Text(), nullable=False),
        sa.Column("sustainment", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("requested", sa.BigInteger(), nullable=True),
        sa.Column("eligible", sa.BigInteger(), nullable=True),
        sa.Column("ineligible", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("worksheets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "budget_state",
            sa.Enum(
                "not_budgeted",
                "annual",
                "supplementary",
                "other_rule",
                name="budgetstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("budget_with_matching", sa.Boolean(), nullable=False),
        sa.Column("budget_note", sa.Text(), nullable=False),
        sa.Column("cure_due_on", sa.Date(), nullable=True),
        sa.Column("cure_note", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("first_use_on", sa.Date(), nullable=True),
        sa.Column("plan_closed_on", sa.Date(), nullable=True),
        sa.Column("state_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "state <> 'cure' OR cure_due_on IS NOT NULL", name=op.f("ck_subsidy_case_cure_paired")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_subsidy_case_submission_paired"),
        ),
        sa.CheckConstraint(
            "(code IS NULL) = (submitted_at IS NULL)", name=op.f("ck_subsidy_case_code_paired")
        ),
        sa.CheckConstraint(
            "(starts_on IS NULL) = (ends_on IS NULL)", name=op.f("ck_subsidy_case_period_paired")
        ),
        sa.CheckConstraint(
            "requested IS NULL OR requested >= 0", name=op.f("ck_subsidy_case_requested_positive")
        ),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_subsidy_case_period_forward")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR eligible IS NOT NULL", name=op.f("ck_subsidy_case_counted")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["organization.id"], name=op.f("fk_subsidy_case_agency_id")),
        sa.ForeignKeyConstraint(["round_id"], ["subsidy_round.id"], name=op.f("fk_subsidy_case_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_case")),
        sa.UniqueConstraint("code", name=op.f("uq_subsidy_case_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_case_ref")),
    )
    with op.batch_alter_table("subsidy_case", schema=None) as batch_op:
        batch_op.create_index("ix_subsidy_case_agency_id", ["agency_id", "state"], unique=False)
        batch_op.create_index("ix_subsidy_case_round_id", ["round_id", "state"], unique=False)

    op.create_table(
        "subsidy_approval",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("subsidy", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("limit_code", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("adjustment", sa.String(length=24), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "subsidy <= ceiling AND ceiling <= cap AND subsidy <= total",
            name=op.f("ck_subsidy_approval_within_ceiling"),
        ),
        sa.CheckConstraint("total > 0 AND subsidy > 0", name=op.f("ck_subsidy_approval_amounts_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_approval_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_approval")),
        sa.UniqueConstraint("case_id", name=op.f("uq_subsidy_approval_case_id")),
    )
    op.create_table(
        "subsidy_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signing",
                "handed_in",
                "approved",
                "refused",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("benefits", sa.Text(), nullable=False),
        sa.Column("metrics", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("differences", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cost_before", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_before", sa.BigInteger(), nullable=False),
        sa.Column("cost_after", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_after", sa.BigInteger(), nullable=False),
        sa.Column("force_majeure", sa.Text(), nullable=False),
        sa.Column("declared_interest", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_subsidy_change_period_forward")),
        sa.CheckConstraint(
            "subsidy_after BETWEEN 0 AND cost_after", name=op.f("ck_subsidy_change_after_adds_up")
        ),
        sa.CheckConstraint(
            "subsidy_before BETWEEN 0 AND cost_before", name=op.f("ck_subsidy_change_before_adds_up")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_change_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_change")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_change_ref")),
    )
    with op.batch_alter_table("subsidy_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_change_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_subsidy_change_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
        )

    op.create_table(
        "subsidy_claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "same_year",
                "first_instalment",
                "final_instalment",
                name="claimkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "handed_in", "returned", "checked", "paid", name="claimstate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=True),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state IN ('checked', 'paid')) = (payable IS NOT NULL)",
            name=op.f("ck_subsidy_claim_payable_paired"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_subsidy_claim_cost_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_claim_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_claim")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_subsidy_claim_case_id_kind")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_claim_ref")),
    )
    with op.batch_alter_table("subsidy_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_claim_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_cut",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("pro_rata", "negotiated", name="cutmethod", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("share", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint('"after" BETWEEN 0 AND "before"', name=op.f("ck_subsidy_cut_only_less")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_cut_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_cut")),
    )
    with op.batch_alter_table("subsidy_cut", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_cut_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approved",
                "reduced",
                "paid",
                "refund_due",
                "interest_due",
                "returned",
                "interest",
                name="entrykind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_subsidy_entry_amount_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_entry")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_entry_ref")),
    )
    with op.batch_alter_table("subsidy_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_entry_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_subsidy_entry_approved",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'approved'"),
            postgresql_where=sa.text("kind = 'approved'"),
        )

    op.create_table(
        "subsidy_extension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "granted", "refused", name="askstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "matter", sa.Enum("procure", "claim", name="matter", native_enum=False, length=24), nullable=False
        ),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_until IS NOT NULL)",
            name=op.f("ck_subsidy_extension_grant_paired"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_extension_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_extension")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_extension_ref")),
    )
    with op.batch_alter_table("subsidy_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_extension_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_inspection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("untrue", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_inspection_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_inspection")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_inspection_ref")),
    )
    with op.batch_alter_table("subsidy_inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_inspection_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "application",
                "claim",
                "request",
                "cure",
                "decline",
                "approval",
                "claim_return",
                "payment",
                "change",
                "change_refused",
                "termination",
                "termination_refused",
                "extension",
                "extension_refused",
                "reservation",
                "cut",
                "inspection",
                "improvement",
                "revocation",
                "repayment",
                name="letterkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("hearing", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'approval' OR clause <> ''", name=op.f("ck_subsidy_letter_approval_with_clause")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('change_refused', 'cut', 'decline', 'extension_refused', "
            "'repayment', 'reservation', 'revocation', 'termination', 'termination_refused') OR (hearing <> '' AND remedy <> '')",
            name=op.f("ck_subsidy_letter_adverse_heard"),
        ),
        sa.CheckConstraint("number <> ''", name=op.f("ck_subsidy_letter_number_given")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_letter_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_letter")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_letter_ref")),
    )
    with op.batch_alter_table("subsidy_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_letter_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "overdue", "mended", name="noticestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("state <> 'overdue'", name=op.f("ck_subsidy_notice_overdue_is_computed")),
        sa.CheckConstraint("due_on > sent_on", name=op.f("ck_subsidy_notice_due_after_sent")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_notice_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_notice")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_notice_ref")),
    )
    with op.batch_alter_table("subsidy_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_notice_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_ref", sa.String(length=16), nullable=True),
        sa.Column("pcc_number", sa.String(length=40), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("flags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("value > 0", name=op.f("ck_subsidy_order_value_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_order_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_order")),
        sa.UniqueConstraint("case_id", "pcc_number", name=op.f("uq_subsidy_order_case_id_pcc_number")),
        sa.UniqueConstraint("order_ref", name=op.f("uq_subsidy_order_order_ref")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_order_ref")),
    )
    with op.batch_alter_table("subsidy_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_order_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_repayment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_subsidy_repayment_amount_positive")),
        sa.CheckConstraint(
            "interest IS NULL OR interest >= 0", name=op.f("ck_subsidy_repayment_interest_positive")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_repayment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_repayment")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_repayment_ref")),
    )
    with op.batch_alter_table("subsidy_repayment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_repayment_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "approved", "refused", name="yuanstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("carried", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (carried IS NOT NULL)", name=op.f("ck_subsidy_reservation_carried_paired")
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_on IS NULL)", name=op.f("ck_subsidy_reservation_decision_paired")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_subsidy_reservation_amount_positive")),
        sa.CheckConstraint(
            "carried IS NULL OR carried BETWEEN 0 AND amount",
            name=op.f("ck_subsidy_reservation_carried_within"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_reservation_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_reservation")),
        sa.UniqueConstraint("case_id", "year", name=op.f("uq_subsidy_reservation_case_id_year")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_reservation_ref")),
    )
    with op.batch_alter_table("subsidy_reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_reservation_case_id"), ["case_id"], unique=False)

    op.create_table(
        "subsidy_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("adjustment", sa.String(length=24), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(amount IS NULL) = (adjustment = '')", name=op.f("ck_subsidy_review_adjustment_paired")
        ),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_subsidy_review_amount_positive")),
        sa.CheckConstraint("rank > 0", name=op.f("ck_subsidy_review_rank_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_review_case_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["subsidy_meeting.id"], name=op.f("fk_subsidy_review_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_review")),
        sa.UniqueConstraint("case_id", name=op.f("uq_subsidy_review_case_id")),
        sa.UniqueConstraint("meeting_id", "rank", name=op.f("uq_subsidy_review_meeting_id_rank")),
    )
    op.create_table(
        "subsidy_revocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("annulment", "revocation", name="endkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column(
            "stop", sa.Enum("none", "part", "all", name="scale", native_enum=False, length=24), nullable=False
        ),
        sa.Column(
            "claw_back",
            sa.Enum("none", "part", "all", name="scale", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("stopped", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_revocation_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_revocation")),
        sa.UniqueConstraint("case_id", name=op.f("uq_subsidy_revocation_case_id")),
    )
    op.create_table(
        "subsidy_termination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signing",
                "handed_in",
                "approved",
                "refused",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("contact_extension", sa.String(length=12), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("terminates_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("left_subsidy", sa.BigInteger(), nullable=False),
        sa.Column("left_interest", sa.BigInteger(), nullable=False),
        sa.Column("left_other", sa.BigInteger(), nullable=False),
        sa.Column("right_subsidy", sa.BigInteger(), nullable=True),
        sa.Column("right_interest", sa.BigInteger(), nullable=True),
        sa.Column("right_other", sa.BigInteger(), nullable=True),
        sa.Column("force_majeure", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("worksheet", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (right_subsidy IS NOT NULL)",
            name=op.f("ck_subsidy_termination_right_on_approval"),
        ),
        sa.CheckConstraint(
            "(right_subsidy IS NULL) = (right_interest IS NULL) AND (right_subsidy IS NULL) = (right_other IS NULL)",
            name=op.f("ck_subsidy_termination_right_paired"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_subsidy_termination_period_forward")),
        sa.CheckConstraint(
            "left_subsidy >= 0 AND left_interest >= 0 AND left_other >= 0",
            name=op.f("ck_subsidy_termination_left_positive"),
        ),
        sa.CheckConstraint(
            "terminates_on BETWEEN starts_on AND ends_on", name=op.f("ck_subsidy_termination_end_in_period")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_termination_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_termination")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_termination_ref")),
    )
    with op.batch_alter_table("subsidy_termination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_termination_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_subsidy_termination_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
        )

    op.create_table(
        "subsidy_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("termination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_paper_case_id")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["subsidy_change.id"], name=op.f("fk_subsidy_paper_change_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["subsidy_claim.id"], name=op.f("fk_subsidy_paper_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_subsidy_paper_file_id")),
        sa.ForeignKeyConstraint(
            ["termination_id"], ["subsidy_termination.id"], name=op.f("fk_subsidy_paper_termination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_paper")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_paper_ref")),
    )
    with op.batch_alter_table("subsidy_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subsidy_paper_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subsidy_paper_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subsidy_paper_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subsidy_paper_termination_id"), ["termination_id"], unique=False)

    op.create_table(
        "subsidy_signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("termination_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "role",
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
        sa.Column("signed_by", sa.String(length=120), nullable=False),
        sa.Column("as_deputy", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(change_id IS NULL) <> (termination_id IS NULL)", name=op.f("ck_subsidy_signature_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["subsidy_change.id"], name=op.f("fk_subsidy_signature_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["termination_id"], ["subsidy_termination.id"], name=op.f("fk_subsidy_signature_termination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_signature")),
        sa.UniqueConstraint("change_id", "role", name=op.f("uq_subsidy_signature_change_id_role")),
        sa.UniqueConstraint("termination_id", "role", name=op.f("uq_subsidy_signature_termination_id_role")),
    )
    op.create_table(
        "subsidy_case_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("one_off", "month", "day", name="linekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'one_off') = (units IS NULL)", name=op.f("ck_subsidy_case_line_units_paired")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_subsidy_case_line_quantity_positive")),
        sa.CheckConstraint("unit_price > 0", name=op.f("ck_subsidy_case_line_price_positive")),
        sa.CheckConstraint("units IS NULL OR units > 0", name=op.f("ck_subsidy_case_line_units_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["subsidy_case.id"], name=op.f("fk_subsidy_case_line_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["catalog_item.id"], name=op.f("fk_subsidy_case_line_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy_case_line")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_subsidy_case_line_case_id_position")),
        sa.UniqueConstraint("ref", name=op.f("uq_subsidy_case_line_ref")),
    )


def downgrade() -> None:
    op.drop_table("subsidy_case_line")
    op.drop_table("subsidy_signature")
    with op.batch_alter_table("subsidy_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_paper_termination_id"))
        batch_op.drop_index(batch_op.f("ix_subsidy_paper_claim_id"))
        batch_op.drop_index(batch_op.f("ix_subsidy_paper_change_id"))
        batch_op.drop_index(batch_op.f("ix_subsidy_paper_case_id"))

    op.drop_table("subsidy_paper")
    with op.batch_alter_table("subsidy_termination", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subsidy_termination_open",
            sqlite_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
        )
        batch_op.drop_index(batch_op.f("ix_subsidy_termination_case_id"))

    op.drop_table("subsidy_termination")
    op.drop_table("subsidy_revocation")
    op.drop_table("subsidy_review")
    with op.batch_alter_table("subsidy_reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_reservation_case_id"))

    op.drop_table("subsidy_reservation")
    with op.batch_alter_table("subsidy_repayment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_repayment_case_id"))

    op.drop_table("subsidy_repayment")
    with op.batch_alter_table("subsidy_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_order_case_id"))

    op.drop_table("subsidy_order")
    with op.batch_alter_table("subsidy_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_notice_case_id"))

    op.drop_table("subsidy_notice")
    with op.batch_alter_table("subsidy_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_letter_case_id"))

    op.drop_table("subsidy_letter")
    with op.batch_alter_table("subsidy_inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_inspection_case_id"))

    op.drop_table("subsidy_inspection")
    with op.batch_alter_table("subsidy_extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_extension_case_id"))

    op.drop_table("subsidy_extension")
    with op.batch_alter_table("subsidy_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subsidy_entry_approved",
            sqlite_where=sa.text("kind = 'approved'"),
            postgresql_where=sa.text("kind = 'approved'"),
        )
        batch_op.drop_index(batch_op.f("ix_subsidy_entry_case_id"))

    op.drop_table("subsidy_entry")
    with op.batch_alter_table("subsidy_cut", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_cut_case_id"))

    op.drop_table("subsidy_cut")
    with op.batch_alter_table("subsidy_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_claim_case_id"))

    op.drop_table("subsidy_claim")
    with op.batch_alter_table("subsidy_change", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subsidy_change_open",
            sqlite_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=sa.text("state IN ('draft', 'signing', 'handed_in')"),
        )
        batch_op.drop_index(batch_op.f("ix_subsidy_change_case_id"))

    op.drop_table("subsidy_change")
    op.drop_table("subsidy_approval")
    with op.batch_alter_table("subsidy_case", schema=None) as batch_op:
        batch_op.drop_index("ix_subsidy_case_round_id")
        batch_op.drop_index("ix_subsidy_case_agency_id")

    op.drop_table("subsidy_case")
    op.drop_table("subsidy_calendar_key")
    with op.batch_alter_table("subsidy_meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subsidy_meeting_round_id"))

    op.drop_table("subsidy_meeting")
    op.drop_table("subsidy_round")
    op.drop_table("subsidy_counter")
