"""Official papers of a case: annexes 5 and 6 as the order of 2019 lays them out, and papers in our own layout.

They are papers of the Chinese procedure and are written in Chinese, whatever language the reader has.
"""

from matchmaker.subsidies.papers.annexes import change_form, differences, termination_form
from matchmaker.subsidies.papers.letters import (
    application,
    approval_letter,
    budget_proof,
    certificate,
    claim_sheet,
    expenditure,
    payment_notice,
    repayment_notice,
)

__all__ = [
    "application",
    "approval_letter",
    "budget_proof",
    "certificate",
    "change_form",
    "claim_sheet",
    "differences",
    "expenditure",
    "payment_notice",
    "repayment_notice",
    "termination_form",
]
