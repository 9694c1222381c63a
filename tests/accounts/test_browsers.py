import pytest

from koostoo.accounts.browsers import kind_of, name_of

MOZILLA = "Mozilla/5.0 "
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "firefox/windows"),
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64) {KHTML}Chrome/140.0 Safari/537.36 Edg/140.0",
         "edge/windows"),
        (f"{MOZILLA}(X11; Linux x86_64) {KHTML}Chrome/140.0 Safari/537.36", "chrome/linux"),
        (f"{MOZILLA}(Linux; Android 10; K) {KHTML}Chrome/140.0 Mobile Safari/537.36",
         "chrome/android"),
        ((f"{MOZILLA}(Linux; Android 10; K) {KHTML}SamsungBrowser/28.0 Chrome/130.0 Mobile "
         "Safari/537.36"), "samsung/android"),
        ((f"{MOZILLA}(iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"), "safari/ios"),
        ((f"{MOZILLA}(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.6 Safari/605.1.15"), "safari/macos"),
        ("curl/8.5", "/"),
        ("", "/"),
    ],
)  # fmt: skip
def test_a_browser_is_known_by_its_kind_and_system(user_agent: str, kind: str) -> None:
    assert kind_of(user_agent) == kind
    assert len(kind) <= 24


def test_kinds_have_names_people_know() -> None:
    assert name_of("samsung/android") == "Samsung Internet, Android"
    assert name_of("firefox/") == "Firefox"
    assert name_of("/") == name_of("") == ""
