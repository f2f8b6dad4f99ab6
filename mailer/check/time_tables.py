"""How languages say times in words: tables for `time_words`."""

from __future__ import annotations

from collections.abc import Mapping

UNTIL: Mapping[str, str] = {
    "en": r"until|till|by|before|from|as\s{1,9}of|through",
    "fr": r"jusqu['’](?:en|au|aux|à)|d['’]ici(?:\s{1,9}(?:au|à))?|avant(?:\s{1,9}l[ea])?|"
    r"à\s{1,9}partir\s{1,9}(?:de|du)|dès(?:\s{1,9}le)?|jusqu['’]",
    "ru": r"до|к|с|начиная\s{1,9}с|не\s{1,9}позднее",
    "de": r"bis(?:\s{1,9}zum)?|ab(?:\s{1,9}dem)?|vor(?:\s{1,9}dem)?",
    "es": r"hasta(?:\s{1,9}el)?|antes\s{1,9}del?|desde(?:\s{1,9}el)?|a\s{1,9}partir\s{1,9}del?",
}
"""What stands before a time up to which, or from which on, something is so."""

PART: Mapping[str, str] = {
    "en": r"(?:the\s{1,9})?(?:very\s{1,9})?(?:beginning|start|middle|end)\s{1,9}of|early|mid|late|end",
    "fr": r"(?:l[ae]\s{1,9})?(?:fin|mi|début)(?:\s{1,9}(?:du\s{1,9}mois\s{1,9})?de)?",
    "ru": r"кон(?:ец|ца|цу|це)|начал[ауе]|середин[ыеу]",
    "de": r"Ende|Anfang|Mitte",
    "es": r"(?:el\s{1,9})?(?:fin(?:es|al|ales)?|mediados|principios?|comienzos?)\s{1,9}de",
}
"""A part of a month or year, as it stands before it."""

PASSING: Mapping[str, str] = {
    "en": r"(?:this|next|last|coming|past)\s{1,9}"
    r"(?:year|month|week|season|spring|summer|autumn|fall|winter)|"
    r"(?:coming|next|past|last)\s{1,9}(?:few\s{1,9})?(?:days|weeks|months|years)|"
    r"end\s{1,9}of\s{1,9}the\s{1,9}year|year['’]s\s{1,9}end|tomorrow|yesterday",
    "fr": r"cette\s{1,9}(?:année|semaine|saison)|ce\s{1,9}mois(?:-ci)?|"
    r"l['’]an(?:née)?\s{1,9}(?:prochaine?|derni(?:er|ère)|passée?)|"
    r"(?:le\s{1,9}mois|la\s{1,9}semaine|l['’]été|l['’]automne|l['’]hiver|le\s{1,9}printemps)\s{1,9}"
    r"(?:prochaine?|derni(?:er|ère))|(?:les|des)\s{1,9}prochain(?:s|es)\s{1,9}(?:jours|semaines|mois|années)|"
    r"cet\s{1,9}(?:été|automne|hiver)|ce\s{1,9}printemps|fin\s{1,9}de\s{1,9}l['’]année|demain|hier",
    "ru": r"(?:эт|следующ|прошл|будущ|ближайш|нынешн|текущ)(?:[иоеы]м|[ое]го|[ое]й|[уюяа]{1,2}|и[йх]|от)\s{1,9}"
    r"(?:год[ау]?|месяц[ае]?|недел[иеюя]|весн(?:ой|ы)|лет(?:ом|а)|осен(?:ью|и)|зим(?:ой|ы))|"
    r"кон(?:ец|ца|цу|це)\s{1,9}года|завтра|вчера",
    "de": r"(?:diese[nms]?|nächste[nms]?|letzte[nms]?|kommende[nms]?)\s{1,9}"
    r"(?:Jahre?s?|Monats?|Woche|Sommers?|Herbst|Winter|Frühling)|gestern",
    "es": r"(?:este|próximo|pasado)\s{1,9}(?:año|mes|verano|otoño|invierno)|"
    r"(?:esta|próxima|pasada)\s{1,9}(?:semana|primavera)|"
    r"(?:año|mes|verano|otoño|invierno)\s{1,9}(?:próximo|pasado)|ayer",
}
"""Words that mean another time with every issue."""

WINTER = (-1, 15)
"""Of a year it may be the one before its spring or the one after its autumn: December to the next February."""
_QUARTERS = {
    (1, 3): r"(?:Q1|T1|(?:first|1st)\s{1,9}quarter|(?:premier|1er)\s{1,9}trimestre|"
    r"(?:перв\w{2,3}|1(?:-?\w{1,2})?|I)\s{1,9}квартал\w{0,2})",
    (4, 3): r"(?:Q2|T2|(?:second|2nd)\s{1,9}quarter|(?:deuxième|second|2e)\s{1,9}trimestre|"
    r"(?:втор\w{2,3}|2(?:-?\w{1,2})?|II)\s{1,9}квартал\w{0,2})",
    (7, 3): r"(?:Q3|T3|(?:third|3rd)\s{1,9}quarter|(?:troisième|3e)\s{1,9}trimestre|"
    r"(?:трет\w{2,4}|3(?:-?\w{1,2})?|III)\s{1,9}квартал\w{0,2})",
    (10, 3): r"(?:Q4|T4|(?:fourth|4th|last)\s{1,9}quarter|(?:quatrième|dernier|4e)\s{1,9}trimestre|"
    r"(?:четв[её]рт\w{2,3}|4(?:-?\w{1,2})?|IV)\s{1,9}квартал\w{0,2})",
}
PERIODS: Mapping[tuple[int, int], str] = {
    (3, 3): r"spring|printemps|весн(?:ой|а|ы|е|у)|Frühling|Frühjahr|primavera",
    (6, 3): r"summer|été|лет(?:ом|о|а|у|е)|Sommer|verano",
    (9, 3): r"autumn|fall|automne|осен(?:ью|ь|и)|Herbst|otoño",
    WINTER: r"winter|hiver|зим(?:ой|а|ы|е|у)|invierno",
    (
        7,
        6,
    ): r"(?:second|latter)\s{1,9}half|(?:second|deuxième)\s{1,9}semestre|втор\w{2,3}\s{1,9}половин\w{1,2}",
    **_QUARTERS,
}
"""First month, and how many → what is so called, before a year. Seasons are the North's; 0 is the December before."""
