"""Placeholders, claims, names, numbers, telephones and ranges: what is wrong is found, and what is right is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.audience import read_registers
from mailer.check import RULES, check_issue
from mailer.check.rules.claims import parties_in_words
from mailer.model.finding import Finding, Severity

ROOT = Path(__file__).parents[2]
REGISTERS = read_registers(ROOT / "recipients", ROOT)
HEAD = """\
id: trial
series: Trial
date: 2016-12-19
language: {}
subject: A subject that says enough
preheader: Forty signs or so that say what else is inside.
"""


def article(body: str, more: str = "") -> str:
    text = "".join(f"      {line}\n" for line in body.splitlines())
    return f"  - id: one\n    kind: article\n    title: One\n    body: |\n{text}{more}"


def link(url: str) -> str:
    return article("Words.", f"    links:\n      - url: '{url}'\n        text: The report of the meeting\n")


def phones(*numbers: str) -> str:
    return f"  - {{id: one, kind: contact, phones: {list(numbers)}}}\n"


def meeting(days: str, body: str) -> str:
    return f"  - {{id: one, kind: event, title: One, {days}, body: '{body}'}}\n"


# rule, language, items, the words that must be told
FOUND = [
    ("text.placeholder", "en", article("Lorem\nipsum, and so on."), "Lorem ipsum"),
    ("text.placeholder", "en", article("One\n\nTODO: say who came."), "TODO"),
    ("text.placeholder", "en", article("They met on xx.xx.2017 in Bonn."), "xx.xx.2017"),
    ("text.placeholder", "en", article("They met in XXXX."), "XXXX"),
    ("text.placeholder", "en", article("See [insert link here]."), "[insert link here]"),
    ("text.placeholder", "ru", article("Встреча прошла [вставить место]."), "[вставить место]"),
    ("text.placeholder", "ru", article("Встреча прошла в ХХХХ."), "ХХХХ"),
    ("text.placeholder", "fr", article("Réunion à [à compléter]."), "[à compléter]"),
    ("text.placeholder-likely", "en", article("The place is TBC."), "TBC"),
    ("text.placeholder-likely", "en", article("Speakers: [..]"), "[..]"),
    ("text.placeholder-likely", "fr", article("Lieu : [lieu]"), "[lieu]"),
    ("link.placeholder", "en", link("https://www.example.com/report"), "https://www.example.com/report"),
    ("link.placeholder", "en", article("[The report](https://cms.example/x)"), "https://cms.example/x"),
    ("link.sign-taken-in", "en", link("https://www.cms.int/en/news."), "https://www.cms.int/en/news."),
    ("link.sign-taken-in", "en", link("https://www.cms.int/x%E2%80%9D"), "https://www.cms.int/x%E2%80%9D"),
    ("link.sign-taken-in", "en", link("https://www.cms.int/x%E2"), "https://www.cms.int/x%E2"),
    ("link.sign-taken-in", "en", link("https://www.cms.int/x)"), "https://www.cms.int/x)"),
    ("link.stop-behind", "en", article("See [www.cms.int](https://www.cms.int)."), "www.cms.int."),
    ("link.stop-behind", "en", article("See www.cms.int/en/news."), "www.cms.int/en/news."),
    ("link.print-sign", "en", link("https://www.cms.int/a-%E2%80%93-b"), "https://www.cms.int/a-%E2%80%93-b"),
    (
        "date.range-weekdays",
        "en",
        article("Monday to Friday, 22-27 August 2016"),
        "Monday to Friday, 22-27 August 2016",
    ),
    ("date.range-weekdays", "en", article("Tuesday 22 to 26 August 2016"), "Tuesday 22 to 26 August 2016"),
    (
        "date.range-weekdays",
        "fr",
        article("du lundi 22 au samedi 26 août 2016"),
        "lundi 22 au samedi 26 août 2016",
    ),
    (
        "date.range-weekdays",
        "ru",
        article("с понедельника по четверг, с 22 по 26 августа 2016 года"),
        "понедельника по четверг, с 22 по 26 августа 2016",
    ),
    ("date.range-backwards", "en", article("from 28 to 23 October 2017"), "28 to 23 October 2017"),
    ("date.range-backwards", "ru", article("с 28 по 23 октября 2017 года"), "28 по 23 октября 2017"),
    ("date.range-backwards", "fr", article("du 28 mai au 3 janvier 2017"), "28 mai au 3 janvier 2017"),
    (
        "date.range-differs",
        "en",
        meeting("start: 2017-10-23, end: 2017-10-28", "In Manila from 23 to 27 October 2017."),
        "23 to 27 October 2017",
    ),
    ("item.no-place", "en", meeting("start: 2017-10-23", "Do come."), "2017-10-23"),
    (
        "text.numbers-disagree",
        "en",
        article("Experts for all 15 species.")
        + "  - {id: two, kind: article, body: Each of the fourteen species.}\n",
        "Each of the fourteen species",
    ),
    (
        "text.numbers-disagree",
        "fr",
        article("Toutes les 15 espèces.")
        + "  - {id: two, kind: article, body: Toutes les quatorze espèces.}\n",
        "Toutes les quatorze espèces",
    ),
    (
        "text.numbers-disagree",
        "ru",
        article("Обо всех 15 видах.") + "  - {id: two, kind: article, body: Для всех 14 видов.}\n",
        "всех 14 видов",
    ),
    ("contact.phone-broken", "en", phones("+49 228 815 24O1"), "+49 228 815 24O1"),
    ("contact.phone-broken", "en", phones("+49 (228 815 2401"), "+49 (228 815 2401"),
    ("contact.phone-broken", "en", phones("+0228 815 2401"), "+0228 815 2401"),
    ("contact.phone-broken", "en", phones("2401"), "2401"),
    (
        "contact.phone-formats",
        "en",
        phones("+49 228 815 2401", "+49 228 815 2402", "0228/8152403"),
        "0228/8152403",
    ),
    ("fact.party-number", "en", article("CMS now has 126 Parties."), "126 Parties"),
    ("fact.party-number", "en", article("CMS has more than 124 Parties."), "more than 124 Parties"),
    ("fact.party-number", "fr", article("La CMS compte désormais 123 Parties."), "123 Parties"),
    ("fact.party-number", "ru", article("КМВ объединяет более 130 Сторон."), "более 130 Сторон"),
    ("fact.party-number", "en", article("All 140 Parties of CMS came."), "140 Parties"),
    (
        "fact.party-number",
        "en",
        article("They met.\n\nAll 140 Parties to the Convention\n(CMS) agreed."),
        "140 Parties",
    ),
    ("fact.party-number", "en", article("There are now 133 Parties to CMS."), "133 Parties"),
    (
        "fact.party-number",
        "en",
        article("Good news! There are more than 130 CMS Parties."),
        "more than 130 CMS Parties",
    ),
    ("fact.party-number", "fr", article("Toutes les 140 Parties à la CMS sont venues."), "140 Parties"),
    ("fact.party-number", "fr", article("Il y a désormais 133 Parties à la CMS."), "133 Parties"),
    ("fact.party-number", "ru", article("Все 140 Сторон КМВ приехали."), "140 Сторон"),
    ("fact.party-number", "ru", article("Сейчас в КМВ 133 Стороны."), "133 Стороны"),
    ("fact.party-number", "ru", article("КМВ насчитывает 131 Сторону."), "131 Сторону"),
    ("fact.member-states", "en", article("All 124 Member States of CMS agreed."), "Member States of CMS"),
    ("fact.member-states", "en", article("All CMS Member States agreed."), "CMS Member States"),
    ("fact.member-states", "fr", article("Les États membres de la CMS."), "États membres de la CMS"),
    ("fact.member-states", "ru", article("Все государства-члены КМВ."), "государства-члены КМВ"),
    ("fact.not-a-party", "en", article("China, a Party to CMS, agreed."), "China"),
    ("fact.not-a-party", "en", article("Kazakhstan and China are Parties to CMS."), "China"),
    ("fact.not-a-party", "en", article("The CMS Parties Kazakhstan, China and Mongolia."), "China"),
    ("fact.not-a-party", "fr", article("La Chine est Partie à la CMS."), "Chine"),
    ("fact.not-a-party", "ru", article("Китай является Стороной КМВ."), "Китай"),
    ("fact.not-a-range-state", "en", article("Kazakhstan, a Range State of the wild yak."), "Kazakhstan"),
    ("fact.not-a-range-state", "en", article("The saiga Range States Kazakhstan and India."), "India"),
    (
        "fact.not-a-range-state",
        "fr",
        article(
            "L’Inde et le Népal sont des amis. Le Népal est un État de l’aire de répartition du Kiang; "
            "le Népal, État de l’aire de répartition du Chameau sauvage."
        ),
        "Népal",
    ),
    ("fact.not-a-range-state", "ru", article("Индия — государство ареала сайгака."), "Индия"),
    ("fact.species-name", "en", article("Saiga tatrica lives there."), "Saiga tatrica"),
    ("fact.species-name", "ru", article("Сайгак (Siaga tatarica) живёт там."), "Siaga tatarica"),
    ("fact.species-name", "en", article("Przewalksi's horses"), "Przewalksi's"),
    ("name.misspelt", "en", article("Ms Petera Kaczensky came."), "Petera Kaczensky"),
    ("name.misspelt", "en", article("Polina\nOrlinskyi came."), "Polina Orlinskyi"),
    (
        "name.misspelt",
        "fr",
        article("Flora and Fauna International était là."),
        "Flora and Fauna International",
    ),
    (
        "name.misspelt",
        "en",
        article("the Alliance for Saiga Conservation"),
        "Alliance for Saiga Conservation",
    ),
    (
        "name.two-spellings",
        "en",
        "  - {id: one, kind: press, people: [{name: Anna Berlinger}]}\n"
        + article("Anna Berlingen spoke.").replace("one", "two"),
        "Anna Berlingen",
    ),
    (
        "name.two-spellings",
        "en",
        article("Ms. Aline Kuehl-Stenzel spoke. Then Ms. Aline Kühl-Stenzel, and Aline Kuhl-Stenzel."),
        "Aline Kuehl-Stenzel",
    ),
    (
        "name.two-spellings",
        "en",
        article("Dr. Nurlan Ongarbayev spoke.")
        + article("Mr. Nurlan Ongarbaev's talk.").replace("one", "two"),
        "Nurlan Ongarbayev",
    ),
    (
        "name.two-spellings",
        "fr",
        article("Mme Aline Kuehl-Stenzel a parlé; puis Aline Kühl-Stenzel."),
        "Aline Kühl-Stenzel",
    ),
    (
        "name.two-spellings",
        "ru",
        article("Г-н Нурлан Онгарбаев и д-р Нурлан Ангарбаев."),
        "Нурлан Онгарбаев",
    ),
    (
        "text.missing-word",
        "en",
        article("It was supported by CMS and organized Panthera International in 2014."),
        "organized Panthera",
    ),
    (
        "text.missing-word",
        "en",
        article("the commitment of Tajikistan government"),
        "of Tajikistan government",
    ),
]

# rule, language, items about which it must not say anything
QUIET = [
    ("text.placeholder", "es", article("TODO el mundo, y TODO ello.")),
    (
        "text.placeholder",
        "en",
        article("Part XXIX; sizes XXL; [insert](https://www.cms.int) it; a to-do list"),
    ),
    ("text.placeholder", "fr", article("Le formulaire à compléter est en ligne.")),
    ("text.placeholder", "ru", article("В XXI веке; просим дополнить список.")),
    ("text.placeholder-likely", "en", article("WTBC, [name](https://www.cms.int), she said: what??")),
    ("link.placeholder", "en", link("https://www.exemplary.org/example.com")),
    ("link.placeholder", "en", "  - {id: one, kind: contact, email: ana@example.com}\n"),
    ("link.sign-taken-in", "en", link("https://www.cms.int/a_(b)")),
    ("link.sign-taken-in", "en", link("https://www.cms.int/a.html?x=%D0%BC")),
    (
        "link.stop-behind",
        "en",
        article("See [www.cms.int](https://www.cms.int) and more. See www.cms.int for it."),
    ),
    (
        "link.stop-behind",
        "en",
        article("See [the site](https://www.cms.int/en). And <https://www.cms.int/>."),
    ),
    ("link.print-sign", "en", link("https://www.cms.int/a-b%20c")),
    (
        "date.range-weekdays",
        "en",
        article("Monday to Friday, 22-26 August 2016; Monday 22 to Friday 26 August 2016"),
    ),
    ("date.range-weekdays", "en", article("We met on Thursday. 22-26 August 2016 are the days.")),
    ("date.range-weekdays", "fr", article("du lundi 22 au vendredi 26 août 2016")),
    ("date.range-weekdays", "ru", article("с понедельника по пятницу, с 22 по 26 августа 2016 года")),
    ("date.range-backwards", "en", article("28 December to 3 January 2017; 2-3 November 2016; 5 to 7 of 9")),
    (
        "date.range-differs",
        "en",
        meeting(
            "start: 2017-10-23, end: 2017-10-28", "From 23 to 28 October 2017; excursion 29-30 October 2017."
        ),
    ),
    ("item.no-place", "en", meeting("start: 2017-10-23", "It is held online.")),
    ("item.no-place", "en", meeting("start: 2017-10-23, place: {name: Bonn}", "Do come.")),
    (
        "text.numbers-disagree",
        "en",
        article("All 15 species, one of the 23 landscapes.")
        + "  - {id: two, kind: article, body: Nine CAMI species. All five landscapes of Nepal. All 15 species.}\n",
    ),
    (
        "contact.phone-broken",
        "en",
        phones("+49 (0)228 815-2401", "+49 228 815 2401 ext. 12", "+49 228 815 2401/02"),
    ),
    (
        "contact.phone-broken",
        "en",
        phones("(+49 228) 815 2401", "0049 228 815 2401", "Tel. +49 228 815 2401"),
    ),
    (
        "contact.phone-formats",
        "en",
        article("Tel. +49 228 815 2401/02, Fax: +49 228 815 2449; +49 228 815 2401 / 02 / 03."),
    ),
    (
        "contact.phone-formats",
        "en",
        phones("+49 228 815 2401", "+7 7172 123 456") + article("+49 228 815 2419.").replace("one", "two"),
    ),
    (
        "fact.party-number",
        "en",
        article("CMS has 124 Parties. More than 120 Parties. Only 40 Parties have sent reports to CMS."),
    ),
    (
        "fact.party-number",
        "en",
        article("CITES has 183 Parties. CMS has over 120 Parties. CMS had 34 Parties in 1995."),
    ),
    (
        "fact.party-number",
        "en",
        article(
            "All 140 participants of CMS events came. 20 of the Parties came; all 20 of them. "
            "12 Parties to CMS had sent reports. In Africa, all 45 Parties to CMS agreed. "
            "All 20 Parties to CMS present agreed. All 45 Parties to CMS in Africa. All 12 Parties to CMS that came. "
            "All 45 African Parties to CMS. All 30 Parties to CMS invited to Bonn came."
        ),
    ),
    (
        "fact.party-number",
        "en",
        article(
            "There are 12 Parties to CMS in Central Asia. In Africa there are 45 Parties to CMS. "
            "There are 20 Parties to CMS that have not reported. There are 20 Parties to CMS, which came. "
            "There are 12 CMS Parties among them. There are 40 Parties who sent no report to CMS. "
            "All 124 Parties to CMS came. There are now 124 Parties to CMS. There are about 130 CMS Parties."
        ),
    ),
    (
        "fact.party-number",
        "en",
        article(
            "All 183 Parties to CITES came; CMS helped. There are 183 Parties to CITES. "
            "All 30 Parties to the CMS Saiga MOU agreed. All 26 CMS Parties Kazakhstan names."
        ),
    ),
    (
        "fact.party-number",
        "fr",
        article(
            "Les 140 participants aux réunions de la CMS. 20 des Parties. 12 Parties à la CMS avaient écrit. "
            "En Afrique, toutes les 45 Parties à la CMS. Toutes les 20 Parties à la CMS présentes. "
            "Il y a 12 Parties à la CMS en Asie. Toutes les 124 Parties à la CMS sont venues."
        ),
    ),
    (
        "fact.party-number",
        "ru",
        article(
            "Все 140 участников встреч КМВ. 20 из Сторон. 12 Сторон КМВ прислали доклады. "
            "В Африке все 45 Сторон КМВ согласны. Все 20 Сторон КМВ из Азии. Все 20 присутствующих Сторон КМВ. "
            "В КМВ 12 Сторон прислали доклады. Сейчас в КМВ 124 Стороны. Все 124 Стороны КМВ приехали."
        ),
    ),
    ("fact.party-number", "fr", article("La CMS compte 124 Parties, et plus de 120 Parties.")),
    ("fact.party-number", "ru", article("В КМВ 124 Стороны. Она объединяет более 120 Сторон.")),
    (
        "fact.member-states",
        "en",
        article("Member States of the European Union, which is a CMS Party; UN Member States"),
    ),
    ("fact.member-states", "ru", article("Государства – члены ООН и Стороны КМВ.")),
    (
        "fact.not-a-party",
        "en",
        article("China is not a Party to CMS. Kazakhstan is a Party to CMS. China works with CMS Parties."),
    ),
    (
        "fact.not-a-party",
        "en",
        article("China, a Party to CITES, and Germany, a Party to CMS. China may become a Party to CMS."),
    ),
    ("fact.not-a-party", "en", article("Türkiye, of which the register says nothing, is a Party to CMS.")),
    ("fact.not-a-party", "ru", article("Казахстан является Стороной КМВ; Китай — не Сторона КМВ.")),
    (
        "fact.not-a-range-state",
        "en",
        article("China, a Range State of CAMI, and India, a Range State of the wild yak."),
    ),
    (
        "fact.not-a-range-state",
        "en",
        article("India is not a Range State of the saiga. Italy, a Range State of the argali."),
    ),
    ("fact.not-a-range-state", "ru", article("Казахстан — государство ареала сайгака.")),
    (
        "fact.species-name",
        "en",
        article("Panthera uncia, Uncia uncia, Panthera pardus; the Mongolian gazelle; Equus caballus"),
    ),
    ("fact.species-name", "ru", article("бухарского оленя, снежным барсам, монгольские сайгаки")),
    (
        "name.misspelt",
        "en",
        article("Petra Kaczensky's talk; Fauna and Flora International; Ms Kaczensky; Peter Kazinsky"),
    ),
    ("name.misspelt", "ru", article("Елизавете Протас и Полину Орлинскую; Петры Каченски")),
    (
        "name.misspelt",
        "en",
        article("Polina Protas and Martin Chambers; a society, Frankfurt and zoological"),
    ),
    (
        "name.two-spellings",
        "ru",
        "  - {id: one, kind: press, people: [{name: Полина Орлинская}]}\n"
        + article("С Полиной Орлинской").replace("one", "two"),
    ),
    (
        "name.two-spellings",
        "en",
        article(
            "Mr. Deputy Minister, the Deputy Ministers, Mr. Vice Presidents, Vice President. "
            "Ms. Anna Berlinger's talk, Anna Berlinger. Mr. Oleg Petrov and Ms. Olga Petrov. "
            "Dr. Maria Perez and Dr. Mario Perez. Mr. Ivan Petrov and Mr. Ivan Petrenko. "
            "Prof. Saiga Range, the Saiga Ranges."
        ),
    ),
    (
        "name.two-spellings",
        "fr",
        article("M. Jean Dupont et Mme Jeanne Dupont; M. le Ministre; Mme Anne Martin, Anne Martin."),
    ),
    (
        "name.two-spellings",
        "ru",
        article(
            "Г-н Нурлан Онгарбаев; с г-ном Нурланом Онгарбаевым; Нурлана Онгарбаева. Г-жа Анна Онгарбаева."
        ),
    ),
    (
        "text.missing-word",
        "en",
        article("Supported by CMS and organized by Panthera. of the Tajikistan Government"),
    ),
    (
        "text.missing-word",
        "en",
        article("funded by Germany and hosted in Bonn; from Kazakhstan. Government of it"),
    ),
]


@pytest.fixture
def found(checked):
    def of(rule: str, language: str, items: str, day: date = date(2016, 12, 19)) -> list[Finding]:
        seen = checked(items, head=HEAD.format(language), registers=REGISTERS, day=day)
        return [finding for finding in check_issue(seen, strict=True) if finding.rule == rule]

    return of


@pytest.mark.parametrize(("rule", "language", "items", "words"), FOUND)
def test_a_mistake_of_fact_is_found(found, rule: str, language: str, items: str, words: str) -> None:
    findings = found(rule, language, items)
    assert words in [finding.words for finding in findings], findings
    assert all(finding.message.endswith(".") and finding.hint for finding in findings)


@pytest.mark.parametrize(("rule", "language", "items"), QUIET)
def test_what_is_true_is_left_alone(found, rule: str, language: str, items: str) -> None:
    assert found(rule, language, items) == []


@pytest.mark.parametrize("rule", sorted({rule for rule, *_ in FOUND}))
def test_each_of_these_rules_has_a_near_miss(rule: str) -> None:
    assert rule in {name for name, *_ in QUIET}


def test_a_finding_stands_on_its_own_line(found) -> None:
    [one] = found("name.misspelt", "en", article("First.\n\nThen Petera Kaczensky came."))
    assert (one.file, one.line, one.severity) == ("issues/trial/issue.yaml", 14, Severity.WARN)


def test_a_number_that_may_have_grown_since_the_register_was_written_is_a_note(found) -> None:
    text = article("CMS has 133 Parties.")
    assert [each.severity for each in found("fact.party-number", "en", text)] == [Severity.WARN]
    assert [each.severity for each in found("fact.party-number", "en", text, date(2026, 1, 1))] == [
        Severity.NOTE
    ]


@pytest.mark.parametrize(
    ("language", "body", "right"),
    [
        ("en", "CMS has 126 Parties.", 'Write "124 Parties"'),
        ("fr", "La CMS compte 126 Parties.", 'Write "124 Parties"'),
        ("ru", "КМВ объединяет 126 Сторон.", 'Write "124 Стороны"'),
    ],
)
def test_the_right_number_is_written_in_the_words_of_the_text(
    found, language: str, body: str, right: str
) -> None:
    [one] = found("fact.party-number", language, article(body))
    assert one.hint.startswith(right)


@pytest.mark.parametrize(
    ("number", "noun"),
    [(1, "Сторона"), (11, "Сторон"), (121, "Сторона"), (123, "Стороны"), (112, "Сторон"), (130, "Сторон")],
)
def test_a_russian_noun_goes_with_its_number(number: int, noun: str) -> None:
    assert parties_in_words(number, "ru") == f"{number} {noun}"


def test_a_number_of_members_is_told_once(found) -> None:
    assert len(found("fact.member-states", "en", article("All 124 Member States of CMS agreed."))) == 1


def test_a_state_that_joins_later_is_a_party_from_that_day_on(found) -> None:
    text = article("Turkmenistan is a Party to CMS.")
    [before] = found("fact.not-a-party", "en", text)
    assert "2021-01-01" in before.message
    assert found("fact.not-a-party", "en", text, date(2021, 1, 1)) == []


def test_months_before_an_event_are_counted_by_the_calendar_and_both_days_are_shown(found) -> None:
    body = "They are due 6 months before the Conference (COP12)."
    items = (
        "  - {id: cop, kind: event, title: COP12, start: 2017-10-23}\n"
        f"  - {{id: one, kind: deadline, due: 2017-04-24, body: '{body}'}}\n"
    )
    [one] = found("date.sum", "en", items)
    assert "Sunday 23 April 2017" in one.hint
    assert "Monday 24 April 2017" in one.hint
    assert found("date.sum", "en", items.replace("2017-04-24", "2017-04-23")) == []


def test_without_registers_nothing_is_claimed(checked) -> None:
    items = article("China, a Party to CMS, and Petera Kaczensky. CMS has 9 Parties. Saiga tatrica.")
    rules = {finding.rule.split(".")[0] for finding in check_issue(checked(items), strict=True)}
    assert rules & {"fact", "name"} == set()
    assert {rule.id for rule in RULES} >= {rule for rule, *_ in FOUND}
