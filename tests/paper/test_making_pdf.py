"""Html becomes a PDF with nothing but the pictures it was given, within bounds, or it is said why not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from mailer.errors import MailerError
from mailer.paper import Paper, missing, pdf_of, printing

pytest.importorskip("weasyprint")

PAGE = '<html lang="en"><head><title>T</title></head><body><h1>Words</h1>{}</body></html>'


def _pdf(body: str, **bounds: float) -> Paper:
    return pdf_of(PAGE.format(body), {"dot@x": _dot()}, identifier=b"0" * 16, **bounds)  # type: ignore[arg-type]


def _dot() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


def test_pictures_are_found_by_their_names_and_described() -> None:
    paper = _pdf('<img src="cid:dot@x" alt="A red dot." />')
    reader = PdfReader(io.BytesIO(paper.content))
    assert paper.pages == 1
    assert len(reader.pages[0].images) == 1
    assert "A red dot." in [str(one.get("/Alt")) for one in _tags(reader)]


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd" alt="x" />',
        '<img src="cid:another@x" alt="x" />',
        '<link rel="attachment" href="file:///etc/passwd" />',
        '<div style="background: url(http://127.0.0.1:9/x.png)">x</div>',
    ],
)
def test_nothing_else_is_loaded(body: str) -> None:
    with pytest.raises(MailerError, match=r"asks for (file|cid|http):"):
        _pdf(body)


def test_a_document_without_end_is_given_up() -> None:
    with pytest.raises(MailerError, match=r"took longer than 1 second"):
        _pdf("".join(f"<p>{number} words</p>" for number in range(60_000)), seconds=1.0)


def test_more_pages_than_allowed_are_refused_with_their_number() -> None:
    with pytest.raises(MailerError, match=r"has 3 pages; 2 is the most"):
        _pdf('<p style="break-before: page">x</p>' * 2, pages=2)


def test_a_machine_without_weasyprint_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    assert missing() is not None
    with pytest.raises(MailerError, match=r"pip install saiga-mailer\[pdf\]"):
        _pdf("")


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (
            "raise OSError(\"cannot load library 'libpango-1.0-0': no such file\")",
            "apt install libpango-1.0-0",
        ),
        ("import what_it_rests_on_is_missing", r"pip install saiga-mailer\[pdf\]"),
    ],
)
def test_what_weasyprint_itself_lacks_is_told_too(
    fault: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(fault)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(MailerError, match=remedy):
        _pdf("")


def test_secrets_in_the_environment_stay_with_us(
    monkeypatch: pytest.MonkeyPatch, a_run: Callable[[], dict[str, str]]
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    assert "SMTP_PASSWORD" not in a_run()


@pytest.fixture
def a_run() -> Callable[[], dict[str, str]]:
    return printing._environment


def _tags(reader: PdfReader) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]  # type: ignore[index]
    while waiting:
        each = waiting.pop().get_object()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict) and "/S" in each:
            found.append(each)
            waiting += [each["/K"]] if "/K" in each else []
    return found
