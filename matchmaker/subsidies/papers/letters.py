"""Papers in our own layout: the approval letter, the claim with its sheets, notices. The source shows no form of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matchmaker.foundation.papers import (
    Align,
    Block,
    Column,
    Facts,
    Heading,
    Notes,
    Paper,
    Paragraph,
    Signature,
    Signatures,
    Table,
)
from matchmaker.kernel.money import chinese_capitals
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import CaseLetter, Claim, Repayment, SubsidyCase
from matchmaker.subsidies.papers.annexes import DESKS
from matchmaker.subsidies.papers.drafts import REMEDY, repayment_body
from matchmaker.subsidies.papers.words import LANGUAGE, day, plain, span, twd
from matchmaker.subsidies.states import ClaimKind, LetterKind, LineKind

ASSUMED = "本文件之格式為平臺自訂（來源文件未附該附件），非主管機關規定之書表。"
DEMONSTRATION = "示範文件：所涉計畫已停止受理申請，並無經費。"
KINDS = {
    ClaimKind.SAME_YEAR: "同年度計畫一次撥付",
    ClaimKind.FIRST: "跨年度計畫第一期款",
    ClaimKind.FINAL: "跨年度計畫尾款",
}


def _paper(
    case: SubsidyCase,
    title: str,
    blocks: Sequence[Block],
    *,
    made_on: date,
    letterhead: str = "",
    letter: CaseLetter | None = None,
    subtitle: str = "",
) -> Paper:
    reference = [] if letter is None else [("發文日期", day(letter.dated_on)), ("發文字號", letter.number)]
    notice: list[Block] = [Paragraph(DEMONSTRATION, strong=True)] if case.round.demonstration else []
    return Paper(
        title=title,
        subtitle=subtitle,
        letterhead=letterhead,
        language=LANGUAGE,
        made_on=made_on,
        reference=reference,
        blocks=[*notice, *blocks],
        assumed=ASSUMED,
        footer=f"{case.code or ''}　{case.title_zh}",
    )


def letter_of(case: SubsidyCase, kind: LetterKind) -> CaseLetter | None:
    """The last letter of a kind."""
    return next((each for each in reversed(case.letters) if each.kind is kind), None)


def _signing() -> Signatures:
    return Signatures([Signature(name) for name in DESKS.values()])


def _adverse(letter: CaseLetter) -> list[Block]:
    made: list[Block] = []
    if letter.hearing:
        made += [Heading("陳述意見"), Paragraph(letter.hearing)]
    if letter.remedy:
        made += [Heading("救濟教示"), Paragraph(letter.remedy)]
    return made


def approval_letter(case: SubsidyCase, letter: CaseLetter, *, office: str, made_on: date) -> Paper:
    """The approval with its amounts and the clause of R-087 as its collateral clause (R-059, R-088)."""
    approval = case.approval
    if approval is None:
        raise ValueError("the case was not approved")
    blocks: list[Block] = [
        Facts(
            [
                ("受文者", f"{case.agency.name_zh}　{case.bureau}"),
                ("主旨", f"核定補助貴機關「{case.title_zh}」案，請查照。"),
                ("計畫期間", span(case.starts_on, case.ends_on)),
                ("核定總經費", f"{twd(approval.total)}（含稅）"),
                ("核定補助款", f"{twd(approval.subsidy)}（{chinese_capitals(approval.subsidy)}）"),
                ("地方配合款", twd(approval.own_share)),
                ("適用規定", case.scheme),
            ]
        ),
        Heading("說明"),
        Paragraph(letter.body or "詳如計畫書。"),
        Heading("附款"),
        Paragraph(letter.clause),
    ]
    return _paper(case, "補助核定函", blocks, made_on=made_on, letterhead=office, letter=letter)


def application(case: SubsidyCase, *, made_on: date) -> Paper:
    """Annex 1 (assumed): application with plan, items and money."""
    rows = [
        [
            line.title_zh,
            {LineKind.ONE_OFF: "一次", LineKind.MONTH: "按月", LineKind.DAY: "按日"}[line.kind],
            plain(line.unit_price),
            str(line.quantity),
            str(line.units or ""),
            plain(line.cost),
        ]
        for line in case.lines
    ]
    blocks: list[Block] = [
        Facts(
            [
                ("申請機關", f"{case.agency.name_zh}　{case.bureau}"),
                ("計畫名稱", case.title_zh),
                ("聯絡人", f"{case.contact_name}　{case.contact_phone}"),
                ("計畫期間", span(case.starts_on, case.ends_on)),
                ("採購目的", case.purpose),
                ("預期效益", case.benefits),
                ("採購後續維持營運可行作法", case.sustainment),
            ]
        ),
        Table(
            [
                Column("品項", 4),
                Column("計價", 1),
                Column("單價", 2, Align.RIGHT),
                Column("數量", 1, Align.RIGHT),
                Column("期數", 1, Align.RIGHT),
                Column("金額", 2, Align.RIGHT),
            ],
            rows,
            totals=[["合計", "", "", "", "", plain(sum(line.cost for line in case.lines))]],
            caption="單位：新臺幣元，含稅",
        ),
        Facts(
            [
                ("可補助經費", twd(case.eligible)),
                ("補助上限", twd(case.ceiling)),
                ("申請補助款", twd(case.requested)),
                (
                    "地方配合款",
                    twd(case.eligible - case.requested)
                    if case.eligible is not None and case.requested is not None
                    else "",
                ),
            ]
        ),
        _signing(),
    ]
    return _paper(case, "補助申請表", blocks, made_on=made_on, subtitle="【附件一】（格式自訂）")


def claim_sheet(case: SubsidyCase, claim: Claim, *, made_on: date) -> Paper:
    """The receipt of a claim, with the amount in capitals."""
    amount = claim.payable
    blocks: list[Block] = [
        Paragraph(f"茲領到「{case.title_zh}」補助款（{KINDS[claim.kind]}）"),
        Facts(
            [
                ("金額", f"{twd(amount)}" if amount is not None else "（審查後確定）"),
                ("金額（大寫）", chinese_capitals(amount) if amount is not None else ""),
                ("可補助經費結算（實支）數", twd(claim.cost)),
                ("請款日期", day(claim.claimed_on)),
                ("領款機關", f"{case.agency.name_zh}　{case.bureau}"),
            ]
        ),
        _signing(),
    ]
    return _paper(case, "請款領據", blocks, made_on=made_on)


def certificate(case: SubsidyCase, claim: Claim, *, made_on: date) -> Paper:
    """Annex 2 (assumed): one document with two kinds, acceptance and final settlement acceptance (Q-04)."""
    settles = claim.kind is not ClaimKind.FIRST
    rows = [[order.pcc_number, day(order.ordered_on), plain(order.value)] for order in case.orders]
    blocks: list[Block] = [
        Facts(
            [
                ("計畫名稱", case.title_zh),
                ("機關", f"{case.agency.name_zh}　{case.bureau}"),
                ("完成驗收日", day(case.accepted_on or case.first_use_on)),
                ("結算金額" if settles else "驗收金額", twd(claim.cost)),
            ]
        ),
        Table(
            [Column("案號", 3), Column("訂購日", 2), Column("金額", 2, Align.RIGHT)],
            rows,
            caption="單位：新臺幣元，含稅",
        ),
        Signatures(
            [Signature("承辦人"), Signature("主驗人員"), Signature("業務主管"), Signature("機關首長")]
        ),
    ]
    title = "結算驗收證明書" if settles else "驗收證明書"
    return _paper(case, title, blocks, made_on=made_on, subtitle="【附件二】（格式自訂）")


def expenditure(case: SubsidyCase, claim: Claim, *, made_on: date) -> Paper:
    """Annex 3 (assumed): what was spent, and how subsidy and own share bear it."""
    subsidy = claim.payable or 0
    rows = [[order.pcc_number, day(order.ordered_on), plain(order.value), ""] for order in case.orders]
    own = max(0, claim.cost - subsidy)
    blocks: list[Block] = [
        Table(
            [Column("憑證／案號", 3), Column("日期", 2), Column("金額", 2, Align.RIGHT), Column("備註", 2)],
            rows,
            totals=[["合計", "", plain(sum(order.value for order in case.orders)), ""]],
            caption="單位：新臺幣元，含稅",
        ),
        Facts(
            [
                ("本次結算（實支）數", twd(claim.cost)),
                ("補助款", twd(subsidy)),
                ("分擔款", twd(own)),
            ]
        ),
        _signing(),
    ]
    return _paper(case, "費用支出明細表", blocks, made_on=made_on, subtitle="【附件三】（格式自訂）")


def budget_proof(case: SubsidyCase, *, made_on: date) -> Paper:
    """Annex 4 (assumed): proof of budget inclusion, with a mark for the matching funds (Q-05)."""
    approval = case.approval
    if approval is None:
        raise ValueError("the case was not approved")
    with_matching = case.budget_with_matching
    ways = {"annual": "年度預算", "supplementary": "追加預算", "other_rule": "依機關預算執行要點"}
    blocks: list[Block] = [
        Facts(
            [
                ("機關", f"{case.agency.name_zh}　{case.bureau}"),
                ("計畫名稱", case.title_zh),
                ("納入方式", ways.get(str(case.budget_state), "尚未納入預算")),
                ("補助款", twd(approval.subsidy)),
                ("分擔款", f"{twd(approval.own_share)}（{'已' if with_matching else '未'}納入預算）"),
                ("說明", case.budget_note),
            ]
        ),
        _signing(),
    ]
    title = "補助款與分擔款納入預算證明" if with_matching else "補助款納入預算證明"
    return _paper(case, title, blocks, made_on=made_on, subtitle="【附件四】（格式自訂）")


def payment_notice(
    case: SubsidyCase, claim: Claim, letter: CaseLetter, *, office: str, made_on: date
) -> Paper:
    """What was paid, and what that makes in all."""
    account = account_of(case)
    blocks: list[Block] = [
        Facts(
            [
                ("受文者", f"{case.agency.name_zh}　{case.bureau}"),
                ("主旨", f"撥付「{case.title_zh}」補助款，請查照。"),
                ("款別", KINDS[claim.kind]),
                ("本次撥付", f"{twd(claim.payable)}"),
                ("累計撥付", twd(account.paid)),
                ("尚可撥付", twd(account.payable)),
            ]
        ),
        Paragraph(letter.body or ""),
    ]
    return _paper(case, "撥款通知", blocks, made_on=made_on, letterhead=office, letter=letter)


def repayment_notice(
    case: SubsidyCase, repayment: Repayment, letter: CaseLetter | None, *, office: str, made_on: date
) -> Paper:
    """What is to be returned with its interest, until when, and how to object; without a letter it is a draft."""
    interest = repayment.interest or 0
    body = letter.body if letter is not None else repayment_body(case, repayment)
    blocks: list[Block] = [
        Facts(
            [
                ("受文者", f"{case.agency.name_zh}　{case.bureau}"),
                ("主旨", f"請於期限內繳回「{case.title_zh}」補助款及孳息。"),
                ("應繳回補助款", twd(repayment.amount)),
                ("應繳回孳息", "（機關申報後填列）" if repayment.interest is None else twd(interest)),
                (
                    "合計",
                    f"{twd(repayment.amount + interest)}（{chinese_capitals(repayment.amount + interest)}）",
                ),
                ("繳回期限", day(repayment.due_on)),
            ]
        ),
        Heading("事實、理由及法令依據"),
        *(Paragraph(line) for line in body.split("\n") if line.strip()),
        *(_adverse(letter) if letter is not None else [Heading("救濟教示"), Paragraph(REMEDY)]),
        Notes(["繳回款項請註明案號。"]),
    ]
    title = "繳回通知" if letter is not None else "繳回通知（稿）"
    return _paper(case, title, blocks, made_on=made_on, letterhead=office, letter=letter)
