"""The README tells the truth about what can be computed."""

from matchmaker.staff import house
from tests.architecture.words import ROOT


def test_the_lifecycles_are_those_of_the_rules():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert house.write_into(text) == text, "run: matchmaker house --write README.md"


def test_every_setting_is_told():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    source = (ROOT / "matchmaker" / "foundation" / "settings.py").read_text(encoding="utf-8")
    import re

    names = set(re.findall(r'"(MATCHMAKER_[A-Z_]+)"', source)) - {
        "MATCHMAKER_DEMO",
        "MATCHMAKER_OWNER_NAME_EN",
    }
    assert [name for name in sorted(names) if name not in text] == []
