"""The pictures of the sample issue: there, of the right size, and drawn again the same."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from mailer.picture import Recipe, make_picture

ROOT = Path(__file__).resolve().parents[2]
LARGE = ROOT / "issues/2016-12-cami/images"
SMALL = ROOT / "tests/data/issues/cami-as-received/images"
MASTHEAD = ROOT / "templates/newsletter/images/masthead.jpg"
GLACIER = MASTHEAD.with_name("glacier.jpg")
ICONS = ROOT / "templates/newsletter/icons"
NAMES = (
    "argali-flock",
    "argali-sheep",
    "mongolian-gazelle",
    "przewalskis-horses",
    "snow-leopard-portrait",
    "snow-leopard-ridge",
    "tajik-mountains",
    "wild-camel",
)


def draw(*words: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "tools/draw_pictures.py")
    return subprocess.run([sys.executable, script, *words], capture_output=True, text=True, check=False)


def mean_difference(one: Path, other: Path) -> float:
    """The mean difference of two pictures in grey levels, the worst of the three channels."""
    with Image.open(one) as a, Image.open(other) as b:
        assert a.size == b.size
        return max(ImageStat.Stat(ImageChops.difference(a.convert("RGB"), b.convert("RGB"))).mean)


def test_the_issue_has_exactly_these_eight_pictures() -> None:
    assert sorted(path.stem for path in LARGE.glob("*.jpg")) == list(NAMES)
    assert sorted(path.stem for path in SMALL.glob("*.jpg")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_wide_enough_for_a_sharp_mail_and_light_enough_to_embed(name: str) -> None:
    large, small = LARGE / f"{name}.jpg", SMALL / f"{name}.jpg"
    assert 20_000 < large.stat().st_size < 80_000
    assert small.stat().st_size < 12_000
    with Image.open(large) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (1200, 675), "RGB")
    with Image.open(small) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (480, 270), "RGB")


@pytest.mark.parametrize("masthead", [MASTHEAD, GLACIER], ids=lambda path: path.stem)
def test_a_masthead_is_a_light_banner(masthead: Path) -> None:
    assert masthead.stat().st_size < 40_000
    with Image.open(masthead) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 260))


@pytest.mark.parametrize(
    "path", [*sorted(LARGE.glob("*.jpg")), MASTHEAD, GLACIER], ids=lambda path: path.stem
)
def test_a_picture_carries_no_metadata(path: Path) -> None:
    with Image.open(path) as picture:
        assert not picture.getexif()
        assert not {"comment", "exif", "icc_profile", "xmp"} & set(picture.info)


def test_no_two_pictures_look_alike() -> None:
    seen = {}
    for name in NAMES:
        with Image.open(LARGE / f"{name}.jpg") as picture:
            seen[name] = picture.convert("L").resize((32, 18))
    for i, one in enumerate(NAMES):
        for other in NAMES[i + 1 :]:
            assert ImageStat.Stat(ImageChops.difference(seen[one], seen[other])).mean[0] > 8, (one, other)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("--only", "wild-camel"), LARGE / "wild-camel.jpg"),
        (("--only", "argali-sheep", "--small"), SMALL / "argali-sheep.jpg"),
        (("--masthead",), MASTHEAD),
        (("--masthead",), GLACIER),
    ],
)
def test_drawing_again_gives_the_picture_that_is_kept(
    words: tuple[str, ...], kept: Path, tmp_path: Path
) -> None:
    done = draw(*words, str(tmp_path))
    assert done.returncode == 0, done.stderr
    again = tmp_path / kept.name
    assert f"{again.stat().st_size:,} bytes" in done.stdout
    # Bytes differ between JPEG libraries; another picture, or one moved by a few pixels, is over 2 grey levels off.
    assert again.read_bytes() == kept.read_bytes() or mean_difference(again, kept) < 1.0


def test_two_runs_on_one_machine_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        assert draw("--masthead", str(tmp_path / folder)).returncode == 0
    first, second = (tmp_path / folder / "masthead.jpg" for folder in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_a_small_change_to_a_picture_would_be_noticed(tmp_path: Path) -> None:
    with Image.open(LARGE / "wild-camel.jpg") as picture:
        moved = ImageChops.offset(picture.convert("RGB"), 4, 0)
    out = io.BytesIO()
    moved.save(out, "JPEG", quality=95)
    path = tmp_path / "moved.jpg"
    path.write_bytes(out.getvalue())
    assert mean_difference(path, LARGE / "wild-camel.jpg") > 1.0


def test_an_unknown_name_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    done = draw("--only", "unicorn", str(tmp_path))
    assert done.returncode == 2
    assert "wild-camel" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_icons_are_those_that_the_tool_draws(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/draw_icons.py"), str(tmp_path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kept = sorted(ICONS.glob("*.png"))
    assert [path.name for path in kept] == sorted(path.name for path in tmp_path.iterdir())
    for path in kept:
        with Image.open(path) as one, Image.open(tmp_path / path.name) as again:
            assert one.size == (56, 56)
            assert path.stat().st_size < 2_000
            difference = ImageChops.difference(one.convert("RGBA"), again.convert("RGBA"))
            assert max(ImageStat.Stat(difference).mean) < 2


@pytest.mark.parametrize(("width", "most"), [(552, 60_000), (264, 20_000)])
def test_what_is_sent_of_a_picture_is_sharp_and_light(width: int, most: int) -> None:
    for name in NAMES:
        content = (LARGE / f"{name}.jpg").read_bytes()
        made = make_picture(content, Recipe(width=width))
        assert (made.media_type, made.width, made.notes) == ("image/jpeg", 2 * width, ())
        assert len(made.content) < most, name
