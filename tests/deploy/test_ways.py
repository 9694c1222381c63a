"""The ways to run it that no test can go to the end: their parts fit together."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
README = (DEPLOY / "README.md").read_text()


@pytest.mark.parametrize("name", ["container", "try-on-fresh-debian", "koostoo-receive"])
def test_a_script_can_be_read_by_its_shell_and_run(name: str) -> None:
    script = DEPLOY / name
    shell = script.read_text().partition("\n")[0].removeprefix("#!").split()[-1].rpartition("/")[2]
    subprocess.run([shell, "-n", script], check=True)
    assert script.stat().st_mode & 0o111


def test_what_is_tried_on_a_fresh_debian_is_what_people_read() -> None:
    script = (DEPLOY / "try-on-fresh-debian").read_text()
    [function] = re.findall(r"(?ms)^commands\(\) \{.*?^\}", script)
    done = subprocess.run(
        ["bash", "-c", f"here={ROOT}; {function}\ncommands 1 8"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for command in (
        "apt install",
        "git clone <address of this repository>",
        "pip install --require-hashes",
        "editor /etc/koostoo/koostoo.env",
        "koostoo() {",
        "koostoo db upgrade",
        "systemctl enable --now koostoo-web.socket",
        "nginx -t && systemctl reload nginx",
    ):
        assert command in done.stdout, command
    subprocess.run(["bash", "-n"], input=done.stdout.replace("<", ""), text=True, check=True)


def test_the_image_is_built_from_pinned_libraries_and_runs_as_nobody_in_particular() -> None:
    image = (ROOT / "Containerfile").read_text()
    assert "--require-hashes -r requirements.txt" in image
    assert re.findall(r"(?m)^USER (.+)$", image)[-1] == "koostoo"
    assert "HEALTHCHECK" in image
    for command in re.findall(r'(?:ENTRYPOINT|CMD) \["(deploy/[^"]+)"', image):
        assert (ROOT / command).is_file()


def test_wherever_the_web_must_rest_its_socket_rests_too() -> None:
    stops = re.findall(r"(?m)^ +systemctl stop (.*koostoo-web.*)$", README)
    assert len(stops) >= 2
    assert all("koostoo-web.socket" in stop for stop in stops)


def test_postfix_asks_only_the_service_again_and_never_sends_a_letter_back() -> None:
    """Of two places in one alias both are tried again; the mailbox would get a copy each time."""
    [places] = re.findall(r"(?m)^    koostoo@example\.ee +(.+)$", README)
    assert places.split(", ") == ["koostoo-mailbox@localhost", "koostoo-service@localhost"]
    [service] = re.findall(r"(?m)^    koostoo-service: (.+)$", README)
    assert re.fullmatch(r'"\|[^"]+/koostoo-receive \|\| exit 75"', service)
