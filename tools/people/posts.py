"""What the invented people of each Range State do, and what they get."""

from __future__ import annotations

from dataclasses import dataclass

NEWSLETTER = "cami-newsletter"
MINISTRY = "Ministry of the Environment, Wildlife Department"
ACADEMY = "Wildlife Research Institute"
PARK = "Protected Areas Office"


@dataclass(frozen=True)
class Post:
    """What somebody in a Range State does, and what they get."""

    organization: str
    roles: str = ""
    language: str | None = None
    """None: the usual one of the country, "" where the person has stated none."""
    subscriptions: str = NEWSLETTER
    salutation: str = ""
    title: str | None = None
    """None: as the name list has it."""


USUAL_LANGUAGE = dict.fromkeys(("KG", "KZ", "RU", "TJ", "TM", "UZ"), "ru")

NFP = "national-focal-point:cms"
COUNCILLOR = "scientific-councillor:cms"
RESPONDENT = "respondent:national-report"
FOCUS = "species-focal-point"
RANGERS = Post(PARK, language="")
PAST = Post(MINISTRY, f"{NFP} 2009-03-01..2015-12-31", subscriptions="")

POSTS: dict[str, tuple[Post, ...]] = {
    "AF": (
        Post(MINISTRY, f"{NFP} 2015-08-01.. {{letter 2015/61}}; {RESPONDENT} 2016-09-01.."),
        Post(MINISTRY, f"{NFP} 2016-02-01.. {{letter 2016/9}}"),
        Post(ACADEMY, f"{COUNCILLOR} 2015-11-01..; {FOCUS}:snow-leopard 2016-10-01.."),
        Post("Corridor Valleys Conservancy", "partner"),
        Post(PARK, "range-state-contact:cami 2014-11-09..", language=""),
        Post("Kabul Morning Chronicle", "press"),
        RANGERS,
        Post("Friends of the Hindu Kush", subscriptions=""),
    ),
    "BT": (
        Post(MINISTRY, "range-state-contact:cami 2014-11-09..", salutation="Your Excellency", title="H.E."),
        Post(MINISTRY, "range-state-contact:cami 2016-01-15..; national-focal-point:cites 2012-06-01.."),
        Post("Institute for Mountain Forests", f"{FOCUS}:snow-leopard ..2016-06-30"),
        Post("High Passes Trust", "partner"),
        Post(PARK, language=""),
        Post("Thimphu Weekly Ledger", "press"),
        Post(PARK, title=""),
    ),
    "CN": (
        Post("Office for Wild Animals", "range-state-contact:cami 2014-11-09..", language=""),
        Post("Office for Wild Animals", "national-focal-point:cites 2011-04-01.."),
        Post(ACADEMY, f"{FOCUS}:wild-camel 2016-10-01..; {FOCUS}:przewalskis-horse 2016-10-01.."),
        Post(ACADEMY, f"{FOCUS}:tibetan-gazelle 2016-10-01.."),
        Post("Green Corridor Foundation", "partner"),
        Post("Plateau Wildlife Laboratory", f"{FOCUS}:chiru 2016-10-01..; {FOCUS}:kiang 2016-10-01.."),
        Post("Lop Nor Camel Station"),
        Post("Northern Steppe Daily", "press"),
        Post(PARK, subscriptions=""),
    ),
    "IN": (
        Post(MINISTRY, f"{NFP} 2013-05-01.."),
        Post(MINISTRY, f"{RESPONDENT} 2016-09-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2012-01-01.."),
        Post("Changthang Field Office", f"{FOCUS}:kiang ..2016-09-30"),
        Post("Saltmarsh and Desert Society", "partner"),
        Post("Himalayan Wildlife Laboratory", f"{FOCUS}:wild-yak 2016-10-01.."),
        Post("The Delhi Nature Review", "press"),
        PAST,
        RANGERS,
    ),
    "IR": (
        Post(MINISTRY, f"{NFP} 2012-10-01.."),
        Post(MINISTRY, f"{RESPONDENT} 2016-09-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2014-07-01..; {FOCUS}:asiatic-cheetah 2016-10-01.."),
        Post("Society for Desert Cats", "partner"),
        PAST,
        Post("Desert Onager Project", f"{FOCUS}:asiatic-wild-ass 2016-10-01.."),
        RANGERS,
        Post("Tehran Environment Post", "press"),
    ),
    "KG": (
        Post(
            MINISTRY, f"{NFP} 2014-05-01.. {{letter 2014/22}}; standing-committee:asia 2014-11-10..2017-10-28"
        ),
        Post(MINISTRY, f"{RESPONDENT} 2016-09-01..; {NFP} 2017-01-01.. alternate {{letter 2016/131}}"),
        Post(ACADEMY, f"{COUNCILLOR} 2014-09-01.."),
        Post(MINISTRY, "range-state-contact:cami 2014-11-09..", language="en"),
        Post("Tien Shan Snow Cat Fund", "partner"),
        Post("Argali Highlands Association", "partner; species-focal-point:argali 2016-10-01.."),
        Post("Bishkek Mountain Herald", "press"),
        Post(ACADEMY, f"{FOCUS}:goitered-gazelle ..2016-11-30", language="en"),
        Post(PARK, language=""),
        Post("Community Rangers of Naryn", subscriptions=""),
    ),
    "KZ": (
        Post(MINISTRY, f"{NFP} 2014-05-01..; mou-contact:saiga 2014-05-01.."),
        Post(MINISTRY, f"{NFP} 2016-03-01..; {RESPONDENT} 2016-09-01..", language="en"),
        Post(ACADEMY, f"{COUNCILLOR} 2010-02-01.."),
        Post(MINISTRY, "mou-contact:bukhara-deer 2013-01-01.."),
        Post("Steppe Horizons Association", "partner; species-focal-point:saiga 2016-10-01..", language="en"),
        Post("Clay Desert Reserve", f"{FOCUS}:saiga ..2016-11-30"),
        Post(ACADEMY, f"{FOCUS}:asiatic-wild-ass 2016-10-01..", subscriptions=f"{NEWSLETTER}; cms-bulletin"),
        PAST,
        Post("Railway and Roads Planning Institute", "partner"),
        Post("Almaty Nature Gazette", "press"),
        Post("Veterinary Service of the Western Region", language=""),
        Post(PARK, title=""),
    ),
    "MN": (
        Post(
            MINISTRY,
            f"{NFP} 2011-06-01..; standing-committee:asia 2014-11-10..2017-10-28",
            salutation="Excellency",
        ),
        Post(MINISTRY, f"{NFP} 2015-01-01..; mou-contact:saiga 2015-01-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2009-04-01..; {FOCUS}:mongolian-gazelle 2016-10-01.."),
        Post(MINISTRY, f"{RESPONDENT} 2016-09-01..", language="ru"),
        Post("Gobi Camel Keepers", f"partner; {FOCUS}:wild-camel 2016-10-01.."),
        Post(ACADEMY, f"{FOCUS}:saiga-mongolian 2016-10-01.."),
        Post("Takhi Homeland Centre", f"{FOCUS}:przewalskis-horse 2016-10-01.."),
        Post("Open Steppe Initiative", "partner", subscriptions=f"{NEWSLETTER}; cms-bulletin"),
        Post("Ulaanbaatar Steppe Times", "press"),
        PAST,
        RANGERS,
    ),
    "NP": (
        Post(MINISTRY, "range-state-contact:cami 2014-11-09.."),
        Post(MINISTRY, "national-focal-point:cites 2010-08-01..", language=""),
        Post(ACADEMY, f"{FOCUS}:wild-yak 2016-10-01.."),
        Post("High Valleys Watch", "partner"),
        RANGERS,
        Post("Kathmandu Mountain Courier", "press"),
        Post("Snow Line Schools", subscriptions=""),
    ),
    "PK": (
        Post(MINISTRY, f"{NFP} 2013-09-01..; standing-committee:asia-alternate 2014-11-10..2017-10-28"),
        Post(MINISTRY, f"{NFP} 2016-05-01.. alternate {{letter 2016/40}}; {RESPONDENT} 2016-09-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2011-11-01.."),
        Post("Indus Headwaters Trust", "partner"),
        Post("Upper Valleys Conservancy", f"{FOCUS}:kiang 2016-10-01.."),
        Post("Quetta Field Notes", "press"),
        PAST,
        RANGERS,
    ),
    "RU": (
        Post("Federal Office for Wildlife", "mou-contact:saiga 2009-06-24.."),
        Post(
            "Federal Office for Wildlife",
            "range-state-contact:cami 2014-11-09..; national-focal-point:cites 2013-02-01..",
        ),
        Post(ACADEMY, f"{FOCUS}:saiga 2016-10-01..", subscriptions=f"{NEWSLETTER}; cms-bulletin"),
        Post("Long Grass Steppe Reserve", "partner"),
        Post("Steppe Heritage Centre", "partner", language="en"),
        Post(ACADEMY, f"{FOCUS}:snow-leopard ..2016-08-31"),
        Post("Dauria Gazelle Station", f"{FOCUS}:mongolian-gazelle 2016-10-01.."),
        Post("Volga Nature Journal", "press"),
        Post("Altai Wildlife Archive", language=""),
        Post(PARK, subscriptions=""),
    ),
    "TJ": (
        Post(
            MINISTRY,
            f"{NFP} 2014-03-01.. {{letter 2014/13}}; standing-committee:asia-alternate 2014-11-10..2017-10-28",
        ),
        Post(MINISTRY, f"{RESPONDENT} 2016-09-01..; mou-contact:bukhara-deer 2012-05-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2013-10-01..; {FOCUS}:argali 2016-10-01.."),
        Post("Pamir Community Conservancies", "partner"),
        Post("Pamir Community Conservancies", "partner", language="en"),
        Post("Tugai Forest Project", f"{FOCUS}:bukhara-deer 2016-10-01.."),
        Post("Dushanbe Evening Leaf", "press"),
        RANGERS,
        PAST,
    ),
    "TM": (
        Post(MINISTRY, f"{NFP} 2015-03-01..; mou-contact:saiga 2015-03-01.."),
        Post(MINISTRY, "mou-contact:bukhara-deer 2015-03-01..; range-state-contact:cami 2014-11-09.."),
        Post(ACADEMY, f"{FOCUS}:goitered-gazelle 2016-10-01.."),
        Post("Karakum Kulan Project", f"partner; {FOCUS}:asiatic-wild-ass ..2015-12-31", language="en"),
        Post("Friends of the Pistachio Hills", language=""),
        Post("Ashgabat Desert Post", "press"),
        Post(PARK, subscriptions=""),
    ),
    "UZ": (
        Post(MINISTRY, f"{NFP} 2012-04-01..; mou-contact:saiga 2012-04-01.."),
        Post(MINISTRY, f"{NFP} 2016-04-01..; {RESPONDENT} 2016-09-01.."),
        Post(ACADEMY, f"{COUNCILLOR} 2013-03-01.."),
        Post(MINISTRY, "mou-contact:bukhara-deer 2014-01-01.."),
        Post("Ustyurt Saiga Watch", "partner", language="en"),
        Post("Tashkent Green Page", "press"),
        Post(ACADEMY, f"{FOCUS}:bukhara-deer 2016-10-01..", subscriptions=f"{NEWSLETTER}; cms-bulletin"),
        PAST,
        RANGERS,
    ),
}
"""What each of these people does: as many posts as there are names."""
