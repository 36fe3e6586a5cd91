"""The stored indexes: found at once, made again when lost or spoilt, and never behind for long."""

import json
import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from matchmaker.foundation import db as database
from matchmaker.foundation import jobs
from matchmaker.foundation.db import after_commit, apart, db, unit_of_work
from matchmaker.people import operations as people
from matchmaker.people.models import Organization
from matchmaker.people.queries import own_organization
from matchmaker.search import operations, queries
from matchmaker.search.models import IndexMark
from matchmaker.search.shelves import Shelves, index, shelves
from matchmaker.search.states import Kind, Shelf, ref_of, subject
from matchmaker.suggestions import queries as suggestions
from tests.factories.challenges import challenge
from tests.factories.profiles import DRONE, MAT, RADAR, say


@pytest.fixture
def platform(world):
    """An open challenge about falls, a draft of another agency, and two startups; the indexes are made."""
    agency, alice = world.agency()
    judy_agency, judy = world.agency("Judy")
    made = {
        "world": world,
        "alice": alice,
        "open": challenge(world, "published", (agency, alice)),
        "draft": challenge(world, "draft", (judy_agency, judy)),
        "triage": challenge(world, "in_triage", (judy_agency, judy)),
    }
    for name, facts in (("Bob", RADAR), ("Ivan", DRONE)):
        startup, made[name] = world.startup(name)
        say(world, made[name], facts)
        made[f"{name}'s"] = startup
    jobs.run_until_idle(world.now)
    return made


def say_in_transaction(actor, facts, at):
    people.update_profile(
        organization=own_organization(actor), facts=facts, by=actor, at=at, expected_version=None
    )


def ids(shelf):
    return set(index(shelf).ids())


def waiting():
    return db.session.scalar(select(func.count(IndexMark.id)))


@pytest.mark.both_databases
def test_each_index_holds_what_it_may_and_no_more(platform):
    startups = {subject(Kind.STARTUP, platform[f"{name}'s"].ref) for name in ("Bob", "Ivan")}
    assert ids(Shelf.MATCH) == startups | {platform["open"].subject, platform["triage"].subject}
    assert ids(Shelf.SITE) == startups | {platform["open"].subject}
    assert waiting() == 0


def test_a_draft_is_in_no_index_under_any_name(platform):
    draft = platform["draft"]
    for shelf in Shelf:
        assert draft.subject not in index(shelf)
        assert draft.ref not in {ref_of(one) for one in index(shelf).ids()}


@pytest.mark.both_databases
def test_an_edited_profile_is_found_and_suggested_with_the_commit_itself(platform, world):
    before = {
        r.organization_id
        for r in suggestions.of_challenge(platform["alice"], platform["open"])
        if not r.stopped_by
    }
    assert platform["Ivan's"].id not in before
    say(world, platform["Ivan"], replace(RADAR, evidence_zh="另有壓力感測地墊。"))
    assert index(Shelf.SITE).rank("壓力感測地墊")[0].id == platform["Ivan's"].subject
    assert waiting() == 0
    db.session.rollback()
    rows = suggestions.of_challenge(platform["alice"], platform["open"])
    [row] = [r for r in rows if r.organization_id == platform["Ivan's"].id]
    assert row.stopped_by is None
    assert any("跌倒" in term["term"] for term in row.terms)
    assert row.generation == shelves().state(Shelf.MATCH).generation


def test_what_is_rolled_back_is_not_found(platform, world):
    generation = shelves().state(Shelf.SITE).generation

    def change():
        with unit_of_work():
            say_in_transaction(platform["Bob"], replace(RADAR, tagline_zh="全新的說法"), world.now)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        change()
    assert shelves().state(Shelf.SITE).generation == generation
    assert waiting() == 0


def test_a_suspended_startup_leaves_both_indexes_and_comes_back(platform, world):
    officer = world.officer()
    here = platform["Bob's"].subject
    for move, present in (("suspend", False), ("restore", True)):
        with unit_of_work():
            startup = db.session.get(Organization, platform["Bob's"].id)
            people.decide(organization=startup, move=move, reason="x", by=officer, at=world.now)
        assert (here in ids(Shelf.SITE)) is present
        assert (here in ids(Shelf.MATCH)) is present


def test_a_process_that_dies_after_the_commit_leaves_its_marks_to_the_job(platform, world, monkeypatch):
    monkeypatch.setattr(operations, "_at_once", lambda _at: (_ for _ in ()).throw(RuntimeError("killed")))
    say(world, platform["Ivan"], MAT)
    assert waiting() > 0
    assert index(Shelf.SITE).rank("壓力感測地墊", spell=False)[:1] != [platform["Ivan's"].subject]
    monkeypatch.undo()
    jobs.run_until_idle(world.now)
    assert waiting() == 0
    assert index(Shelf.SITE).rank("壓力感測地墊")[0].id == platform["Ivan's"].subject


def test_a_failure_after_the_commit_is_logged_and_the_answer_goes_out(platform, world, monkeypatch, caplog):
    def broken(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Shelves, "read_again", broken)
    say(world, platform["Ivan"], MAT)
    assert "failed after the commit" in caplog.text
    db.session.rollback()
    assert db.session.get(Organization, platform["Ivan's"].id).id
    assert waiting() > 0


@pytest.mark.both_databases
def test_marks_that_come_while_others_are_worked_off_are_not_lost(platform, world):
    """Eight writers at once, each of which catches up after its commit: in the end the index says what the database says."""
    taglines = [f"第{n}種說法 variant{n}" for n in range(8)]
    app, faults = world.app, []

    def write(n):
        try:
            with app.app_context(), unit_of_work():
                database.lock(Organization, platform["Ivan's"].id)
                say_in_transaction(platform["Ivan"], replace(MAT, tagline_zh=taglines[n]), world.now)
        except Exception as error:  # told below: a thread cannot fail a test
            faults.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    operations.catch_up(at=world.now)
    with apart(), shelves().alone():
        assert platform["Ivan's"].subject in ids(Shelf.SITE)
        for shelf in Shelf:
            assert shelves().differing(shelf) == frozenset()


class TestLostAndSpoilt:
    def test_a_lost_index_is_made_again_by_the_next_question(self, platform):
        import shutil

        known = ids(Shelf.SITE)
        shutil.rmtree(shelves().directory)
        assert ids(Shelf.SITE) == known

    def test_a_spoilt_one_too_and_the_state_says_so(self, platform):
        known = ids(Shelf.SITE)
        (shelves().directory / Shelf.SITE / "CURRENT").write_text("g-nothing\n")
        assert shelves().state(Shelf.SITE).fault
        assert ids(Shelf.SITE) == known
        assert not shelves().state(Shelf.SITE).fault

    def test_the_nightly_comparison_finds_what_went_past_the_operations(self, platform, world):
        with unit_of_work():
            startup = db.session.get(Organization, platform["Ivan's"].id)
            startup.name_zh = "測試・改名科技"
        assert operations.compare(at=world.now) == 1
        assert index(Shelf.SITE).rank("改名科技")[0].id == platform["Ivan's"].subject
        assert operations.compare(at=world.now) == 0


class TestAfterCommit:
    def test_it_runs_once_for_a_key_and_not_after_a_rollback(self, app):
        called = []
        with unit_of_work():
            after_commit("a", lambda: called.append(1))
            after_commit("a", lambda: called.append(2))
        with suppress(ZeroDivisionError), unit_of_work():
            after_commit("a", lambda: called.append(3))
            raise ZeroDivisionError
        with unit_of_work():
            pass
        assert called == [2]

    def test_it_may_write_for_itself(self, world):
        def write():
            with unit_of_work():
                db.session.add(IndexMark(subject="x:1", at=world.now))

        with unit_of_work():
            after_commit("a", write)
        assert waiting() == 1


class TestCommands:
    @pytest.fixture
    def run(self, platform, monkeypatch):
        from contextlib import contextmanager

        from matchmaker import cli

        @contextmanager
        def here(_mode=None):
            with apart():
                yield None

        monkeypatch.setattr(cli, "_application", here)
        return lambda *words: CliRunner().invoke(cli.main, words)

    def test_status_tells_each_index_as_a_line(self, run):
        answer = run("index", "status", "--verify")
        assert answer.exit_code == 0, answer.output
        rows = [json.loads(line) for line in answer.stdout.splitlines()]
        assert [row["index"] for row in rows] == ["match", "site"]
        assert [row["documents"] for row in rows] == [4, 3]
        assert all(row["fault"] == "" and row["waiting"] == 0 for row in rows)

    def test_status_fails_where_an_index_cannot_be_used(self, run):
        site = shelves().directory / Shelf.SITE
        manifest = site / "generations" / (site / "CURRENT").read_text().strip() / "manifest.json"
        manifest.write_text("{}")
        answer = run("index", "status")
        assert answer.exit_code == 1
        assert json.loads(answer.stdout.splitlines()[1])["fault"]

    def test_reindex_mends_it(self, run, world):
        (shelves().directory / Shelf.SITE / "CURRENT").unlink()
        assert run("reindex").exit_code == 0
        assert queries.freshness(Shelf.SITE, verify=True).index.documents == 3

    def test_check_tells_of_a_spoilt_index(self, run, platform, monkeypatch):
        from matchmaker import cli

        monkeypatch.setattr(cli, "_application", _application_of(platform["world"].app))
        assert "Index" not in run("check").output
        (shelves().directory / Shelf.SITE / "CURRENT").write_text("g-nothing\n")
        answer = run("check")
        assert answer.exit_code == 1
        assert "Index site" in answer.output
        assert "matchmaker reindex" in answer.output


def _application_of(app):
    from contextlib import contextmanager

    @contextmanager
    def here(_mode=None):
        with apart():
            yield app

    return here
