"""Items by table: out and in again, a dry run that changes nothing, and a confirmation that does what was shown."""

from __future__ import annotations

import io
import re

import odfdo
import pytest
from sqlalchemy import func, select

from matchmaker.catalog import bulk, queries
from matchmaker.catalog.models import CatalogItem, ItemVersion, ListingApplication
from matchmaker.catalog.states import ApplicationKind, ItemState
from matchmaker.foundation.audit import AuditEvent
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.files import StoredFile, Upload
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.foundation.sheets import read
from tests.factories import catalog as make

BREAKS = "10:150000; 50:140000"


@pytest.fixture
def house(world, database):
    class House:
        carol = world.officer()
        startup, bob = world.startup()
        other, ivan = world.startup("Ivan")
        agreement = make.framework(world, carol)
        listed = make.listed(world, carol, bob, startup, agreement)
        proposed = make.proposed(world, bob, startup, title_zh="提報中的品項", title_en="A proposed item")
        theirs = make.listed(world, carol, ivan, other, agreement, title_zh="別家的品項")

    return House


def html(answer):
    return answer.get_data(as_text=True)


def send(client, path, text, name="items.csv"):
    content = text.encode() if isinstance(text, str) else text
    return client.post(
        path, {"file": (io.BytesIO(content), name), "idempotency_key": ""}, content_type="multipart/form-data"
    )


def confirm(client, path, answer):
    page = html(answer)
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("upload", "shown")}
    return client.post(path, fields)


def counts():
    db.session.rollback()
    return {
        model.__name__: db.session.scalar(select(func.count(model.id)))
        for model in (CatalogItem, ItemVersion, OutboxMail, StoredFile)
    } | {"audit": db.session.scalar(select(func.count()).select_from(AuditEvent))}


OWN, STAFF = "/supplier/items/table", "/staff/items/table"


def table_of(client, path, form, world):
    answer = client.get(f"{path}.{form}")
    assert answer.status_code == 200
    with world.app.test_request_context():
        return read(bulk.sheet(), Upload(f"t.{form}", answer.get_data()))


@pytest.mark.parametrize("form", ["csv", "ods"])
def test_each_takes_out_what_they_look_after(world, house, form):
    own = table_of(world.client(house.bob), OWN, form, world)
    assert {row.values["code"] for row in own.rows} == {house.listed.code, house.proposed.ref}
    everything = table_of(world.client(house.carol), STAFF, form, world)
    assert len(everything.rows) == 3
    assert own.problems == []


def test_what_was_taken_out_changes_nothing_when_sent_back(world, house):
    client = world.client(house.bob, language="en")
    content = client.get(f"{OWN}.ods").get_data()
    table = odfdo.Document(io.BytesIO(content)).body.tables[0]
    assert table.get_value((0, 1)) == house.listed.code
    before = counts()
    proposed_only = client.get(f"{OWN}.csv").get_data().decode("utf-8-sig").splitlines()
    rows = [proposed_only[0], next(row for row in proposed_only if row.startswith(house.proposed.ref))]
    answer = send(client, OWN, "\r\n".join(rows))
    assert answer.status_code == 200
    assert "Nothing changes" in html(answer)
    after = counts()
    assert after.pop("StoredFile") == before.pop("StoredFile") + 1
    assert after == before


@pytest.mark.both_databases
def test_a_dry_run_changes_nothing_and_the_confirmation_does_what_was_shown(world, house):
    client = world.client(house.bob, language="en")
    text = (
        "code,title_zh,title_en,unit_price,breaks,delivery_days\n"
        f',新品項,A new item,200000,"{BREAKS}",30\n'
        f"{house.proposed.ref},改過的品項,Changed,150000,,10\n"
    )
    before = counts()
    shown = send(client, OWN, text)
    assert shown.status_code == 200
    assert "New proposal" in html(shown)
    assert "160,000 to 150,000" in html(shown)
    after = counts()
    assert after.pop("StoredFile") == before.pop("StoredFile") + 1
    assert after == before

    assert confirm(client, OWN, shown).status_code == 303
    made = db.session.scalars(select(CatalogItem).order_by(CatalogItem.id.desc())).first()
    made = queries.item_by_id(made.id)
    assert (made.state, made.current.title_zh, made.current.unit_price) == (
        ItemState.PROPOSED,
        "新品項",
        200000,
    )
    assert bulk.written(made.current.steps) == BREAKS
    changed = queries.item_by_id(house.proposed.id)
    assert (changed.current.unit_price, changed.current.summary_zh) == (150000, make.facts().summary_zh)


def test_faults_of_shape_and_of_rules_stand_together_by_row(world, house):
    client = world.client(house.bob, language="en")
    text = (
        "code,title_zh,unit_price,breaks,category\n"
        ",好的品項,200000,,audible-signals\n"
        ",壞的品項,many,,audible-signals\n"
        ",,200000,,audible-signals\n"
        ",級距不對,200000,10:300000,audible-signals\n"
        ",寫法不對,200000,ten,audible-signals\n"
        ",類別不對,200000,,nothing\n"
        f"{house.theirs.code},別家的,1,,\n"
    )
    before = counts()
    answer = send(client, OWN, text)
    page = html(answer)
    assert answer.status_code == 422
    assert "6 things to correct" in page
    rows = re.findall(r'<th scope="row" role="rowheader" class="number">(\d+)</th>', page)
    assert rows[:6] == ["3", "4", "5", "6", "7", "8"]
    assert "There is nothing of this number that you may change." in page
    assert 'name="upload"' not in page
    assert counts() == before


def test_when_things_change_in_between_nothing_is_done(world, house):
    client = world.client(house.bob, language="en")
    shown = send(client, OWN, f"code,title_zh,unit_price\n{house.proposed.ref},新名,150000\n")
    from matchmaker.catalog import operations

    with unit_of_work():
        operations.save_version(
            item=house.proposed,
            facts=make.facts(title_zh="新名", unit_price=155_000),
            by=house.bob,
            at=world.now,
        )
    again = confirm(client, OWN, shown)
    assert again.status_code == 409
    assert "Something has changed since the dry run." in html(again)
    assert "155,000 to 150,000" in html(again)
    assert queries.item_by_id(house.proposed.id).current.unit_price == 155_000
    assert confirm(client, OWN, again).status_code == 303


def test_after_a_dry_run_another_table_can_be_sent_from_the_same_page(world, house):
    client = world.client(house.bob, language="en")

    def key_of(answer):
        form = html(answer).split('enctype="multipart/form-data"')[1]
        return re.search(r'name="idempotency_key"[^>]*value="([^"]*)"', form)[1]

    def send_with(key, text):
        file = (io.BytesIO(text.encode()), "items.csv")
        return client.post(OWN, {"file": file, "idempotency_key": key}, content_type="multipart/form-data")

    shown = send_with(key_of(client.get(OWN)), "title_zh\n新品項\n")
    assert send_with(key_of(shown), "title_zh\n另一個品項\n").status_code == 200


def test_staff_change_listed_items_with_a_reason(world, house):
    client = world.client(house.carol, language="en")
    answer = send(client, STAFF, f"code,unit_price\n{house.listed.code},150000\n")
    assert answer.status_code == 422
    assert "Say what changes and why" in html(answer)
    shown = send(client, STAFF, f"code,unit_price,note\n{house.listed.code},150000,降價\n")
    assert confirm(client, STAFF, shown).status_code == 303
    item = queries.item_by_id(house.listed.id)
    assert (item.current_version, item.current.unit_price, item.current.note) == (2, 150000, "降價")


def test_a_suppliers_change_of_a_listed_item_goes_to_the_board(world, house):
    client = world.client(house.bob, language="en")
    shown = send(client, OWN, f"code,unit_price,note\n{house.listed.code},150000,降價\n")
    assert "Proposed to the review board" in html(shown)
    assert "160,000 to 150,000" in html(shown)
    assert confirm(client, OWN, shown).status_code == 303
    assert queries.item_by_id(house.listed.id).current.unit_price == 160_000
    review = db.session.scalars(
        select(ListingApplication).where(ListingApplication.kind == ApplicationKind.CHANGE)
    ).one()
    assert review.proposed["unit_price"] == 150_000
    again = send(client, OWN, f"code,unit_price,note\n{house.listed.code},140000,再降\n")
    assert again.status_code == 422


def test_staff_propose_nothing(world, house):
    answer = send(world.client(house.carol, language="en"), STAFF, "title_zh\n新品項\n")
    assert answer.status_code == 422
    assert "New items are proposed by their suppliers." in html(answer)


def test_one_persons_file_is_nobody_elses(world, house):
    shown = send(world.client(house.bob), OWN, "title_zh\n新品項\n")
    assert confirm(world.client(house.ivan), OWN, shown).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7", "items.csv", "no table that can be read"),
        ("title_zh\n新品項\n".encode("utf-16"), "items.csv", "UTF-16"),
        ("title_zh\n新品項\n", "items.exe", "cannot be taken"),
    ],
)
def test_files_that_are_no_tables(world, house, content, name, words):
    answer = send(world.client(house.bob, language="en"), OWN, content, name)
    assert answer.status_code == 422
    assert words in html(answer)


def test_no_file(world, house):
    answer = world.client(house.bob, language="en").post(OWN, {})
    assert answer.status_code == 422
    assert "Choose a CSV or ODS file." in html(answer)


def test_big5_is_taken_with_a_word_and_kept_in_utf8(world, house):
    client = world.client(house.bob, language="en")
    shown = send(client, OWN, "title_zh\n新品項\n".encode("cp950"))
    assert "Big5" in html(shown)
    assert confirm(client, OWN, shown).status_code == 303
    made = db.session.scalars(select(CatalogItem).order_by(CatalogItem.id.desc())).first()
    assert queries.item_by_id(made.id).current.title_zh == "新品項"


@pytest.mark.parametrize("language", ["zh_Hant_TW", "en"])
def test_the_page_shows_no_raw_codes(world, house, language):
    client = world.client(house.bob, language=language)
    page = html(client.get(OWN))
    text = re.sub(r"<[^>]+>", " ", page)
    assert "audible-signals" not in text
    assert "yes_no" not in text
