"""The letters of a ladder: few, each right for its step, standing and language, and filled for each reader."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mailer.audience import DeadlineFile, read_deadline
from mailer.config import Workspace, open_workspace
from mailer.errors import ProblemsError
from mailer.flow.letter_slots import code_of, slots_for, variant_of
from mailer.flow.letters import Letters, compose_letters
from mailer.flow.people import People, read_people
from mailer.model.audience import Contact
from mailer.model.deadline import Obligation
from mailer.model.reminder import Reminder, Standing
from mailer.model.slots import fill_slots, split_slots

ROOT = Path(__file__).parents[2]
SECRET = b"s" * 32
EVERY = ("en", "ru", "fr", "ar")
DUE = date(2017, 4, 24)


@cache
def sample() -> tuple[Workspace, DeadlineFile, People]:
    workspace = open_workspace(ROOT)
    path = workspace.recipients / "deadlines" / "national-report-cop12.yaml"
    return workspace, read_deadline(path, workspace.root), read_people(workspace)


@cache
def letters() -> Letters:
    return compose_letters(*sample(), languages=EVERY)


def focal_point(country: str) -> Contact:
    contacts = sample()[2].recipients.contacts
    return next(
        c for c in contacts if c.country == country and any(r.name == "national-focal-point" for r in c.roles)
    )


def reminder(step: str, *who: str, standing: Standing = Standing.HOLDER, **more: Any) -> Reminder:
    deadline, contact = sample()[1].deadline, focal_point(who[0])
    due = more.pop("due", DUE)
    owed = tuple(Obligation(deadline.id, code, code, due) for code in who)
    return Reminder(deadline, step, standing, contact, contact.address, owed, **more)


def filled(one: Reminder, language: str, day: date) -> tuple[str, str, str]:
    """Subject, text and html as the reader gets them."""
    key = variant_of(letters(), one, language, day)
    made = letters().rendition(key)
    values = slots_for(letters(), one, language=language, day=day, people=sample()[2], secret=SECRET)

    def fill(words: str, kind: Any) -> str:
        return fill_slots(split_slots(words), values, made.defaults, kind)

    return fill(made.subject, "text"), fill(made.text, "text"), fill(made.html, "html")


class TestWhichThereAre:
    def test_the_sample_has_tens_and_no_two_by_one_name(self) -> None:
        made = compose_letters(*sample())
        assert made.languages == ("en", "ru", "fr")
        assert len(made.renditions) == 54
        assert len(set(made.words.values())) == 54
        assert set(made.words) == {each.variant.key for each in made.renditions}
        assert made.words[made.key("-14d", Standing.ALTERNATE, True, "ru")] == (
            "Russian · last two weeks · to alternates · moved"
        )

    def test_steps_that_say_the_same_share_a_letter(self) -> None:
        key = letters().key
        assert key("-14d", Standing.HOLDER, False, "en") == key("-7d", Standing.HOLDER, False, "en")
        apart = {key(step, Standing.HOLDER, False, "en") for step in ("-90d", "-30d", "-7d", "-1d", "+3d")}
        assert len(apart) == 5

    def test_a_step_that_goes_late_says_what_is_true_then(self) -> None:
        key = letters().key
        late = key("-90d", Standing.HOLDER, False, "en", days=10)
        assert late == key("-14d", Standing.HOLDER, False, "en")
        assert key("-90d", Standing.HOLDER, False, "en", days=0) == key("-1d", Standing.HOLDER, False, "en")

    def test_a_step_that_goes_before_a_holiday_keeps_its_tone(self) -> None:
        key = letters().key
        assert key("-1d", Standing.HOLDER, False, "en", days=4) == key("-1d", Standing.HOLDER, False, "en")
        assert key("-14d", Standing.HOLDER, False, "en", days=17) == key("-14d", Standing.HOLDER, False, "en")

    @pytest.mark.parametrize(
        ("step", "standing"), [("-90d", Standing.ALTERNATE), ("-30d", Standing.ALTERNATE)]
    )
    def test_nobody_has_a_letter_before_they_are_told(self, step: str, standing: Standing) -> None:
        with pytest.raises(KeyError):
            letters().key(step, standing, False, "en")

    def test_composing_again_takes_the_letters_from_memory(self) -> None:
        compose_letters(*sample())
        began = time.perf_counter()
        again = compose_letters(*sample())
        assert time.perf_counter() - began < 3
        assert [each.html for each in again.renditions] == [
            each.html for each in letters().renditions if each.variant.language != "ar"
        ]


class TestWhatTheySay:
    def test_the_head_says_who_writes_to_whom_by_when(self) -> None:
        subject, text, html = filled(reminder("-90d", "KZ"), "en", date(2017, 1, 24))
        assert subject == "National report to COP12: due on 24 April 2017"
        assert text.startswith(
            "Official reminder\nReference: 2016/035\nDate: 24 January 2017\n"
            "To: National Focal Point of Kazakhstan\n"
            "Action by: Monday, 24 April 2017, 23:59 (Berlin, UTC+2) –\n  in 90 days\n"
        )
        for words in ("2016/035", "24 January 2017", "National Focal Point of Kazakhstan", "in 90 days"):
            assert words in html

    def test_two_countries_in_russian(self) -> None:
        subject, text, _ = filled(reminder("-14d", "KZ", "MN"), "ru", date(2017, 4, 10))
        assert "через 14 дней" in subject
        assert "национальный доклад Казахстана и Монголии" in " ".join(text.split())

    def test_the_tone_differs(self) -> None:
        said = {
            step: filled(reminder(step, "KG"), "en", day)[1]
            for step, day in (
                ("-90d", date(2017, 1, 24)),
                ("-7d", date(2017, 4, 13)),
                ("-1d", date(2017, 4, 21)),
                ("+3d", date(2017, 4, 27)),
            )
        }
        assert "There is still time" in said["-90d"]
        assert "pass this message on" in said["-7d"]
        assert "Please hand it in now" in said["-1d"]
        assert "overdue by 3 days" in said["+3d"]

    def test_a_step_with_words_of_its_own_says_them_after_what_is_due(self) -> None:
        _, text, _ = filled(reminder("-30d", "UZ"), "en", date(2017, 3, 24))
        words = " ".join(text.split())
        assert "the deadline for the national report of Uzbekistan" in words
        assert "A report that comes in on time is there again in your next one" in words
        assert "There is still time" not in words

    def test_an_alternate_is_told_so_with_the_holders_name(self) -> None:
        holder = focal_point("MN")
        one = reminder("-14d", "KZ", standing=Standing.ALTERNATE, to=(holder,))
        _, text, _ = filled(one, "en", date(2017, 4, 10))
        words = " ".join(text.split())
        assert f"This reminder goes to {holder.name}. You get it as alternate." in words
        assert "To: National Focal Point of Kazakhstan (alternate)" in words

    def test_those_above_are_told_what_is_overdue(self) -> None:
        subject, text, _ = filled(
            reminder("+3d", "IR", standing=Standing.ESCALATION), "en", date(2017, 4, 27)
        )
        assert subject.startswith("Overdue, for your attention")
        assert "To: Scientific Councillor of the Islamic Republic of Iran" in text

    def test_a_moved_date_is_said_with_the_former_one(self) -> None:
        one = reminder("-7d", "KG", moved_from=date(2017, 4, 3))
        _, text, html = filled(one, "fr", date(2017, 4, 13))
        assert "C’était le 3 avril 2017\u00a0; c’est désormais le 24 avril 2017." in text.replace("\n", " ")
        assert "La date a changé." in html
        assert "La date a changé." not in filled(reminder("-7d", "KG"), "fr", date(2017, 4, 13))[1]

    @pytest.mark.parametrize("language", EVERY)
    def test_nothing_is_left_open(self, language: str) -> None:
        for one in (
            reminder("-90d", "KZ"),
            reminder("+3d", "KZ", "MN", moved_from=date(2017, 4, 3)),
            reminder("-1d", "KG", standing=Standing.ALTERNATE, to=(focal_point("KG"),)),
        ):
            for words in filled(one, language, date(2017, 4, 27) if one.step == "+3d" else date(2017, 4, 1)):
                assert "%%slot" not in words
                assert "slot.invalid" not in words
                assert "{{" not in words

    def test_the_text_part_has_no_percent_signs_and_all_it_takes_to_answer(self) -> None:
        one = reminder("-14d", "KZ")
        _, text, html = filled(one, "ru", date(2017, 4, 10))
        assert f"Код: {code_of(one, SECRET)}" in text
        assert "%D0" not in text
        assert html.count("mailto:office@cami.example.org?subject=") == 3

    def test_an_extension_is_due_on_its_own_day(self) -> None:
        one = reminder("-7d", "KZ", due=date(2017, 5, 15), moved_from=DUE)
        _, text, _ = filled(one, "en", date(2017, 5, 8))
        assert "Monday, 15 May 2017, 23:59 (Berlin, UTC+2) – in 7 days" in " ".join(text.split())


class TestTheCode:
    def test_it_is_the_same_whenever_it_is_made_and_another_for_every_message(self) -> None:
        one = reminder("-14d", "KZ", "MN")
        assert code_of(one, SECRET) == code_of(reminder("-14d", "KZ", "MN"), SECRET)
        others = {
            code_of(reminder(step, *who), SECRET)
            for step in ("-14d", "-7d")
            for who in (("KZ",), ("KZ", "MN"), ("MN",))
        }
        assert len(others) == 6


def test_a_calendar_entry_comes_while_the_day_is_still_to_come() -> None:
    def attached(step: str, standing: Standing = Standing.HOLDER) -> list[str]:
        found = letters().rendition(letters().key(step, standing, False, "en")).attachments
        return [attachment.name for attachment in found]

    assert attached("-90d") == attached("-1d") == ["national-report-cop12.ics"]
    assert attached("+3d") == attached("+3d", Standing.ESCALATION) == []


Change = Callable[[dict[str, Any]], None]


class Copy:
    """A copy of the sample, changed."""

    def __init__(self, folder: Path) -> None:
        for name in ("recipients", "templates"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copyfile(ROOT / "mailer.toml", folder / "mailer.toml")
        self.folder = folder
        self.path = folder / "recipients" / "deadlines" / "national-report-cop12.yaml"

    def letters(self, change: Change) -> Letters:
        yaml = YAML()
        data = yaml.load(self.path)
        change(data)
        yaml.dump(data, self.path)
        workspace = open_workspace(self.folder)
        file = read_deadline(self.path, workspace.root)
        return compose_letters(workspace, file, sample()[2])


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_body_that_is_not_translated_stands_whole_in_another_language_marked(copy: Copy) -> None:
    def change(data: dict[str, Any]) -> None:
        del data["body"]["ru"]
        data["body"]["en"] = "Write it for {{country}}, {{days_left}}."

    made = copy.letters(change)
    one = reminder("-14d", "KZ")
    found = made.rendition(variant_of(made, one, "ru", date(2017, 4, 10)))
    assert '<div lang="en" dir="ltr"' in found.html
    assert "What to do" in found.text
    assert "Как ответить" in found.text
    values = slots_for(made, one, language="ru", day=date(2017, 4, 10), people=sample()[2], secret=SECRET)
    text = fill_slots(split_slots(found.text), values, found.defaults, "text")
    assert "Write it for Kazakhstan, in 14 days." in text


def test_own_words_in_one_language_are_not_lost_on_readers_of_another(copy: Copy) -> None:
    def change(data: dict[str, Any]) -> None:
        data["steps"]["-30d"] = {"subject": {"en": "Half time"}, "body": {"en": "Half the time has gone."}}

    made = copy.letters(change)
    found = made.rendition(made.key("-30d", Standing.HOLDER, True, "fr"))
    assert found.subject == "Half time"
    assert "Half the time has gone." in found.text
    assert "The date has moved." in found.text


def test_own_words_that_say_what_is_owed_replace_the_usual_sentence(copy: Copy) -> None:
    def change(data: dict[str, Any]) -> None:
        data["steps"]["-30d"] = {"body": {"en": "Where is {{owed}}?"}}

    made = copy.letters(change)
    text = made.rendition(made.key("-30d", Standing.HOLDER, False, "en")).text
    assert "Where is" in text
    assert "This is to remind you" not in text


def test_a_language_that_the_deadline_does_not_speak_is_not_offered(copy: Copy) -> None:
    def change(data: dict[str, Any]) -> None:
        del data["owed"]["fr"]

    assert copy.letters(change).languages == ("en", "ru")


def test_a_string_that_is_missing_is_named_with_its_file(copy: Copy) -> None:
    strings = copy.folder / "templates" / "reminder" / "strings.ru.yaml"
    lines = strings.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("days_left.few", "letter.near:"))]
    strings.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        copy.letters(lambda _: None)
    assert {problem.field for problem in caught.value.problems} == {"days_left.few", "letter.near"}
    assert {problem.file for problem in caught.value.problems} == {"templates/reminder/strings.ru.yaml"}


def test_with_a_server_the_text_part_has_the_addresses(copy: Copy) -> None:
    toml = copy.folder / "mailer.toml"
    text = toml.read_text(encoding="utf-8")
    text = text.replace('public = "none"', 'public = "server"\npublic_url = "https://x.example.org"')
    toml.write_text(text, encoding="utf-8")
    made = copy.letters(lambda _: None)
    one = reminder("-14d", "KZ")
    found = made.rendition(variant_of(made, one, "en", date(2017, 4, 10)))
    values = slots_for(made, one, language="en", day=date(2017, 4, 10), people=sample()[2], secret=SECRET)
    words = fill_slots(split_slots(found.text), values, found.defaults, "text")
    address = f"https://x.example.org/answer/{code_of(one, SECRET)}/later"
    assert f"* It will be handed in by … <{address}>" in " ".join(words.split())
    assert "web_view" not in found.slots
    assert "@" not in address
