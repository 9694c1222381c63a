from datetime import timedelta

import pytest

from koostoo.base.sealing import seal, unseal

OLD, NEW = "an old key, long enough for this", "a new key, long enough for this"


def test_what_is_sealed_opens_with_the_key_and_for_its_purpose_only() -> None:
    sealed = seal([OLD], "totp", "secret")
    assert unseal([OLD], "totp", sealed) == "secret"
    assert unseal([NEW], "totp", sealed) is None
    assert unseal([OLD], "other", sealed) is None


def test_after_the_key_was_changed_what_was_sealed_before_still_opens() -> None:
    sealed = seal([OLD], "totp", "secret")
    assert unseal([NEW, OLD], "totp", sealed) == "secret"
    assert unseal([NEW], "totp", seal([NEW, OLD], "totp", "secret")) == "secret"


def test_nothing_of_the_text_can_be_read_and_twice_is_not_the_same() -> None:
    first, second = (seal([OLD], "totp", "JBSWY3DPEHPK3PXP") for _one in "ab")
    assert first != second
    assert "JBSWY3DPEHPK3PXP" not in first


@pytest.mark.parametrize("broken", ["", "x", "õ", "gAAAAA", "\x00", "a" * 5000])
def test_what_was_never_sealed_opens_nothing(broken: str) -> None:
    assert unseal([OLD], "totp", broken) is None


def test_a_changed_sign_breaks_the_seal() -> None:
    sealed = seal([OLD], "totp", "secret")
    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        assert unseal([OLD], "totp", sealed[:place] + other + sealed[place + 1 :]) is None


def test_what_was_sealed_too_long_ago_does_not_open() -> None:
    sealed = seal([OLD], "totp", "secret")
    assert unseal([OLD], "totp", sealed, timedelta(minutes=30)) == "secret"
    assert unseal([OLD], "totp", sealed, timedelta(seconds=-1)) is None
