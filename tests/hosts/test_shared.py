"""What was begun on one host goes on at the other: sessions, limits, uploads, long work."""

import socket
from collections.abc import Mapping
from http.client import HTTPConnection
from io import BytesIO
from zipfile import ZipFile

import pytest

from benchmarks import visits
from benchmarks.desk import invite, sign_in
from benchmarks.load import Answer, Browser
from benchmarks.rush import FORM
from tests.files.made import picture
from tests.hosts.conftest import Scene
from tests.hosts.servers import NAME, PORT, Machine, wait_until
from tests.hosts.stage import ask
from tests.registration.visitors import address, form_of
from tests.web.desk_pages import read_form

pytestmark = pytest.mark.hosts

HELD = "/desk/events/liikmete-oppereis-2024"
"""An event of the shipped project that is over."""
LETTERS_AN_HOUR = 3


class Direct(HTTPConnection):
    """A connection to one host past the front, under the name of the service."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(NAME, PORT, timeout=30)
        self._address = machine.address

    def connect(self) -> None:
        """Lead to this host without asking for the name."""
        self.sock = socket.create_connection((self._address, PORT), 10)

    def send_file(
        self, path: str, fields: Mapping[str, str], file: tuple[str, str, bytes], cookie: str
    ) -> int:
        """Send a form with a file as browsers do; return the status."""
        field, name, content = file
        parts = [f'name="{one}"\r\n\r\n{value}'.encode() for one, value in fields.items()]
        parts.append(f'name="{field}"; filename="{name}"\r\n\r\n'.encode() + content)
        body = b"".join(
            b"--limit\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts
        )
        headers = {"Content-Type": "multipart/form-data; boundary=limit", "Cookie": cookie}
        self.request("POST", path, body + b"--limit--\r\n", headers)
        answer = self.getresponse()
        answer.read()
        return answer.status


def test_what_is_begun_on_one_host_goes_on_at_the_other(scene: Scene) -> None:
    for machine in (scene.a, scene.b):
        machine.start_web()
    scene.b.start_worker()
    cookies = dict[str, str]()
    a, b = (Browser(Direct(machine), cookies) for machine in (scene.a, scene.b))
    try:
        sign_in(a, invite(scene.env))
        assert "bench@example.org" in visits.expect(b.get("/desk/"), 200).text
        photo = upload(scene, a, cookies)
        assert [visits.expect(one.get(photo), 200).body for one in (a, b)] == [
            visits.expect(a.get(photo), 200).body
        ] * 2
        packed = package(a, b)
        assert packed[0] == packed[1]
        assert any("saal" in name for name in ZipFile(BytesIO(packed[0])).namelist())
        check_limit(scene, a, b)
        page = visits.expect(b.get("/desk/"), 200).text
        token = visits.field_value(page, "csrf_token")
        visits.expect(b.post("/desk/signin/out", {"csrf_token": token}), 303)
        visits.expect(a.get("/desk/"), 303)
    finally:
        a.close()
        b.close()


def upload(scene: Scene, browser: Browser, cookies: Mapping[str, str]) -> str:
    """Upload a photo on A; return its address."""
    form = read_form(visits.expect(browser.get(f"{HELD}/files"), 200).text)
    connection = Direct(scene.a)
    crumbs = "; ".join(f"{name}={value}" for name, value in cookies.items())
    fields = {"photo-csrf_token": form["photo-csrf_token"]}
    file = ("photo-files", "saal.jpg", picture())
    status = connection.send_file(f"{HELD}/files?kind=photo", fields, file, crumbs)
    connection.close()
    assert status == 303
    [(number,)] = ask(scene.url, "SELECT max(id) FROM stored_file WHERE kind = 'photo'")
    return f"{HELD}/files/{number}"


def package(a: Browser, b: Browser) -> list[bytes]:
    """Ask for the evidence on A, where no worker runs; return it as both give it out."""
    form = read_form(visits.expect(a.get(f"{HELD}/evidence"), 200).text)
    work = visits.expect(a.post(f"{HELD}/evidence", form), 303).location
    fetched = f"{work}/package.zip"
    wait_until(lambda: a.get(fetched).status == 200, "nobody makes the package")
    return [visits.expect(one.get(fetched), 200).body for one in (a, b)]


def check_limit(scene: Scene, a: Browser, b: Browser) -> None:
    """Ask for one's links on both hosts in turn: together they write no more than one would."""
    fields = form_of(visits.expect(a.get(FORM), 200).text, 1)
    assert "/my/" in visits.expect(b.post(FORM, fields), 303).location
    for one in (a, b) * LETTERS_AN_HOUR:
        page = visits.expect(one.get("/my/"), 200).text
        answer: Answer = one.post("/my/", read_form(page) | {"email": address(1)})
        assert answer.status in (200, 303)
    written = ask(scene.url, "SELECT count(*) FROM outbox_message WHERE kind = 'links'")
    assert written == [(LETTERS_AN_HOUR,)]
