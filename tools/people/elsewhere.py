"""Invented people outside the Range States: partners, donors, press and the office."""

from __future__ import annotations

ELSEWHERE = """
Dr. | Annegret | Wiesholler | | en | DE | Grasslands Without Borders | partner | cami-newsletter; cms-bulletin
Mr. | Jörn | Haverbeck | | en | DE | Grasslands Without Borders | partner
Ms. | Friederike | Löwenthal | | en | DE | Federal Fund for Species | donor
Mr. | Matthias | Oberdörfer | | | DE | Federal Fund for Species | donor
Mr. | Ottokar | Rübsam | | en | DE | Depositary Liaison Office | standing-committee:depositary 2008-01-01..
Ms. | Wiebke | Tönnies | | en | DE | Cross-Border Wildlife Radio | press
Ms. | Imogen | Farthingale | | en | GB | Mountain Fauna Society | partner
Mr. | Alasdair | Penhallow | | en | GB | Snow Cats Worldwide | partner; species-focal-point:snow-leopard 2016-10-01..
Ms. | Philippa | Rowbottom | | en | GB | The Long Migration (magazine) | press
Mme | Solène | Marchandeau | | fr | FR | Maison des Grands Mammifères | partner
M. | Aurélien | Vauquelin | | fr | FR | Revue des Steppes | press
Mme | Clémence | Rochebrune | | fr | CH | Fondation Alpes et Steppes | donor
M. | Gaspard | Chollet-Perrin | | fr | CH | Fondation Alpes et Steppes | donor
Mr. | Reto | Zgraggen | | en | CH | Trade and Trophies Forum | partner
Mme | Bérengère | Delvaux | | fr | BE | Bureau for Nature Funding | donor
Mr. | Joost | Vanhoutte | | en | BE | Bureau for Nature Funding | donor
Sra. | Inmaculada | Ferrándiz | | es | ES | Fundación Estepas Vivas | partner
Sr. | Íñigo | Bustamante | | es | ES | Cuadernos de la Estepa | press
Dr. | Sigrun | Håkestad | | en | NO | Nordic Ungulate Centre | partner
Mr. | Torbjørn | Aasgaard | | | NO | Nordic Ungulate Centre | partner
Ms. | Dragana | Milošević-Lukić | | en | RS | Regional Nature Forum | partner
Ms. | Corazon | Villavicente | | en | PH | Host Office | partner; standing-committee:host 2014-11-10..2017-10-28
Mr. | Renato | Magsaysayin | Dear Director | en | PH | Host Office | partner
Ms. | Josephine | Abernethy | | en | US | Big Cats of the World | partner
Mr. | Wendell | Stonebraker | | en | US | Migration Photo Desk | press
Dr. | Nomvula | Dlaminini | | en | ZA | Conventions in Concert | partner
Ms. | Henrike | Solberg-Maas | | en | DE | The Secretariat | secretariat; cami-focal-point 2016-12-01..2017-03-31
Mr. | Dmitri | Weissfeld | | ru | DE | The Secretariat | secretariat; cami-focal-point 2014-12-01..2016-11-30
Ms. | Adjoa | Lartey | | en | DE | The Secretariat | secretariat
Mr. | Étienne | Kervadec | | fr | DE | The Secretariat | secretariat | -
Ms. | Rosalind | Quennell | | en | | Freelance | press
Mr. | Ansel | Thornquist | | | | |
Ms. | Vesna | Ilinčić | | ru | | Steppe Translators' Circle |
 | Yusuf | Karadeniz | | | | Wild Sheep Study Group | partner
"""
"""Those who live elsewhere, or nowhere that we know of; columns from title on, parted by bars.

The last may be left out: the newsletter. A hyphen stands for none.
"""
