"""An adoption counts its orders

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.add_column(sa.Column("orders", sa.Integer(), server_default="0", nullable=False))
    # Orders of one agency in one year were not counted until now: what is known is that there was one.
    op.execute("UPDATE adoption SET orders = 1 WHERE order_ref IS NOT NULL")
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_adoption_orders_counted"), "(orders > 0) = (order_ref IS NOT NULL)"
        )


def downgrade() -> None:
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_adoption_orders_counted"), type_="check")
        batch_op.drop_column("orders")
