"""Annex 5 計畫變更申請表 and annex 6 計畫終止申請表, with the labels of the order of 15 August 2019 word for word.

Two slips of the order are mended as read (Q-02): 孽息 is printed 孳息, and the notes that leave interest out are
followed by the remark that point 10 prevails.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matchmaker.foundation.papers import (
    Align,
    Block,
    Box,
    Cell,
    Grid,
    Notes,
    Paper,
    SideBySide,
    Signature,
    Signatures,
    tick,
)
from matchmaker.kernel.dates import local_day
from matchmaker.people.states import SignOffRole
from matchmaker.subsidies.models import CaseSignature, PlanChange, PlanTermination, SubsidyCase
from matchmaker.subsidies.papers.words import LANGUAGE, day, in_thousands, plain, span

DESKS = {
    SignOffRole.CASE_OFFICER: "承辦人",
    SignOffRole.SUPERVISOR: "業務主管",
    SignOffRole.ACCOUNTANT: "主辦會計",
    SignOffRole.HEAD: "機關首長",
}
ROWS = 10
PREVAILS = "孳息依第十點規定一併繳回（表列說明漏列或誤植者，以要點為準）。"


def _signatures(signed: Sequence[CaseSignature], height: float = 22) -> Signatures:
    """The four columns in the order of the form (5.17, 6.14), filled where they have signed; ``height`` in mm."""
    by_role = {each.role: each for each in signed}
    fields = []
    for role, name in DESKS.items():
        found = by_role.get(role)
        fields.append(
            Signature(
                name,
                (found.signed_by + ("（代理）" if found.as_deputy else "")) if found is not None else "",
                day(local_day(found.signed_at)) if found is not None else "",
            )
        )
    return Signatures(fields, height=height)


def _label(text: str, **more: int) -> Cell:
    return Cell(text, label=True, align=Align.CENTER, **more)


def _money(amount: int | None) -> Cell:
    return Cell(plain(amount), align=Align.RIGHT)


def change_form(case: SubsidyCase, change: PlanChange, *, made_on: date) -> Paper:
    """Annex 5 (fields 5.1 to 5.17), filled from the case."""
    metrics = "\n".join(f"{row['name']}：{row['before']} → {row['after']}" for row in change.metrics)
    head = Grid(
        [3, 5, 3, 5],
        [
            [_label("計畫名稱"), Cell(case.title_zh, across=3)],
            [
                _label("受補助機關"),
                Cell(f"{case.government_zh}（縣／市）　{case.bureau}（局／處）", across=3),
            ],
            [_label("聯 絡 人"), Cell(change.contact_name), _label("聯絡電話"), Cell(change.contact_phone)],
            [_label("執行期間"), Cell(f"全程計畫：{span(change.starts_on, change.ends_on)}", across=3)],
            [_label("計畫變更\n項    目"), Cell(change.subjects, across=3)],
            [Cell(f"申請變更之具體事由說明：\n{change.reason}", across=4)],
            [Cell(f"申請變更項目之內容說明：\n{change.content}", across=4)],
            [Cell(f"申請變更後之預期效益（含具體數據）：\n{change.benefits}\n{metrics}", across=4)],
        ],
    )
    money = Grid(
        [3, 3, 4, 3, 3],
        [
            [
                _label("補助經費\n異動說明", down=4),
                _label("(C)=(A)+(B)"),
                _label("變更項目支出費用(C)"),
                _label("補助款(A)"),
                _label("分擔款(B)"),
            ],
            [
                _label("原核定計畫"),
                _money(change.cost_before),
                _money(change.subsidy_before),
                _money(change.own_before),
            ],
            [
                _label("變更後計畫"),
                _money(change.cost_after),
                _money(change.subsidy_after),
                _money(change.own_after),
            ],
            [
                Cell(
                    "計畫變更致原核定計畫支出費用增加，仍維持原核定計畫之經費，不另追加補助款。\n"
                    "計畫變更致原核定計畫支出費用減列者，受補助機關應按補助比例於通知期限內繳回已領取之補助款。",
                    across=4,
                )
            ],
        ],
    )
    force = change.force_majeure.strip()
    papers = "\n".join(
        [
            "1.計畫核定函(影本)",
            "2.變更後補助計畫書",
            "3.補助計畫變更差異對照表（含原核定計畫項目、變更後項目及差異、優劣比較說明等)",
            "4.不可抗力因素：",
            f"   {tick(not force, '無')}",
            f"   {tick(bool(force), '有（應敘明不可抗力事由並檢具證明資料）')}{f'：{force}' if force else ''}",
        ]
    )
    attachments = Grid([3, 13], [[_label("受補助機關\n應檢具之附件"), Cell(papers)]])
    return Paper(
        title="計畫變更申請表",
        subtitle="【附件五】",
        language=LANGUAGE,
        made_on=made_on,
        reference=[("申請日期", day(change.applied_on))],
        blocks=[
            head,
            money,
            attachments,
            _signatures(change.signatures),
            Notes([PREVAILS, "金額單位：新臺幣元，含稅。"]),
        ],
        footer=f"{case.code or ''}　{case.title_zh}",
    )


def differences(case: SubsidyCase, change: PlanChange, *, made_on: date) -> Paper:
    """Attachment 3 of annex 5: the table of differences (field 5.15)."""
    rows = [[_label(text) for text in ("原核定計畫項目", "變更後項目", "差異", "優劣比較說明")]]
    rows += [
        [Cell(row["original"]), Cell(row["changed"]), Cell(row["difference"]), Cell(row["comparison"])]
        for row in change.differences
    ]
    return Paper(
        title="補助計畫變更差異對照表",
        language=LANGUAGE,
        made_on=made_on,
        blocks=[Grid([1, 1, 1, 1], rows)],
        footer=f"{case.code or ''}　{case.title_zh}",
    )


def termination_form(case: SubsidyCase, row: PlanTermination, *, made_on: date) -> Paper:
    """Annex 6 (fields 6.1 to 6.15): the left box by the agency, the right double-line box by the office."""
    phone = f"{row.contact_phone}　分機　{row.contact_extension}"
    head = Grid(
        [3, 5, 3, 5],
        [
            [_label("受 補 助 機 關"), Cell(f"{case.agency.name_zh}　{case.bureau}", across=3)],
            [_label("計 畫 名 稱"), Cell(case.title_zh, across=3)],
            [_label("聯  絡  人"), Cell(row.contact_name), _label("聯絡電話"), Cell(phone)],
            [_label("執 行 期 間"), Cell(f"自民國{span(row.starts_on, row.ends_on)}", across=3)],
            [_label("申 請 終 止"), Cell(f"自{day(row.terminates_on)}起計畫終止", across=3)],
            [Cell(f"申請計畫終止之具體事由說明：\n{row.reason}", across=4)],
        ],
    )
    boxes = SideBySide(
        [
            Box([_box("原核定金額", row.left_subsidy, row.left_interest, row.left_other)]),
            Box(
                [_box("核算應退回金額", row.right_subsidy, row.right_interest, row.right_other)], double=True
            ),
        ]
    )
    force = row.force_majeure.strip()
    papers = "\n".join(
        [
            "1.計畫核定函（影本）　　2.原核定補助計畫書",
            f"3.不可抗力因素：{tick(not force, '無')} {tick(bool(force), '有')}"
            f"（應敘明不可抗力事由並檢具證明資料）{f'：{force}' if force else ''}",
        ]
    )
    blocks: list[Block] = [
        head,
        _items(row),
        Notes(
            [
                "補助經費異動說明"
                "（以下左側框內「原核定金額」由受補助機關填寫，右側雙線框內由經濟部中小企業處填寫）"
            ]
        ),
        boxes,
        Grid([3, 13], [[_label("受補助機關\n應檢具之附件"), Cell(papers)]]),
        Notes(
            [
                "一、 因遭遇不可抗力事由(如天災)申請補助計畫終止，經本處廢止補助之核定後，應就終止之計畫工作項目"
                "核計未執行部分之受補助經費，於通知期限內繳回該未執行部分已領取之補助款及孳息。",
                "二、 非因前述事由申請補助計畫終止，經本處廢止補助之核定後，已領取之補助款須於通知期限內全部繳回。",
                PREVAILS,
            ],
            title="補充說明：",
        ),
        # A little lower than on annex 5: the whole form stands on one page, as it does in the order.
        _signatures(row.signatures, height=11),
    ]
    return Paper(
        title="計畫終止申請表",
        subtitle="【附件六】",
        language=LANGUAGE,
        made_on=made_on,
        reference=[("申請日期", day(row.applied_on))],
        blocks=blocks,
        footer=f"{case.code or ''}　{case.title_zh}",
    )


def _box(title: str, subsidy: int | None, interest: int | None, other: int | None) -> Grid:
    known = [each for each in (subsidy, interest, other) if each is not None]
    total = sum(known) if known else None
    return Grid(
        [4, 4],
        [
            [_label(f"{title}（新臺幣元）", across=2)],
            [_label("補助款"), _money(subsidy)],
            [_label("孳息（截至申請日）"), _money(interest)],
            [_label("其    他"), _money(other)],
            [_label("合    計"), _money(total)],
        ],
    )


def _items(row: PlanTermination) -> Grid:
    """Field 6.8: ten numbered rows, in thousand NT$."""
    lines = [
        [_label("計畫工作內容執行現況：　　單位: 新臺幣千元", across=4)],
        [
            _label("執行項目"),
            _label("已執行（說明執行現況與比例）"),
            _label("未執行"),
            _label("已動支金額"),
        ],
    ]
    for index in range(ROWS):
        item = row.items[index] if index < len(row.items) else None
        number = f"{index + 1:02d}."
        if item is None:
            lines.append(
                [Cell(number), Cell("□（　　　　　　　　）　　%"), Cell("□", align=Align.CENTER), Cell()]
            )
            continue
        done = bool(item["executed"])
        text = (
            f"{'■' if done else '□'}（{item['text'] if done else '　'}）　{item['percent'] if done else ''}%"
        )
        lines.append(
            [
                Cell(f"{number} {item['item']}"),
                Cell(text),
                Cell("□" if done else "■", align=Align.CENTER),
                Cell(in_thousands(item["spent"]), align=Align.RIGHT),
            ]
        )
    return Grid([4, 6, 2, 3], lines)
