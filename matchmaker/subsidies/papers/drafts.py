"""Letters that the product prepares: what follows from the figures stands written; staff give number, date and the hearing.

Nothing is stored of a draft: it is made from what the ledger and the frozen worksheets say, so it cannot grow stale.
"""

from __future__ import annotations

from matchmaker.subsidies import stored
from matchmaker.subsidies.models import Repayment, SubsidyCase
from matchmaker.subsidies.papers.words import LANGUAGE, day, twd

REMEDY = (
    "貴機關如不服本處分，得於本函送達次日起三十日內，繕具訴願書經由本機關向訴願管轄機關提起訴願"
    "（訴願法第十四條、第五十八條）。"
)
"""The remedy notice as it is proposed; staff may write it otherwise (APA 96)."""
BASES = {
    "order": "依本要點第十點第一款，訂單金額減少者，應按補助比率繳回已領補助款及其孳息。",
    "change": "依本要點第十點第一款，計畫變更致支出減少者，應按補助比率繳回已領補助款及其孳息。",
    "claim": "依本要點第九點第二款結算，已撥金額逾應得補助款，應繳回溢領部分及其孳息。",
    "revocation": "依本要點第十一點第二項，核定之補助經撤銷或廢止，應繳回所定補助款及其孳息。",
    "force_majeure": "依本要點第十點第二款第一目，應繳回終止工作項目未執行部分之已領補助款及其孳息。",
    "termination": "依本要點第十點第二款第二目，應繳回全部已領補助款及其孳息。",
}
"""The clause that a repayment rests on, by its cause (R-078 to R-081, R-087, C4)."""


def repayment_body(case: SubsidyCase, repayment: Repayment) -> str:
    """Facts, legal basis and the counting of a repayment, in the words of the procedure."""
    kind, sheet = _basis(case, repayment)
    approval = case.approval
    lines = []
    if approval is not None:
        lines.append(
            f"一、貴機關「{case.title_zh}」（{case.code}）前經{day(approval.approved_on)}核定總經費{twd(approval.total)}、"
            f"補助款{twd(approval.subsidy)}。"
        )
    lines.append(f"二、{_what_happened(case, kind)}{BASES[kind]}")
    counted = [
        f"　{step.title}：{step.value}（{step.clause}）"
        for step in stored.steps(sheet, LANGUAGE)
        if step.value
    ]
    if counted:
        lines += ["三、核算如下：", *counted]
    interest = f"，並加計孳息{twd(repayment.interest)}" if repayment.interest else "及其孳息"
    lines.append(
        f"{'四' if counted else '三'}、應繳回補助款{twd(repayment.amount)}{interest}，請於所定期限內繳回。"
    )
    return "\n".join(lines)


def _basis(case: SubsidyCase, repayment: Repayment) -> tuple[str, stored.Stored | None]:
    """What a repayment comes from, and the worksheet in which it was counted."""
    kind, _, ref = repayment.cause.partition(":")
    if kind == "change":
        return kind, next((each.worksheet for each in case.changes if each.ref == ref), None)
    if kind == "termination":
        row = next((each for each in case.terminations if each.ref == ref), None)
        if row is None:
            return kind, None
        return ("force_majeure" if row.force_majeure else kind), row.worksheet
    if kind == "claim":
        return kind, next((each.worksheet for each in case.claims if each.ref == ref), None)
    if kind == "revocation":
        return kind, case.revocation.worksheet if case.revocation is not None else None
    return "order", case.worksheets.get("order")


def _what_happened(case: SubsidyCase, kind: str) -> str:
    if kind != "order":
        return ""
    left = [each for each in case.orders if "ended" not in each.flags]
    orders = "、".join(f"{each.pcc_number}（{twd(each.value)}）" for each in left)
    ended = "、".join(each.pcc_number for each in case.orders if "ended" in each.flags)
    told = [f"訂單 {ended} 已取消" if ended else "", f"現有訂單為 {orders}" if orders else ""]
    return "；".join(part for part in told if part) + "。"
