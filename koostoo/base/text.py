"""Words as people type them: cleaned, compared, ordered in Estonian, shortened.

Comparing and ordering happen here only, and their results are stored: SQLite and PostgreSQL
disagree about letters outside ASCII, so neither is asked. Both read the stored keys bytewise
(SQLite BINARY, PostgreSQL collation "C").
"""

import re
import unicodedata
from hashlib import sha256
from typing import Literal

import idna

Lang = Literal["et", "en"]

ELLIPSIS = "…"
SLUG_LENGTH = 80
PERSON_KEY_LENGTH = 400
SORT_KEY_LENGTH = 600
"""Longer keys are cut: an index entry of PostgreSQL holds about 2700 bytes."""

_SURROGATES = "\ud800-\udfff"
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)
)
# Marks, overrides and isolates of writing direction; soft hyphen, zero-width blanks, fillers and
# tags. All are invisible, make two equal names differ, or let a line read otherwise than written.
_INVISIBLE = (
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f"
)
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_SURROGATES}]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Tags stay where they belong: after a black flag they make the flags of England, Scotland, Wales.
_JUNK = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007f]{1,8})"
    f"|[{_CONTROLS}{_SURROGATES}{_NONCHARACTERS}{_INVISIBLE}]"
)
# Joiners build emoji and Indic or Persian words; beside a European letter they only hide.
_STRAY_JOINERS = re.compile(r"(?:^|(?<=[\sA-Za-z\u00c0-\u058f\u1e00-\u1fff]))[\u200c\u200d]+")
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")

_HYPHENS = re.compile("[\u2010-\u2015\u2212\u2043\u058a\u05be\u30fb]")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u2032\u00b4`\u055a]")

_QUOTES = re.compile('["\u00ab\u00bb\u201c-\u201f\u2039\u203a\u2033]')
_LEGAL_FORMS = frozenset(
    "mtü mittetulundusühing sa sihtasutus oü osaühing as aktsiaselts fie uü usaldusühing "
    "tü täisühing ühistu tulundusühistu".split()
)

_ESTONIAN = "abcdefghijklmnopqrsšzžtuvwõäöüxy"
_LETTER_WEIGHTS = {letter: chr(ord("A") + i) for i, letter in enumerate(_ESTONIAN)}
_OTHER_LATIN = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "\u0131": "i", "ĸ": "k", "ə": "e", "ɨ": "i", "ɓ": "b", "ɗ": "d",
}  # fmt: skip
_PART_END, _BLANK, _OTHER_SCRIPT = " ", "-", "~"


def has_forbidden(value: str) -> bool:
    """Tell whether `value` holds what a form must answer with a message.

    That is NUL, any other control character but tab, LF and CR, or half of a surrogate pair:
    nobody types them, and PostgreSQL, XML or UTF-8 refuse them.
    """
    return _FORBIDDEN.search(value) is not None


def clean_text(value: str) -> str:
    """Return a text of several lines in NFC, without what cannot be seen, stripped.

    Lines end in LF, at most one empty line stands between two, leading blanks of a line stay
    (lists are nested by them).
    """
    lines = [line.rstrip() for line in _clean(value).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_line(value: str) -> str:
    """Return one line in NFC, without what cannot be seen, white space collapsed to blanks."""
    return " ".join(_clean(value).split())


def _clean(value: str) -> str:
    value = _LINE_ENDS.sub("\n", value)
    value = _JUNK.sub(lambda found: found[1] or "", value)
    value = _STRAY_JOINERS.sub("", unicodedata.normalize("NFC", value))
    return unicodedata.normalize("NFC", value)


def fold(value: str) -> str:
    """Return the form by which two texts are the same to a person.

    Compatibility caseless matching (Unicode Standard, section 3.13, D146), invisible characters
    dropped, hyphens and apostrophes each made one, white space collapsed. Accents count.
    """
    value = unicodedata.normalize("NFD", _JOINERS.sub("", clean_line(value))).casefold()
    value = unicodedata.normalize("NFKC", value).casefold()
    value = _JUNK.sub("", unicodedata.normalize("NFKC", value))
    value = _APOSTROPHES.sub("'", _HYPHENS.sub("-", value))
    return " ".join(unicodedata.normalize("NFKC", value).split())


def person_key(first: str, last: str) -> str:
    """Return the key by which two names are one person's: both names folded, one blank between.

    "Mari Liis" + "Mänd" and "Mari" + "Liis Mänd" are the same: who fills in the form for somebody
    else puts the second name into either field.
    """
    return _fitting(fold(f"{first} {last}"))


def name_key(name: str) -> str:
    """Return the key by which two names are one organisation's, however they are typed."""
    return _fitting(fold(name))


def bare_name_key(name: str) -> str:
    """Return the key of an organisation's name without quotation marks and legal form.

    People write "Näidise küla selts" for "MTÜ „Näidise küla selts“".
    """
    words = [word.strip(".,") for word in _QUOTES.sub(" ", fold(name)).split()]
    bare = [word for word in words if word not in _LEGAL_FORMS]
    return _fitting(" ".join(bare or words))


def _fitting(key: str) -> str:
    # Some signs unfold into many; what is compared only has to stay the same and to fit.
    return sha256(key.encode()).hexdigest() if len(key) > PERSON_KEY_LENGTH else key


def email_key(address: str) -> str:
    """Return the key by which two addresses are one mailbox: local part folded, domain in ASCII.

    A `+tag` counts. Any text is taken; what is not an address is folded whole.
    """
    local, at, domain = clean_line(address).rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except UnicodeError:
        ascii_domain = fold(domain)
    return f"{fold(local)}{at}{ascii_domain}"


def sort_key(*parts: str) -> str:
    """Return an ASCII key that orders bytewise as an Estonian list does, field by field.

    … s š z ž t u v w õ ä ö ü x y; other Latin letters stand with their base letter, other scripts
    after Latin; digits before letters; case is the same; hyphens, apostrophes, accents and signs
    decide only between names that are otherwise equal. At most SORT_KEY_LENGTH characters.
    """
    folded = [fold(part) for part in parts]
    letters = _PART_END.join("".join(map(_weight, part)) for part in folded)
    details = _PART_END.join("".join(map(_spelled, part)) for part in folded)
    return f"{letters}{_PART_END}{details}"[:SORT_KEY_LENGTH]


def person_sort_key(first: str, last: str) -> str:
    """Return the sort key of a person: surname first, then first name."""
    return sort_key(last, first)


def _weight(char: str) -> str:
    if char in _LETTER_WEIGHTS or char in _OTHER_LATIN:
        return "".join(_LETTER_WEIGHTS[c] for c in _OTHER_LATIN.get(char, char))
    if char == " ":
        return _BLANK
    if "0" <= char <= "9":
        return char
    # An accent on õ, ä, ö, ü, š, ž leaves the Estonian letter; on another, the base letter.
    bare = unicodedata.normalize("NFD", char)
    for base in (unicodedata.normalize("NFC", bare[:2]), bare[0]):
        if base in _LETTER_WEIGHTS:
            return _LETTER_WEIGHTS[base]
    if unicodedata.category(char)[0] in "LN":
        return f"{_OTHER_SCRIPT}{ord(char):06x}"
    return ""


def _spelled(char: str) -> str:
    return char if "!" <= char < _OTHER_SCRIPT else f"{_OTHER_SCRIPT}{ord(char):06x}"


def slugify(text: str, fallback: str = "nimetu") -> str:
    """Return `text` for an address: a-z, 0-9 and single hyphens, at most SLUG_LENGTH characters.

    Accents are dropped (õ→o, š→s), the rest becomes a hyphen; `fallback` when nothing is left.
    """
    spelled = "".join(_OTHER_LATIN.get(char, char) for char in fold(text))
    bare = unicodedata.normalize("NFD", spelled).encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", bare.replace("'", "")).strip("-")
    if len(slug) > SLUG_LENGTH:
        head, _, tail = slug[: SLUG_LENGTH + 1].rpartition("-")
        slug = head or tail[:SLUG_LENGTH]
    return slug or fallback


def truncate(text: str, length: int) -> str:
    """Return `text` in at most `length` characters, cut between words where that loses little."""
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    words = cut.rpartition(" ")[0] if not text[len(cut)].isspace() else cut
    if len(words) * 2 < len(cut):
        # Not between a letter and its accent, nor inside an emoji.
        end = len(cut)
        while end and (_continues(text[end]) or text[end - 1] == "\u200d"):
            end -= 1
        words = cut[:end]
    return words.rstrip(" ,;:–-\u200d") + ELLIPSIS if length > 0 else ""


def _continues(char: str) -> bool:
    return bool(unicodedata.combining(char) or _JOINERS.match(char))


def initials_name(first: str, last: str) -> str:
    """Return "Mari M.": enough for a bus list, too little to look somebody up."""
    first, last = clean_line(first), clean_line(last)
    letter = next((char for char in last if char.isalpha()), "")
    return " ".join(part for part in (first, f"{letter.upper()}." if letter else "") if part)
