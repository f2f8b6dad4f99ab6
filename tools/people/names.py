"""Invented names: given and family names that are common in each country, put together by us."""

from __future__ import annotations

PEOPLE = {
    "AF": "Ms. Laila Ahmadzai|Mr. Farid Noorzad|Dr. Habibullah Sarwari|Ms. Shukria Yusufi"
    "|Mr. Omid Karimzada|Ms. Parwin Daudi|Mr. Zmarai Stanakzai|Ms. Nargis Wafa",
    "BT": "Mr. Kinzang Wangdue|Ms. Tshomo Yangden|Dr. Ugyen Rabten|Mr. Sangay Phuntsok"
    "|Ms. Deki Choden|Mr. Namgay Tenzin|Ms. Pema Lhadon",
    "CN": "Ms. Wenjing Luo|Mr. Haoran Qiu|Dr. Yulan Shen|Mr. Guozhi Meng|Ms. Xiaomei Tang"
    "|Dr. Ruolin Fan|Mr. Deming Xue|Ms. Yating Kong|Mr. Shaowei Pan",
    "IN": "Ms. Kavita Raghunathan|Mr. Arvind Chaturvedi|Dr. Meenakshi Iyengar|Mr. Tashi Angdus"
    "|Ms. Ritu Bhargava|Dr. Sudhir Pradhan|Ms. Farzana Qureshi|Mr. Nitin Deshmukh"
    "|Ms. Anjali Thakur",
    "IR": "Mr. Behrouz Tavakoli|Ms. Shirin Golzari|Dr. Kamran Ardalan|Ms. Mahnaz Sepehri"
    "|Mr. Siavash Rostami|Ms. Niloufar Zandi|Mr. Payam Keshavarz|Ms. Elaheh Mirzadeh",
    "KG": "Ms. Aizada Toktosunova|Mr. Bakyt Mambetov|Dr. Cholpon Asanalieva|Mr. Ermek Sydykbekov"
    "|Ms. Nurgul Beishenova|Mr. Talant Osmonkulov|Ms. Gulzat Ibraimova|Dr. Ulan Jumagulov"
    "|Ms. Meerim Satarova|Mr. Adilet Kenzhebaev",
    "KZ": "Ms. Aigerim Sadykova|Mr. Yerlan Bekturov|Dr. Saule Zhumabekova|Mr. Daulet Omirzak"
    "|Ms. Madina Tuleubayeva|Mr. Arman Seitkali|Dr. Gaukhar Nurpeisova|Mr. Timur Abenov"
    "|Ms. Zarina Ospankulova|Mr. Kanat Dyussenov|Ms. Dinara Kairbek|Mr. Ruslan Mynbayev",
    "MN": "Ms. Oyunchimeg Bataa|Mr. Ganzorig Dashnyam|Dr. Bolormaa Purevsuren"
    "|Mr. Enkhtuvshin Lkhamsuren|Ms. Sarangerel Tumur|Mr. Munkhjargal Dorj|Dr. Tsolmon Galsan"
    "|Ms. Nomin Erdene-Ochir|Mr. Batzorig Gombo|Ms. Khulan Sodnom|Mr. Altangerel Chuluun",
    "NP": "Ms. Sabina Gurung|Mr. Dipendra Khanal|Dr. Renuka Bajracharya|Mr. Lhakpa Thakali"
    "|Ms. Manju Adhikari|Mr. Prabin Rajbhandari|Ms. Asmita Tamang",
    "PK": "Mr. Usman Tarar|Ms. Samina Yousafzai|Dr. Iftikhar Baltistani|Ms. Hina Chaudhry"
    "|Mr. Sher Wazir Hunzai|Ms. Rabia Kakar|Mr. Naveed Gilani|Dr. Uzma Shigri",
    "RU": "Ms. Anastasia Vetrova|Mr. Grigory Stepnov|Dr. Lidia Kalinova|Mr. Batyr Mandzhiev"
    "|Ms. Olesya Zarechnaya|Dr. Arkady Polevoy|Ms. Ayuna Dambayeva|Mr. Valentin Ozerov"
    "|Ms. Rimma Lugovaya|Mr. Yegor Kedrov",
    "TJ": "Mr. Firdavs Rahmatov|Ms. Zulfiya Nazarshoeva|Dr. Bahrom Saidmurodov"
    "|Ms. Mehrangez Qodirova|Mr. Shodmon Alimshoev|Ms. Nigina Boboeva|Mr. Daler Mirzoshoh"
    "|Ms. Tahmina Sharofova|Dr. Jamshed Pulodov",
    "TM": "Ms. Ogulnar Amanova|Mr. Serdar Gurbanly|Dr. Maysa Orazova|Mr. Begench Rejepov"
    "|Ms. Jennet Atayeva|Mr. Dovlet Sähedow|Ms. Aýna Hojamyradova",
    "UZ": "Ms. Dilnoza Yoʻldosheva|Mr. Otabek Rasulov|Dr. Nodira Ergasheva|Mr. Sherzod Mirkomilov"
    "|Ms. Malika Tursunova|Mr. Jasur Qayumov|Dr. Rustam Hamroqulov|Ms. Feruza Sobirova"
    "|Mr. Ulugʻbek Norov",
}
"""The people of each Range State, in the order in which its posts are filled."""
