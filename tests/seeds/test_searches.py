"""Twenty misspelt and mixed-script searches of the catalog: each finds its item in the first five."""

import pytest

from matchmaker.catalog import queries
from matchmaker.foundation.db import db

SEARCHES = [
    ("客服聊天机器人", "chatbot"),
    ("聊天機器入", "chatbot"),
    ("chatbto", "chatbot"),
    ("citizen chat bot", "chatbot"),
    ("网路电话专线", "internet-calling"),
    ("internet caling", "internet-calling"),
    ("異常行為辨視", "behaviour-video"),
    ("校園异常行为", "behaviour-video"),
    ("campus saftey video", "behaviour-video"),
    ("機動佈署示警", "mobile-alert"),
    ("机动部署影像示警", "mobile-alert"),
    ("mobile allert", "mobile-alert"),
    ("AR VR 教學編輯", "ar-vr-editor"),
    ("augmentd reality teaching", "ar-vr-editor"),
    ("无人机农喷", "drone-spraying"),
    ("dron spraying", "drone-spraying"),
    ("老人照護感測", "health-management"),
    ("健康管里系統", "health-management"),
    ("bedside senser", "health-management"),
    ("ＣＨＡＴＢＯＴ 客服", "chatbot"),
]


@pytest.fixture
def now(year):
    db.session.rollback()
    return year[1]


def test_there_are_twenty():
    assert len({words for words, _ in SEARCHES}) == 20


@pytest.mark.parametrize(("words", "category"), SEARCHES)
def test_a_misspelling_or_another_script_hides_no_item(now, words, category):
    found = queries.browse(now=now, words=words, chosen={}, order=queries.Order.FIT, limit=5)
    assert category in [row.item.category.code for row in found.rows if row.item.category is not None]
