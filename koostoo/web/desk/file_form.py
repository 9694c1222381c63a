"""Forms of files: what is uploaded, and how it goes file by file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, ValidationError

from koostoo.base.localtext import LocalText
from koostoo.base.retry import Busy
from koostoo.files.preparing import FileRefused, Prepared, prepare
from koostoo.files.rules import ALT_LENGTH, LIMITS, LINK_LENGTH, TITLE_LENGTH, EventKind, Kind
from koostoo.files.service import TooMany
from koostoo.web.desk.file_words import KIND_WORDS, accept_of, refusal_words
from koostoo.web.errors import SOON
from koostoo.web.forms import AtMost, Form, NoForbidden, Page, Sentence, line

MISSING_FILE = _l("Please choose a file.")


def alt_field(label: Any, hint: Any = "", *checks: Any) -> StringField:
    """Return a field for words that stand in for a picture."""
    validators = [NoForbidden(), *checks, AtMost(ALT_LENGTH)]
    return StringField(label, validators, filters=[line], description=hint)


class UploadForm(Form):
    """Files of one kind."""

    files = MultipleFileField(_l("Files"), validators=[FileRequired(MISSING_FILE)])

    @property
    def sent(self) -> list[FileStorage]:
        """The files that were chosen."""
        data = self.files.data
        return [one for one in (data if isinstance(data, list) else [data]) if one and one.filename]


class CoverForm(UploadForm):
    """A cover picture and what it shows."""

    files = FileField(_l("Picture"), validators=[FileRequired(MISSING_FILE)])
    alt_et = alt_field(
        _l("What the picture shows, in Estonian"),
        _l("Read out to who does not see it. Leave it empty when the picture only adorns."),
    )
    alt_en = alt_field(_l("The same in English"))

    @property
    def alt(self) -> LocalText:
        """The words of the picture."""
        return LocalText(self.alt_et.data or "", self.alt_en.data or "")


class LogoForm(CoverForm):
    """A logo and the name it stands for."""

    alt_et = alt_field(
        _l("What stands on the logo, in Estonian"),
        _l("Read out to who does not see it, such as the name of the fund."),
        Sentence(),
    )


class TitleForm(Form):
    """What a file is called."""

    title = StringField(
        _l("Name"),
        filters=[line],
        validators=[NoForbidden(), Sentence(), AtMost(TITLE_LENGTH)],
    )


class CoverAltForm(Form):
    """What a cover picture shows."""

    alt_et = CoverForm.alt_et
    alt_en = CoverForm.alt_en


class NewsForm(Form):
    """The address of a news story; it stands beside the form of uploads."""

    PREFIX = "story-"

    url = StringField(
        _l("Link to the story"),
        [NoForbidden(), Sentence(), AtMost(LINK_LENGTH)],
        filters=[line],
        description=_l("As it stands in the address bar of your browser."),
    )

    def validate_url(self, field: StringField) -> None:
        """Refuse what is no address of a page."""
        try:
            parts = urlsplit(field.data)
            is_page = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_page = False
        if not is_page or " " in field.data:
            raise ValidationError(_("Please copy the whole link; it begins with https://."))


class LogoAltForm(Form):
    """What stands on a logo."""

    alt_et = LogoForm.alt_et
    alt_en = LogoForm.alt_en


def upload_form(kind: EventKind, alt: LocalText | None = None) -> UploadForm:
    """Return the form of one kind; several stand on one page, so its fields carry its name."""
    values = {"alt_et": alt.et, "alt_en": alt.en} if alt else {}
    form = (CoverForm if kind == "cover" else UploadForm)(prefix=f"{kind}-", data=values)
    form.files.description = KIND_WORDS[kind][1]
    form.files.render_kw = {"accept": accept_of(kind)}
    return form


@dataclass(slots=True)
class Upload:
    """How it went: each file for itself, so that one bad photo costs no good one."""

    new: int = 0
    known: int = 0
    faults: list[str] = field(default_factory=list)
    is_busy: bool = False

    def words(self) -> Iterator[str]:
        """Give out what became of the files that were taken, in sentences."""
        if self.new:
            yield ngettext("%(num)s file is saved.", "%(num)s files are saved.", self.new)
        if self.known:
            yield ngettext(
                "%(num)s file was here already and is not kept twice.",
                "%(num)s files were here already and are not kept twice.",
                self.known,
            )

    def answer(self, page: str) -> Page:
        """Return the page that names the files that were not taken."""
        return (page, 503, SOON) if self.is_busy else (page, 422, {})


def keep_all(
    sent: list[FileStorage], kind: Kind, keep: Callable[[Prepared], bool], fallback: str
) -> Upload:
    """Check each file and let `keep` keep it, which says whether it is new.

    `fallback` is the title of a file whose name holds none. One transaction for each file: the
    lock is held for one at a time, and who sends them all again doubles nothing.
    """
    done = Upload()
    for one in sent:
        name = one.filename or fallback
        try:
            file = prepare(cast(BinaryIO, one.stream), name, kind)
            is_new = keep(file if file.title else file._replace(title=fallback))
        except FileRefused as refusal:
            done.faults.append(_named(name, refusal_words(refusal.code, kind)))
        except TooMany:
            most = LIMITS[kind].most
            words = ngettext(
                "there can be only %(num)s here. Remove one first.",
                "there can be only %(num)s here. Remove one first.",
                most,
            )
            done.faults.append(_named(name, words))
        except Busy as busy:
            current_app.logger.warning("database busy, file not kept: %s", busy)
            done.is_busy = True
            words = _("not saved, there was too much to do at once. Choose it again in a moment.")
            done.faults.append(_named(name, words))
        else:
            done.new += is_new
            done.known += not is_new
    return done


def _named(name: str, words: str) -> str:
    return _("%(name)s: %(words)s", name=line(name)[-80:], words=words)
