"""Which kind of browser on which system a User-Agent names: enough to know one's own again.

Kept is the kind alone, such as "firefox/windows": the whole text would tell devices apart.
"""

_BROWSERS = (
    ("edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("opera", ("OPR/", "Opera")),
    ("samsung", ("SamsungBrowser/",)),
    ("vivaldi", ("Vivaldi/",)),
    ("firefox", ("Firefox/", "FxiOS/")),
    ("chrome", ("Chrome/", "Chromium/", "CriOS/")),
    ("safari", ("Safari/",)),
)
"""The first whose mark is found: most browsers also name those they descend from."""
_SYSTEMS = (
    ("android", ("Android",)),
    ("ios", ("iPhone", "iPad", "iPod")),
    ("windows", ("Windows",)),
    ("chromeos", ("CrOS",)),
    ("macos", ("Macintosh", "Mac OS X")),
    ("linux", ("Linux", "X11")),
)
NAMES = {
    "edge": "Edge",
    "opera": "Opera",
    "samsung": "Samsung Internet",
    "vivaldi": "Vivaldi",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "android": "Android",
    "ios": "iOS",
    "windows": "Windows",
    "chromeos": "ChromeOS",
    "macos": "macOS",
    "linux": "Linux",
}
"""What browsers and systems are called, in every language."""


def kind_of(user_agent: str) -> str:
    """Return browser and system as "firefox/windows"; what is not known is left out."""
    return f"{_first(_BROWSERS, user_agent)}/{_first(_SYSTEMS, user_agent)}"


def name_of(kind: str) -> str:
    """Return what a kind is called: "Firefox, Windows"; empty where neither is known."""
    return ", ".join(NAMES[part] for part in kind.split("/") if part in NAMES)


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], text: str) -> str:
    return next((name for name, marks in known if any(mark in text for mark in marks)), "")
