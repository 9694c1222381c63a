"""What is taken, by its content, and what becomes of it."""

import random
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from koostoo.documents import file_types, pictures
from koostoo.files.preparing import COVER_BYTES, FileRefused, Prepared, prepare, title_of
from koostoo.files.rules import Kind
from tests.files.made import (
    ASICE,
    DOCM,
    DOCX,
    HTML,
    LOG,
    ODT,
    PDF,
    SVG,
    container,
    phone_photo,
    picture,
)


def taken(data: bytes, kind: Kind, name: str = "fail.bin") -> Prepared:
    return prepare(BytesIO(data), name, kind)


def refusal(data: bytes, kind: Kind = "other", name: str = "fail.pdf") -> str:
    with pytest.raises(FileRefused) as error:
        prepare(BytesIO(data), name, kind)
    return error.value.code


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data)) as opened:
        return opened.size


@pytest.mark.parametrize(
    ("data", "kind", "found"),
    [
        (picture("JPEG"), "photo", "jpeg"),
        (picture("PNG"), "sheet", "png"),
        (picture("WEBP"), "photo", "jpeg"),
        # A JPEG with a second picture behind the first, as some phones make it.
        (picture("MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]), "photo", "jpeg"),
        (PDF, "sheet", "pdf"),
        (DOCX, "programme", "docx"),
        (container({"word/document2.xml": b"<x/>"}), "programme", "docx"),
        (ODT, "document", "odt"),
        (ASICE, "sheet", "asice"),
        (LOG, "meeting_log", "text"),
        ("Nimi\tAeg\r\nMari\t10".encode("utf-16"), "meeting_log", "text"),
    ],
)
def test_a_file_is_known_by_its_content_whatever_it_is_called(
    data: bytes, kind: Kind, found: str
) -> None:
    assert taken(data, kind, "arve.exe").type == found


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (HTML, "unknown"),
        (b"\xef\xbb\xbf  " + HTML, "unknown"),
        (SVG, "unknown"),
        (b"MZ\x90\x00\x03\x00\x00\x00" * 20, "unknown"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic"),
        (PDF[:30], "broken"),
        (DOCX[:-30], "broken"),
        (DOCM, "macros"),
        (container({"nothing.txt": b"x"}), "unknown"),
        (container({f"{n}": b"" for n in range(file_types.MAX_PARTS + 1)}), "packed"),
        (container({"n" * 2000 + str(n): b"" for n in range(600)}), "packed"),
        (picture("JPEG")[:200], "broken"),
        (picture("PNG")[:60], "broken"),
        (picture("GIF"), "unknown"),
    ],
)
def test_what_is_not_taken_is_told_why(data: bytes, why: str) -> None:
    assert refusal(data) == why


def test_each_kind_takes_only_its_own_types_and_so_many_bytes() -> None:
    assert refusal(PDF, "photo") == "wrong"
    assert refusal(LOG, "sheet") == "wrong"
    assert refusal(DOCX, "cover") == "wrong"
    assert refusal(PDF + b" " * 15_000_000, "document") == "large"


def test_a_container_that_would_unfold_into_far_too_much_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_types, "MAX_UNPACKED", 50_000)
    bomb = container({"word/document.xml": b"0" * 60_000})
    assert len(bomb) < 1000
    assert refusal(bomb) == "packed"


def test_a_small_file_that_unfolds_into_a_huge_picture_is_never_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    monkeypatch.setattr(pictures, "unpack", lambda *_args: pytest.fail("unpacked"))
    assert refusal(bomb.getvalue(), "photo") == "pixels"


def test_a_photo_stands_upright_and_tells_neither_place_nor_camera() -> None:
    kept = taken(phone_photo(), "photo", "IMG_1234.HEIC.jpg")
    assert (kept.width, kept.height) == (40, 80)
    assert size_of(kept.data) == (40, 80)
    assert b"Exif" not in kept.data
    assert b"Mari" not in kept.data
    assert kept.small is not None
    assert b"EXIF" not in kept.small
    assert kept.title == "IMG_1234.HEIC"


def test_hidden_text_of_a_png_is_left_behind() -> None:
    note = Image.new("RGB", (9, 9))
    out = BytesIO()
    note.info["comment"] = "secret"
    note.save(out, "PNG", exif=b"Exif\x00\x00secret")
    assert b"secret" in out.getvalue()
    assert b"secret" not in taken(out.getvalue(), "photo").data


def test_a_large_picture_is_made_smaller_and_a_cover_light() -> None:
    original = picture("JPEG", (4000, 3000))
    photo, cover = taken(original, "photo"), taken(original, "cover")
    assert (photo.width, photo.height) == (2600, 1950)
    assert (cover.type, cover.width, cover.height) == ("webp", 960, 720)
    assert len(cover.data) < COVER_BYTES


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_a_picture_in_any_colours_is_kept_and_seen(mode: str) -> None:
    grey = Image.linear_gradient("L")
    drawn = Image.new(mode, grey.size) if mode == "I;16" else grey.convert("RGB").convert(mode)
    out = BytesIO()
    drawn.save(out, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG")
    with Image.open(BytesIO(taken(out.getvalue(), "photo").data)) as opened:
        assert opened.mode in ("RGB", "RGBA")
    assert taken(out.getvalue(), "logo").small


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    more = [Image.new("RGB", (64, 48), "red")]
    moving = picture("WEBP", save_all=True, append_images=more)
    with Image.open(BytesIO(taken(moving, "photo").data)) as opened:
        assert getattr(opened, "n_frames", 1) == 1


def test_a_table_in_csv_is_saved_as_one() -> None:
    assert taken(LOG, "meeting_log", "Zoomi logi.CSV").type == "csv"
    assert refusal(HTML, "meeting_log", "log.csv") == "unknown"


def test_a_logo_stays_see_through_and_is_a_png_for_print() -> None:
    logo = taken(picture("WEBP", (300, 100), see_through=True), "logo")
    assert logo.type == "png"
    with Image.open(BytesIO(logo.data)) as opened:
        assert opened.mode == "RGBA"
    assert logo.small is not None


def test_a_signed_container_stays_as_it_is_to_the_byte() -> None:
    kept = taken(ASICE, "sheet")
    assert kept.data == ASICE
    assert kept.digest == kept.source_digest


def test_whatever_is_done_to_a_picture_it_is_kept_or_refused_in_words() -> None:
    dice = random.Random(7)  # noqa: S311 - the same damage every time
    for original in (phone_photo(), picture("PNG"), picture("WEBP"), DOCX, ASICE):
        for _ in range(60):
            damaged = bytearray(original)
            for _ in range(dice.randint(1, 6)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            with suppress(FileRefused):
                prepare(BytesIO(bytes(damaged[: dice.randint(1, len(damaged))])), "x", "other")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Päevakava 2026.pdf", "Päevakava 2026"),
        ("C:\\Users\\Mari\\nimekiri.asice", "nimekiri"),
        ("../../etc/passwd", "passwd"),
        ("\u202efdp.exe", "fdp"),
        (".htaccess", "htaccess"),
        ("", ""),
        ("aruanne v1.2 lõplik", "aruanne v1.2 lõplik"),
        ("õ" * 400 + ".pdf", "õ" * 149 + "…"),
    ],
)
def test_a_name_is_cleaned_and_kept_for_people(name: str, title: str) -> None:
    assert title_of(name) == title
