"""A picture as it is sent: upright, cut, sharp, light, in sRGB, and with nothing else of its file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_kit import chart, corners, held, opened, photo, quarters, saved, swapped_profile
from PIL import Image, ImageChops, ImageStat, features

from mailer.picture import Made, PictureError, Recipe, make_picture
from mailer.picture.making import cut_of, size_for

WIDE = Recipe(width=552)


def size_of(made: Made) -> tuple[int, int]:
    assert opened(made.content).size == (made.width, made.height)
    return made.width, made.height


@pytest.mark.parametrize(
    ("given_size", "width", "expected"),
    [
        ((1600, 1200), 552, (1104, 828)),
        ((1600, 1200), 264, (528, 396)),
        ((900, 600), 552, (900, 600)),
        ((40, 30), 552, (40, 30)),
        ((1, 1), 552, (1, 1)),
        ((9000, 3), 552, (1104, 1)),
        ((3, 9000), 264, (1, 2112)),
        ((1000, 9000), 264, (235, 2112)),
    ],
)
def test_it_is_twice_as_wide_as_shown_and_never_enlarged_nor_endlessly_tall(
    given_size: tuple[int, int], width: int, expected: tuple[int, int]
) -> None:
    made = make_picture(saved(Image.new("RGB", given_size, "teal"), "PNG"), Recipe(width=width))
    assert size_of(made) == expected


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("JPEG", {}),
    "JPEG in scans": ("JPEG", {"progressive": True}),
    "JPEG with a second picture behind it": (
        "MPO",
        {"save_all": True, "append_images": [Image.new("RGB", (80, 60))]},
    ),
    "PNG": ("PNG", {}),
    "GIF": ("GIF", {}),
    "WebP": ("WEBP", {"quality": 95}),
    "BMP": ("BMP", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_read_looks_as_it_did(kind: str) -> None:
    image = photo((800, 600))
    pillow, options = KINDS[kind]
    made = make_picture(saved(image, pillow, **options), Recipe(width=400))
    assert made.media_type == "image/jpeg"
    assert size_of(made) == (800, 600)
    seen = opened(made.content).convert("RGB").resize((80, 60), Image.Resampling.BOX)
    wanted = image.resize((80, 60), Image.Resampling.BOX)
    assert max(ImageStat.Stat(ImageChops.difference(seen, wanted)).mean) < 9


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_every_way_to_write_colours_becomes_one_that_mail_programs_know(mode: str) -> None:
    grey = Image.linear_gradient("L").resize((300, 200))
    if mode == "I;16":
        image = Image.frombytes("I;16", grey.size, b"".join(bytes((v, v)) for v in grey.tobytes()))
    else:
        image = grey.convert(mode)
    made = make_picture(saved(image, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"), WIDE)
    shown = opened(made.content)
    assert shown.mode in ("L", "RGB", "P")
    rows = shown.convert("L").resize((1, 4), Image.Resampling.BOX).tobytes()
    for row, expected in zip(rows, (32, 96, 160, 224), strict=True):
        assert abs(row - expected) < 8, mode


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_stands_upright_however_the_camera_was_held(kind: str, orientation: int) -> None:
    turned = {
        1: ["red", "lime", "blue", "white"],
        2: ["lime", "red", "white", "blue"],
        3: ["white", "blue", "lime", "red"],
        4: ["blue", "white", "red", "lime"],
        5: ["red", "blue", "lime", "white"],
        6: ["blue", "red", "white", "lime"],
        7: ["white", "lime", "blue", "red"],
        8: ["lime", "white", "red", "blue"],
    }
    made = make_picture(saved(corners(), kind, exif=held(orientation)), WIDE)
    assert quarters(made.content) == turned[orientation]
    assert size_of(made) == ((200, 400) if orientation > 4 else (400, 200))


def test_a_large_telephone_photo_held_upright_is_cut_in_what_people_see() -> None:
    content = saved(corners((4000, 2000)), "JPEG", exif=held(6))
    made = make_picture(content, Recipe(width=264, ratio="1:1", focus=(0.5, 0.0)))
    assert size_of(made) == (528, 528)
    assert quarters(made.content)[:2] == ["blue", "red"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_file_is_kept_but_the_picture(kind: str) -> None:
    options = {"exif": held(1), "icc_profile": swapped_profile()}
    if kind in ("JPEG", "GIF"):
        options["comment"] = b"not for the world"
    if kind in ("JPEG", "PNG", "WEBP"):
        options["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>secret</x:xmpmeta>"
    source = saved(photo((200, 150)), kind, **options)
    assert b"A. Photographer" in source
    made = make_picture(source, WIDE)
    shown = opened(made.content)
    assert not shown.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment", "XML:com.adobe.xmp"} & set(shown.info)
    for word in (b"Photographer", b"Exif", b"swapped", b"secret", b"not for the world"):
        assert word not in made.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_is_carried_out_and_left_behind(kind: str) -> None:
    blue = Image.new("RGB", (60, 40), (0, 0, 255))
    options = {"quality": 100} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    made = make_picture(saved(blue, kind, icc_profile=swapped_profile(), **options), WIDE)
    red, green, was_blue = opened(made.content).convert("RGB").getpixel((30, 20))  # type: ignore[misc]
    assert red > 240
    assert green < 20
    assert was_blue < 20


def test_a_profile_colours_what_shows_through_as_well() -> None:
    image = Image.new("RGBA", (60, 40), (0, 0, 255, 255))
    image.paste((0, 0, 255, 0), (0, 0, 30, 40))
    made = make_picture(saved(image, "PNG", icc_profile=swapped_profile()), WIDE)
    shown = opened(made.content).convert("RGBA")
    assert shown.getpixel((45, 20))[0] > 240  # type: ignore[index]
    assert shown.getpixel((10, 20))[3] == 0  # type: ignore[index]


def test_a_broken_profile_is_no_reason_to_refuse_a_picture() -> None:
    plain, odd = (
        make_picture(saved(photo((90, 60)), icc_profile=p), WIDE) for p in (None, b"no profile" * 9)
    )
    assert plain.content == odd.content


def test_cmyk_from_a_printing_house_keeps_its_colours() -> None:
    made = make_picture(saved(corners().convert("CMYK"), "JPEG", quality=95), WIDE)
    assert quarters(made.content) == ["red", "lime", "blue", "white"]


def test_photographs_become_jpeg_and_drawings_png() -> None:
    as_photo = make_picture(saved(photo(), "PNG"), WIDE)
    assert as_photo.media_type == "image/jpeg"
    assert opened(as_photo.content).info["progressive"]
    as_drawing = make_picture(saved(chart(), "PNG"), WIDE)
    assert as_drawing.media_type == "image/png"
    assert len(as_drawing.content) < 15_000
    grey_photo = make_picture(saved(photo().convert("L"), "PNG"), WIDE)
    assert (grey_photo.media_type, opened(grey_photo.content).mode) == ("image/jpeg", "L")


def test_a_still_gif_becomes_png_and_a_moving_one_its_first_frame() -> None:
    still, later = chart((400, 300)).quantize(16), Image.new("P", (400, 300))
    alone = make_picture(saved(still, "GIF"), WIDE)
    assert (alone.media_type, alone.notes) == ("image/png", ())
    moving = make_picture(saved(still, "GIF", save_all=True, append_images=[later], duration=100), WIDE)
    assert moving.notes == ("animated",)
    assert moving.content == alone.content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_that_move_are_noticed_too(kind: str) -> None:
    content = saved(corners(), kind, save_all=True, append_images=[corners().rotate(180)], duration=100)
    made = make_picture(content, WIDE)
    assert made.notes == ("animated",)
    assert quarters(made.content) == ["red", "lime", "blue", "white"]


def test_what_shows_through_still_shows_through() -> None:
    logo = Image.new("RGBA", (800, 400), (255, 255, 255, 0))
    logo.paste((20, 90, 80, 255), (100, 100, 300, 300))
    made = make_picture(saved(logo, "PNG"), Recipe(width=200))
    assert made.media_type == "image/png"
    shown = opened(made.content).convert("RGBA")
    assert shown.getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert shown.getpixel((100, 100)) == (20, 90, 80, 255)
    # Were the white of the clear parts mixed in, the edge would be lighter than the square.
    assert max(shown.getpixel((50, 100))[:3]) <= 92  # type: ignore[index]


def test_a_photo_that_shows_through_and_weighs_too_much_is_put_on_white() -> None:
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    made = make_picture(saved(image, "PNG"), WIDE)
    assert (made.media_type, made.notes) == ("image/jpeg", ("flattened",))
    assert len(made.content) <= 150_000
    assert min(opened(made.content).convert("RGB").getpixel((500, 1))) > 245  # type: ignore[arg-type]


def test_opaque_alpha_is_no_alpha() -> None:
    image = photo((300, 200))
    with_alpha = image.convert("RGBA")
    assert (
        make_picture(saved(with_alpha, "PNG"), WIDE).content
        == make_picture(saved(image, "PNG"), WIDE).content
    )


def grainy() -> bytes:
    noise = random.Random(3).randbytes(1200 * 900 * 3)
    return saved(Image.frombytes("RGB", (1200, 900), noise), "PNG")


def test_the_budget_is_kept_by_quality_first_and_by_size_then() -> None:
    calm = make_picture(saved(photo(), "PNG"), Recipe(width=552, budget=60_000))
    assert len(calm.content) <= 60_000
    assert calm.width == 1104
    wild = make_picture(grainy(), Recipe(width=552, budget=150_000))
    assert len(wild.content) <= 150_000
    assert wild.width < 1104
    assert wild.notes == ()


def test_a_budget_that_nothing_meets_is_noted() -> None:
    made = make_picture(grainy(), Recipe(width=552, budget=20_000))
    assert made.notes == ("heavy",)
    assert made.width == 552


CUTS = [
    ((600, 400), None, (0.5, 0.5), (0, 0, 600, 400)),
    ((600, 400), "1:1", (0.5, 0.5), (100, 0, 500, 400)),
    ((600, 400), "1:1", (0.0, 0.0), (0, 0, 400, 400)),
    ((600, 400), "1:1", (1.0, 0.3), (200, 0, 600, 400)),
    ((400, 600), "4:3", (0.5, 0.25), (0, 0, 400, 300)),
    ((600, 400), "3:2", (0.9, 0.9), (0, 0, 600, 400)),
]


@pytest.mark.parametrize(("size", "ratio", "focus", "expected"), CUTS)
def test_cutting_keeps_the_focus_as_near_the_middle_as_the_edges_allow(
    size: tuple[int, int],
    ratio: str | None,
    focus: tuple[float, float],
    expected: tuple[float, float, float, float],
) -> None:
    assert cut_of(size, ratio, focus) == pytest.approx(expected)


def test_what_was_in_focus_is_in_the_picture() -> None:
    content = saved(corners((800, 400)), "PNG")
    left = make_picture(content, Recipe(width=200, ratio="1:1", focus=(0.0, 0.5)))
    assert set(quarters(left.content)) == {"red", "blue"}
    right = make_picture(content, Recipe(width=200, ratio="1:1", focus=(1.0, 0.5)))
    assert set(quarters(right.content)) == {"lime", "white"}


@given(
    width=st.integers(1, 30_000),
    height=st.integers(1, 30_000),
    ratio=st.none() | st.builds("{}:{}".format, st.integers(1, 99), st.integers(1, 99)),
    focus=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    shown=st.integers(16, 700),
)
def test_the_sizes_of_any_picture_fit(
    width: int, height: int, ratio: str | None, focus: tuple[float, float], shown: int
) -> None:
    left, top, right, bottom = cut_of((width, height), ratio, focus)
    assert 0 <= left < right <= width + 1e-6
    assert 0 <= top < bottom <= height + 1e-6
    if ratio:
        across, down = (int(part) for part in ratio.split(":"))
        assert (right - left) * down == pytest.approx((bottom - top) * across, rel=1e-6)
    made = size_for((width, height), Recipe(shown, ratio, focus))
    assert 1 <= made[0] <= min(width, 2 * shown)
    assert 1 <= made[1] <= min(height, 8 * shown)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    mode=st.sampled_from(["1", "L", "P", "RGB", "RGBA", "LA", "CMYK"]),
    kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP"]),
    ratio=st.none() | st.builds("{}:{}".format, st.integers(1, 99), st.integers(1, 99)),
    orientation=st.integers(0, 12),
)
def test_any_picture_that_pillow_writes_can_be_sent(
    size: tuple[int, int], mode: str, kind: str, ratio: str | None, orientation: int
) -> None:
    image = Image.linear_gradient("L").resize(size).convert(mode)
    options = {"exif": held(orientation)} if kind in ("JPEG", "PNG", "WEBP") and mode in ("L", "RGB") else {}
    try:
        content = saved(image, kind, **options)
    except (OSError, ValueError, KeyError):
        return
    made = make_picture(content, Recipe(width=20, ratio=ratio))
    assert opened(made.content).size == (made.width, made.height)


def test_the_same_picture_and_recipe_give_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys; from mailer.picture import Recipe, make_picture;"
        "data = sys.stdin.buffer.read();"
        "print(*(make_picture(data, r).sha256 for r in (Recipe(552), Recipe(264, '3:2', (0.2, 0.7)))))"
    )
    for content in (saved(photo()), saved(chart(), "PNG")):
        told = [
            subprocess.run(
                [sys.executable, "-c", code],
                input=content,
                capture_output=True,
                check=True,
                env=os.environ | {"PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        ]
        assert told[0] == told[1]
        assert told[0].split()[0].decode() == make_picture(content, WIDE).sha256


def test_the_libraries_that_are_needed_are_there() -> None:
    assert all(features.check(name) for name in ("jpg", "zlib", "webp", "littlecms2"))


def test_a_recipe_has_the_same_words_only_for_the_same_recipe() -> None:
    recipes = [
        WIDE,
        Recipe(264),
        Recipe(552, "3:2"),
        Recipe(552, focus=(0.5, 0.25)),
        Recipe(552, budget=9_000),
    ]
    assert len({recipe.words for recipe in recipes}) == len(recipes)
    assert Recipe(552).words == WIDE.words


def test_an_error_reads_on_from_the_file_s_name() -> None:
    with pytest.raises(PictureError) as caught:
        make_picture(b"", WIDE)
    assert caught.value.message == "is an empty file."
