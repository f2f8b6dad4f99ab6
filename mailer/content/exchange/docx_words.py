"""What the Word file says to a translator, in the languages that we have words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from mailer.content.exchange.pieces import State
from mailer.model.base import Language, primary


@dataclass(frozen=True, slots=True)
class Words:
    """The first page and the table's headings in one language."""

    title: str
    """With {language}."""
    facts: str
    """With {date} and {count}."""
    back: str
    """With {whom}."""
    steps: tuple[str, ...]
    columns: tuple[str, str, str, str]
    states: Mapping[State, str]
    shared: str
    """Of a piece that stands in every issue that names its item."""


WORDS: Mapping[str, Words] = {
    "en": Words(
        title="Translation into {language}",
        facts="Issue of {date}. {count} pieces.",
        back="Please save this file as Word (.docx) and send it back to {whom}.",
        steps=(
            "Write only in the column “Translation”, beside the words on the left. All else is locked; the rows may "
            "stay in any order.",
            "The last column says what is to be done. NEW: not translated yet. CHECK: the source has changed since; "
            "read the translation again. DONE: translated. OPTIONAL: a name or a credit; leave it empty where it is "
            "the same.",
            "Keep signs such as {{salutation}} or {{country|your country}} as they are: the reader’s own data come "
            "in there. Translate only the words after the bar |, which stand where nothing is known.",
            "In [words](https://…) translate the words in the square brackets, and keep the address in the round "
            "ones unchanged.",
            "**words** is bold, *words* is italic, a line that begins with “- ” is an entry of a list. Write the "
            "signs themselves; bold type from the menu is not taken over.",
            "Enter begins a new paragraph, Shift+Enter a new line in the same one.",
            "Turn tracked changes off, or accept them before you send the file: a piece with open changes is not "
            "taken over. What you want to tell us, write in the mail.",
        ),
        columns=("Piece", "Source", "Translation", "To do"),
        states={"new": "NEW", "stale": "CHECK", "done": "DONE", "optional": "OPTIONAL"},
        shared="SHARED: in every issue",
    ),
    "fr": Words(
        title="Traduction : {language}",
        facts="Numéro du {date}. {count} textes.",
        back="Veuillez enregistrer ce fichier au format Word (.docx) et le renvoyer à {whom}.",
        steps=(
            "Écrivez uniquement dans la colonne « Translation », à côté du texte original. Le reste est verrouillé ; "
            "l’ordre des lignes est indifférent.",
            "La dernière colonne indique ce qu’il y a à faire. NEW : non traduit. CHECK : l’original a changé ; "
            "relisez la traduction. DONE : traduit. OPTIONAL : un nom ou un crédit ; laissez vide si rien ne change.",
            "Conservez tels quels les signes comme {{salutation}} ou {{country|your country}} : les données du "
            "lecteur y sont insérées. Traduisez seulement les mots après la barre |, lus quand rien n’est connu.",
            "Dans [mots](https://…), traduisez les mots entre crochets et gardez l’adresse entre parenthèses.",
            "**mots** : gras ; *mots* : italique ; une ligne qui commence par « - » est un élément de liste. Écrivez "
            "ces signes eux-mêmes : le gras du menu n’est pas repris.",
            "Entrée commence un nouveau paragraphe, Maj+Entrée une nouvelle ligne dans le même.",
            "Désactivez le suivi des modifications, ou acceptez-les avant l’envoi : un texte avec des modifications "
            "en suspens n’est pas repris. Vos remarques sont les bienvenues dans votre message.",
        ),
        columns=("Texte", "Original", "Traduction", "À faire"),
        states={"new": "nouveau", "stale": "à revoir", "done": "traduit", "optional": "facultatif"},
        shared="commun à tous les numéros",
    ),
    "ru": Words(
        title="Перевод: {language}",
        facts="Выпуск от {date}. Фрагментов: {count}.",
        back="Сохраните файл в формате Word (.docx) и отправьте его обратно: {whom}.",
        steps=(
            "Пишите только в столбце «Translation», рядом с исходным текстом. Всё остальное заблокировано; порядок "
            "строк не важен.",
            "В последнем столбце указано, что нужно сделать. NEW: ещё не переведено. CHECK: исходный текст "
            "изменился, проверьте перевод. DONE: переведено. OPTIONAL: имя или подпись; можно не заполнять.",
            "Знаки вроде {{salutation}} или {{country|your country}} оставляйте как есть: на их место подставляются "
            "данные читателя. Переводите только слова после черты |: они стоят там, где данных нет.",
            "В записи [слова](https://…) переводите слова в квадратных скобках, а адрес в круглых не меняйте.",
            "**слова** — полужирный, *слова* — курсив, строка, которая начинается с «- », — пункт списка. Пишите "
            "сами знаки: выделение из меню не переносится.",
            "Enter начинает новый абзац, Shift+Enter — новую строку в том же абзаце.",
            "Выключите запись исправлений или примите их перед отправкой: фрагмент с непринятыми исправлениями не "
            "переносится. Замечания напишите в письме.",
        ),
        columns=("Фрагмент", "Исходный текст", "Перевод", "Что делать"),
        states={"new": "новое", "stale": "проверить", "done": "готово", "optional": "по желанию"},
        shared="общее для всех выпусков",
    ),
}

FIELDS = {
    "series": "newsletter’s name",
    "subject": "subject of the mail",
    "preheader": "line after the subject",
    "title": "title",
    "body": "text",
    "image.alt": "picture, described for the blind",
    "image.caption": "caption",
    "image.credit": "picture’s author",
    "image.rights": "picture’s rights",
}
"""What fields are called where their name alone says too little."""


def words_in(language: Language) -> Words | None:
    """Our words in a language; None where we have none."""
    return WORDS.get(primary(language))


def locale_tag(language: Language) -> str:
    """A language with the country that spelling checkers know it by: `ru-RU` for `ru`."""
    known: str = get_global("likely_subtags").get(primary(language), "")
    parts = language.split("-")
    if len(parts) > 1 and len(parts[-1]) == 2:  # noqa: PLR2004
        return f"{parts[0]}-{parts[-1].upper()}"
    country = known.rsplit("_", maxsplit=1)[-1] if "_" in known else ""
    return f"{parts[0]}-{country}" if country.isupper() else language


def is_right_to_left(language: Language) -> bool:
    """Whether the language is written so."""
    try:
        return str(Locale.parse(language, sep="-").character_order) == "right-to-left"
    except (UnknownLocaleError, ValueError):
        return False
