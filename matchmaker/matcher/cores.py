"""The core of a company name: what is left when everything that companies share is taken off."""

import functools
import html
import re
from typing import Final

from matchmaker.matcher import analysis

UNREADABLE: Final = "□"
"""Stands in a core for a character that a register could not write (■, □, ?)."""

_NATIONS: Final = [
    "美",
    "日",
    "英",
    "法",
    "德",
    "韩",
    "港",
    "澳",
    "荷",
    "瑞士",
    "瑞典",
    "新加坡",
    "马来西亚",
    "香港",
    "荷兰",
    "法国",
    "德国",
    "英国",
    "美国",
    "日本",
    "韩国",
    "南韩",
    "义大利",
    "意大利",
    "加拿大",
    "澳大利亚",
    "澳洲",
    "纽西兰",
    "泰国",
    "越南",
    "印度",
    "印尼",
    "菲律宾",
    "以色列",
    "爱尔兰",
    "丹麦",
    "芬兰",
    "挪威",
    "比利时",
    "卢森堡",
    "奥地利",
    "西班牙",
    "百慕达",
    "百慕大",
    "开曼",
    "盖曼",
    "英属开曼群岛",
    "开曼群岛",
    "英属盖曼群岛",
    "盖曼群岛",
    "英属维京群岛",
    "英属维尔京群岛",
    "维京群岛",
    "萨摩亚",
    "摩亚",
    "塞席尔",
    "塞舌尔",
    "贝里斯",
    "汶莱",
    "文莱",
    "模里西斯",
    "毛里求斯",
    "巴拿马",
    "安圭拉",
    "马绍尔群岛",
]
_FOREIGN: Final = re.compile(rf"^(?:{'|'.join(sorted(_NATIONS, key=len, reverse=True))})商(?=..)")
_SEAT_NAMES: Final = [
    "台湾",
    "台北",
    "新北",
    "桃园",
    "台中",
    "台南",
    "高雄",
    "基隆",
    "新竹",
    "苗栗",
    "彰化",
    "南投",
    "云林",
    "嘉义",
    "屏东",
    "宜兰",
    "花莲",
    "台东",
    "澎湖",
    "金门",
    "马祖",
    "连江",
    "中坜",
    "板桥",
    "总",
]
_SEATS: Final = "|".join(_SEAT_NAMES)
_FORM: Final = "股份有限公司|股份公司|(?<!控)股有限公司|(?<!控)股公司|有限责任公司|有限公司|无限公司|两合公司|有限合伙|公司"
_BRANCH: Final = "分公司|办事处|营业所|营业处|分行|分店|门市部|门市|联络处"
_TAIL_AFTER_FORM: Final = re.compile(rf"(?<=公司)[^公司]{{0,8}}(?:{_BRANCH}|厂)$")
_BRANCH_TAIL: Final = re.compile(rf"(?:{_SEATS})?(?:市|县)?(?:{_BRANCH})$")
_ENGLISH_BRANCH: Final = re.compile(r"[\s,(]+(?:(?:taiwan|taipei|kaohsiung)\s+)?branch(?:\s+office)?[\s).]*$")
_FOUNDATION: Final = re.compile(r"^(?:财团法人|社团法人|行政法人)(?=..)")
_LEGAL: Final = re.compile(rf"(?:{_FORM})$")
_ASIDE: Final = re.compile(r"\(([^()]*)\)")
_DROPPED_ASIDE: Final = re.compile(
    r"^(?:原|旧名|前身|formerly|下称|简称|以下简称|开曼|盖曼|英属|百慕|萨摩亚|维京|ky$|bvi$|cayman)"
)
_ENGLISH_FORM: Final = re.compile(
    r"(?:^|[\s,.&])(?:incorporated|inc|corporation|corp|company|co|limited|ltd|llc|llp|lp|plc|gmbh|ag|s\.?a|b\.?v|"
    r"k\.?k|pte|pty|sdn|bhd)[\s.,]*$"
)
_LATIN: Final = re.compile(r"[a-z]")
_GLUED_FORM: Final = re.compile(r"(?<=[a-z]{4})(?:limited|incorporated|corporation)$")
_BLOT: Final = re.compile(r"[■□▇▓◆●○\ufffd?*]")
_PUNCTUATION: Final = re.compile(rf"[^\w{UNREADABLE}]|_")


@functools.lru_cache(maxsize=100_000)
def core(name: str) -> str:
    """The part of a company name that tells companies apart.

    NFKC, lower case, Simplified (臺 = 台), HTML entities read, asides about a former name or the seat abroad
    dropped, branch tail, foreign prefix (日商) and legal form (股份有限公司, Co., Ltd.) taken off, no spaces
    or punctuation. A character that the register could not write stays as □. A name of nothing else keeps it
    all.
    """
    text = analysis.fold(html.unescape(name)).strip()
    text = _BLOT.sub(UNREADABLE, text)
    text = text.replace("(股)", "股").replace("(有)", "有限")
    if "(" in text:
        text = _ASIDE.sub(functools.partial(_aside, analysis.has_gram(_ASIDE.sub("", text))), text)
    bare = _PUNCTUATION.sub("", text)
    latin = _LATIN.search(text) is not None
    while latin:
        shorter = _ENGLISH_FORM.sub("", _ENGLISH_BRANCH.sub("", text)).rstrip(" ,.&")
        if shorter == text or not shorter:
            break
        text = shorter
    text = _GLUED_FORM.sub("", _PUNCTUATION.sub("", text))
    if not text.isascii():
        text = _TAIL_AFTER_FORM.sub("", text)
        text = _BRANCH_TAIL.sub("", text) or text
        text = _LEGAL.sub("", text) or text
        text = _FOUNDATION.sub("", _FOREIGN.sub("", text))
    return text or bare


def _aside(chinese: bool, found: re.Match[str]) -> str:
    """What stays of words in brackets: no former name, no seat abroad, no English beside a Chinese name."""
    words = found.group(1).strip()
    foreign = chinese and not analysis.has_gram(words)
    return "" if foreign or _DROPPED_ASIDE.match(words) else words
