"""Both languages are equal: whatever the product says in English it says in Chinese."""

from tests.architecture import words


def test_every_message_is_translated():
    known, faults = words.translated()
    missing = {key: places for key, places in words.used().items() if key not in known}
    assert not missing
    assert not faults


def test_a_missing_translation_would_be_seen(monkeypatch):
    monkeypatch.setattr(words, "_messages", lambda: iter([(words.ROOT / "x.py", "Nobody translated this")]))
    assert "Nobody translated this" in words.used()
    assert "Nobody translated this" not in words.translated()[0]


def test_chinese_keeps_the_house_style():
    """臺 not 台, full-width punctuation between Chinese characters."""
    import re

    from babel.messages.pofile import read_po

    bad = []
    for path in words.TRANSLATIONS.glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hant_TW"):
                texts = [message.string] if isinstance(message.string, str) else message.string
                for text in texts:
                    if message.id and (
                        re.search(r"(?<!平)台(?!階)", text.replace("平台", ""))
                        or re.search(r"[一-鿿][,;?!][一-鿿]", text)
                    ):
                        bad.append((path.name, text))
    assert not bad
