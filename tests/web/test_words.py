"""The filters of every template say the same thing to each reader in the reader's own language."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

CONSTANTS = {
    "{{ 0|money }}": ("新臺幣 0 元", "NT$0"),
    "{{ 30000|wan }}": ("3 萬元", "NT$30,000"),
    "{{ (1 if false else 0)|money }}": ("新臺幣 0 元", "NT$0"),
}


@pytest.mark.parametrize("source", CONSTANTS)
def test_a_constant_is_read_anew_in_the_language_of_each_reader(world, source):
    """One template, compiled once, read by two people: Jinja must not settle it for the first one."""
    template = world.app.jinja_env.from_string(source)
    read = []
    for language in ("zh_Hant_TW", "en"):
        with world.app.test_request_context(), force_locale(language):
            read.append(template.render())
    assert tuple(read) == CONSTANTS[source]
