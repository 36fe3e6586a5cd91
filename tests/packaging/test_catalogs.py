"""Many `.po` files become one `messages.mo` for each language."""

import gettext
from pathlib import Path

import pytest

from matchmaker.foundation.catalogs import CatalogError, compile_catalogs

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def translations(tmp_path):
    """A translations folder with one language and no words yet."""
    (tmp_path / "zh_Hant_TW" / "LC_MESSAGES").mkdir(parents=True)
    return tmp_path


def write(root: Path, name: str, body: str) -> Path:
    path = root / "zh_Hant_TW" / "LC_MESSAGES" / name
    path.write_text(HEADER + body, encoding="utf-8")
    return path


def entry(msgid: str, msgstr: str, before: str = "") -> str:
    return f'{before}msgid "{msgid}"\nmsgstr "{msgstr}"\n\n'


def words(mo: Path) -> gettext.GNUTranslations:
    with mo.open("rb") as file:
        return gettext.GNUTranslations(file)


def test_the_words_of_all_files_end_in_one_catalog(translations):
    write(translations, "people.po", entry("Sign in", "登入") + entry("Name", "姓名"))
    write(
        translations,
        "judging.po",
        entry("Score", "評分")
        + 'msgctxt "verb"\n'
        + entry("Score", "打分數")
        + 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "%(num)s 天"\n',
    )
    [mo] = compile_catalogs(translations)
    catalog = words(mo)
    assert catalog.gettext("Sign in") == "登入"
    assert catalog.gettext("Score") == "評分"
    assert catalog.pgettext("verb", "Score") == "打分數"
    assert catalog.ngettext("%(num)s day", "%(num)s days", 5) == "%(num)s 天"


def test_a_catalog_is_written_again_only_when_its_sources_changed(translations):
    write(translations, "people.po", entry("Sign in", "登入"))
    second = write(translations, "home.po", entry("Home", "首頁"))
    [mo] = compile_catalogs(translations)
    assert compile_catalogs(translations) == []

    write(translations, "people.po", entry("Sign in", "登入系統"))
    assert compile_catalogs(translations) == [mo]
    assert words(mo).gettext("Sign in") == "登入系統"

    second.unlink()
    assert compile_catalogs(translations) == [mo]
    assert words(mo).gettext("Home") == "Home"


def test_the_same_sources_give_the_same_bytes(translations):
    write(translations, "people.po", entry("Sign in", "登入"))
    [mo] = compile_catalogs(translations)
    first = mo.read_bytes()
    mo.unlink()
    compile_catalogs(translations)
    assert mo.read_bytes() == first
    assert mo.stat().st_mode & 0o777 == 0o644
    assert sorted(p.name for p in mo.parent.iterdir()) == ["messages.mo", "people.po"]


def test_untranslated_and_fuzzy_entries_stay_english(translations):
    write(translations, "people.po", entry("Sign in", "") + entry("Name", "名字", before="#, fuzzy\n"))
    [mo] = compile_catalogs(translations)
    assert words(mo).gettext("Sign in") == "Sign in"
    assert words(mo).gettext("Name") == "Name"


def test_two_files_may_repeat_a_word_but_not_disagree_on_it(translations):
    write(translations, "people.po", entry("Save", "儲存"))
    write(translations, "pilots.po", entry("Save", "儲存"))
    assert compile_catalogs(translations)
    write(translations, "pilots.po", entry("Save", "存檔"))
    with pytest.raises(CatalogError, match=r"people\.po and zh_Hant_TW/pilots\.po disagree on 'Save'"):
        compile_catalogs(translations)


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [
        ("Hello %(name)s", "您好 %(who)s"),
        ("Hello %(name)s", "您好"),
        ("Hello", "您好 %(name)s"),
        ("%(share)s of the whole", "%(share)s，共 100%"),
    ],
)
def test_a_translation_with_other_placeholders_is_refused(translations, msgid, msgstr):
    write(translations, "people.po", entry(msgid, msgstr))
    with pytest.raises(CatalogError, match=r"people\.po: .*placeholders"):
        compile_catalogs(translations)


def test_a_plural_may_leave_its_number_out_in_one_english_form(translations):
    plural = 'msgid "One day left"\nmsgid_plural "%(num)s days left"\nmsgstr[0] "還有 %(num)s 天"\n'
    write(translations, "people.po", plural)
    [mo] = compile_catalogs(translations)
    assert words(mo).ngettext("One day left", "%(num)s days left", 1) == "還有 %(num)s 天"


def test_a_file_that_cannot_be_parsed_is_named(translations):
    write(translations, "people.po", entry("Sign in", "登入") + "登出\n")
    with pytest.raises(CatalogError, match=r"zh_Hant_TW/people\.po cannot be read"):
        compile_catalogs(translations)


def test_a_folder_without_sources_is_left_alone(translations):
    """As in an installed wheel, which carries the compiled catalogs alone."""
    mo = translations / "zh_Hant_TW" / "LC_MESSAGES" / "messages.mo"
    mo.write_bytes(b"as built")
    assert compile_catalogs(translations) == []
    assert mo.read_bytes() == b"as built"
