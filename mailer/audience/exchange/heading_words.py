"""What columns are called in other people's lists, and how they say yes and no, in several languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "email": "email|e-mail|e mail|mail|email address|mail address|contact email|e-mail 1|work email|"
    "official email|courriel|adresse électronique|adresse e-mail|adresse mail|"
    "adresse de courriel|mél|correo electrónico|correo|correo-e|dirección de correo electrónico|"
    "dirección electrónica|электронная почта|электронный адрес|адрес электронной почты|эл. почта|"
    "эл. адрес|почта|э-почта|имейл|E-Mail-Adresse|Mailadresse|E-Mail-Anschrift|posta elettronica|"
    "indirizzo email|endereço de e-mail|البريد الإلكتروني|电子邮件|电子邮箱|邮箱",
    "other_emails": "other emails|other addresses|other email|second email|secondary email|alternative email|"
    "alternate email|e-mail 2|email 2|additional email|cc|autre courriel|autres courriels|"
    "deuxième courriel|otro correo|otros correos|correo alternativo|другие адреса|"
    "дополнительная почта|дополнительный адрес|weitere E-Mail|weitere Adressen|zweite E-Mail",
    "title": "title|salutation title|honorific|prefix|mr/ms|civilité|titre|tratamiento|título|обращение|"
    "титул|Anrede|Titel|称谓|اللقب",
    "given_name": "given name|given names|first name|firstname|first names|forename|prénom|prénoms|"
    "nombre de pila|nombres|имя и отчество|имя отчество|Vorname|Vornamen|nome|primeiro nome|"
    "الاسم الأول|名",
    "family_name": "family name|last name|lastname|surname|nom de famille|apellido|apellidos|фамилия|Nachname|"
    "Familienname|Zuname|cognome|sobrenome|اسم العائلة|姓",
    "full_name": "full name|name and surname|contact name|contact person|name of contact|focal point|"
    "name of focal point|nom complet|nom et prénom|nom et prénoms|prénom et nom|point focal|"
    "personne à contacter|nombre completo|nombre y apellidos|nombre y apellido|"
    "apellidos y nombre|persona de contacto|punto focal|фио|ф.и.о.|полное имя|"
    "фамилия имя отчество|фамилия и имя|фамилия, имя|имя и фамилия|контактное лицо|"
    "vollständiger Name|Vor- und Nachname|Name, Vorname|Ansprechpartner|Ansprechperson|"
    "Kontaktperson|nome completo|الاسم الكامل|姓名",
    "salutation": "salutation|opening line|formule d'appel|saludo|приветствие|Briefanrede",
    "language": "language|preferred language|language of correspondence|correspondence language|langue|"
    "langue de correspondance|idioma|lengua|язык|язык переписки|Sprache|Korrespondenzsprache|"
    "lingua|اللغة|语言",
    "country": "country|state|country name|country code|party|range state|nation|member state|iso code|iso2|"
    "iso|pays|état|code pays|país|estado|страна|государство|код страны|Land|Staat|Länderkürzel|"
    "paese|البلد|الدولة|国家",
    "organization": "organization|organisation|institution|ministry|agency|affiliation|company|employer|"
    "name of institution|ministry/agency|organisme|ministère|établissement|organización|"
    "institución|ministerio|entidad|организация|учреждение|министерство|ведомство|место работы|"
    "компания|Institut|Behörde|Ministerium|Firma|Einrichtung|organizzazione|المؤسسة|机构|单位",
    "roles": "roles|role|rôle|rôles|rol|roles y funciones|роль|роли|Rolle|Rollen|capacity",
    "subscriptions": "subscriptions|subscription|newsletters|newsletter|mailing list|mailing lists|list|lists|"
    "abonnement|abonnements|suscripción|suscripciones|boletín|подписка|подписки|рассылка|"
    "Abonnement|Verteiler",
    "messages": "messages|message classes|may get|may be sent",
    "since": "since|on file since|date added|added on|added|registered on|date d'ajout|ajouté le|depuis|"
    "fecha de alta|desde|дата добавления|дата внесения|hinzugefügt am|seit",
    "note": "note|notes|remark|remarks|comment|comments|remarque|remarques|commentaire|commentaires|nota|"
    "notas|observaciones|comentarios|примечание|примечания|комментарий|заметки|Bemerkung|"
    "Bemerkungen|Anmerkung|Notiz",
}
"""Field → headings, with bars between them."""

EITHER: Mapping[str, str] = {
    "nom": "family_name",
    "name": "family_name",
    "nombre": "given_name",
    "имя": "given_name",
    "الاسم": "given_name",
}
"""Headings that mean a part of the name where another column holds the rest, and else the whole of it."""

_YES = (
    "yes|y|x|х|✓|✔|☑|✅|1|true|wahr|vrai|verdadero|истина|subscribed|opt in|opted in|opt-in|oui|abonné|abonnée|"
    "inscrit|inscrite|да|подписан|подписана|подписался|подписалась|ja|j|abonniert|angemeldet|sí|si|suscrito|suscrita"
)
_NO = (
    "no|n|✗|✘|☐|❌|0|false|falsch|faux|falso|ложь|unsubscribed|not subscribed|opt out|opted out|opt-out|never|non|"
    "désabonné|désabonnée|désinscrit|désinscrite|нет|отписан|отписана|отписался|отписалась|не подписан|не подписана|"
    "nein|abgemeldet|abbestellt|nicht abonniert|baja|dado de baja|dada de baja|no suscrito|no suscrita"
)
ANSWERS: Mapping[str, bool] = {**dict.fromkeys(_YES.split("|"), True), **dict.fromkeys(_NO.split("|"), False)}
"""What a column of newsletters says, in small letters → yes or no."""


def answer_of(text: str) -> bool | None:
    """Whether a cell says yes or no; None where it says anything else."""
    signs = unicodedata.normalize("NFC", text.casefold()).replace("\ufe0f", "")  # U+FE0F: shown as a picture.
    return ANSWERS.get(" ".join(signs.split()).strip(".!"))
