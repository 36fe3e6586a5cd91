"""Words that say nothing about a subject: a person does not miss them, and they join no neighbours.

Folded: Simplified characters, lower case; English as stems. Kept apart from the search: scores do not know them.
"""

import re
from typing import Final

from matchmaker.matcher import analysis

JOINERS: Final = frozenset(
    "的之与及和或在是为了于以等把被由对从而且并也都就将其此该有个们着吗呢吧你我他她它这那各每某会能可要使让时"
    "后前不没无只仅很最再又才还已曾正若如则因但所者得地过来去上下内外多少两几一二三四五六七八九十"
)
"""Characters of grammar: a word of them alone, or a word beyond the dictionary that ends in one, is no subject."""

_CHINESE: Final = frozenset(
    """希望 期望 需要 必须 可以 能够 可能 应该 无法 不能 不会 不必 不可 不得 没有 有没有 具有 拥有 成为 作为 属于 包括 包含
    以及 并且 而且 或者 如果 因为 所以 因此 由于 但是 然而 虽然 即使 只要 只有 除了 关于 对于 根据 依据 按照 透过 通过 经由
    我们 你们 他们 大家 自己 本身 本县 本市 本局 本府 本校 本所 本处 这个 那个 这些 那些 这样 那样 什么 怎么 怎样 如何 是否
    为何 哪些 哪里 多少 许多 很多 不少 部分 全部 所有 一切 其他 其它 其中 之间 之后 之前 以后 以前 以上 以下 以内 之内 以外
    目前 现在 现有 既有 现行 原有 过去 未来 将来 今年 去年 明年 今天 昨天 明天 每天 每日 每年 每月 每次 每位 每个 平时 平常
    有时 随时 当时 同时 及时 一时 同一 一个 一种 一次 一些 一样 一般 一直 一定 一旦 一起 一天 总是 经常 时常 往往 常常 仍然
    仍旧 已经 曾经 正在 开始 结束 完成 提前完成 进行 造成 导致 发生 出现 产生 形成 提供 提出 提升 提高 增加 减少 降低 改善
    加强 达到 得到 取得 使用 利用 运用 采用 应用 用于 协助 帮助 支持 配合 处理 办理 执行 实施 落实 推动 发展 建立 建置
    发现 知道 了解 掌握 看到 看见 看不到 看得见 听到 来不及 回不来 进得去 进去 出来 下来 起来 上去 过来 夠不够 够不够
    时间 时候 期间 时段 长时间 短时间 同一时间 小时 分钟 情形 情况 状况 状态 问题 原因 结果 方式 方法 方案 做法 内容 部份
    方面 地方 各地 当地 现场 附近 周边 东侧 西侧 南侧 北侧 东边 西边 左右 中间 单位 人员 人力 相关 有关 主要 重要 必要 基本
    一目了然 习以为常 时有所闻 时有发生 有余裕 余裕 合理 合理安排 正确 准确 有效 容易 困难 方便 足够 不足 较少 更多 更好 最好
    满意度 满意 成功率 完成率 达标率 命中率 正确率 准确率 误报率 比率 比例 比例上 次数 数量 人数 目标 指标 预期 效果 成效 效益
    系统 服务 平台 计划 项目 业务 工作 作业 决定 选择 安排 说明 表示 认为 觉得 反映 影响 存在 缺乏 不同 相同 类似 真正
    只能 才能 就能 便能 都能 还能 仍能 也能 想要 不易 不便 不够 太多 太少 之处 之中 为主 为例 而言 来说 以来 为止
    及早 尽早 告诉 常有 发现异常 架设 一档 日增 若干 相当 尤其 特别 此外
    例如 另外 各种 各项 各类 各区 多数 少数 想要 真的 这里 那里""".split()  # noqa: SIM905
)
_ENGLISH: Final = frozenset(
    """abl about across actual afar afterward again ahead allow almost alon along alreadi also alway among amount anoth ani
    anybodi anyon anyth anywher apart aris around arriv ask avail away back becaus becom begin behind besid best better
    big bring brought busi busiest call cannot case caus chang clear close come complet consid continu cours current day
    decid decis differ difficult done down due easi easili either els end enough especi etc even ever everi everybodi
    everyon everyth everywher exampl exist expect fail far fast fewer fill find first follow form former full further
    gain gave general get give given glanc go goal good grow hand happen hard hear held help hold hope hour howev
    idea improv includ inform inde inside instead issu item just keep kept kind know known lack larg last late
    later lead least leav less let level like line list littl live long look lose lost lot low made main make mani
    manner match matter mean meantim meet method minut miss month much name near need neither never new next night
    nobodi none nor note noth notic now number object often old onc one onli open order ordinari otherwis outcom own
    part peopl per percent perhap person place plan point possibl problem process program programm project provid put
    question quick quit rate rather reach read real realli reason receiv reduc regard requir result right rise run
    said same say second see seek seem seen sent serv set sever show side simpl sinc singl slow small solut solv
    somebodi someon someth sometim somewher soon spend spent stand start state still stop such suffici suit support
    sure system take taken talk tell thing think third though thousand thus time today togeth told tomorrow took top
    toward tri truli turn type understand unit unseen until use user usual valu various veri want way week well
    went whatev whenev wherev whether whole whose wish word work world worth wrong year yet
    two three four five six seven eight nine ten twenti thirti fifti hundr million half doubl twice
    fals spot brief sens act""".split()  # noqa: SIM905
)
_COUNTED: Final = re.compile(
    r"[\d零〇一二三四五六七八九十百千万亿两几数多半第.,:%/年月日]+"
    r"(?:分钟|秒钟|小时|个月|星期|公里|公尺|公分|平方|立方|万元|亿元|[分秒时天日周月年季岁人名位件次个处项种台辆户床组套份元里米度倍成号点届级楼层批笔%])?内?"
)
_OFFICES: Final = re.compile(r".{2,}(?:局|(?<!部)署|县政府|市政府|县|乡公所|区公所|镇公所|委员会)")


def is_plain(folded: str) -> bool:
    """Whether a folded word says nothing about a subject: grammar, everyday words, counts, dates, offices."""
    if (
        len(folded) < 2
        or folded in _CHINESE
        or folded in analysis.STOP_WORDS
        or not any(map(str.isalpha, folded))
    ):
        return True
    if analysis.has_gram(folded):
        grammar = all(one in JOINERS for one in folded)
        return grammar or bool(_COUNTED.fullmatch(folded) or _OFFICES.fullmatch(folded))
    return analysis.stem_of(folded) in _ENGLISH


def core_of(folded: str) -> tuple[int, int]:
    """From where to where a word beyond the dictionary holds a subject: without grammar at its ends."""
    start, end = 0, len(folded)
    while end > start and folded[end - 1] in JOINERS:
        end -= 1
    while start < end and folded[start] in JOINERS:
        start += 1
    return start, end
