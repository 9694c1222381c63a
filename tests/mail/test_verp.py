import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.mail.verp import bounce_address, message_id_in

PATTERN = "koostoo+{}@example.ee"


@given(st.from_regex(r"[A-Za-z0-9_-]{21}[AQgw]", fullmatch=True))
def test_the_address_a_letter_comes_back_to_tells_its_number(token: str) -> None:
    number = f"<{token}@koostoo.example.ee>"
    address = bounce_address(PATTERN, number)
    assert address is not None
    for spelled in (address, address.upper()):
        assert message_id_in(PATTERN, spelled, "koostoo.example.ee") == number
    assert len(address.partition("@")[0]) <= 64


def test_without_a_pattern_letters_come_back_to_the_sender() -> None:
    assert bounce_address("", f"<{'a' * 21}A@example.ee>") is None
    assert bounce_address(PATTERN, "<not-ours@example.ee>") is None


@pytest.mark.parametrize(
    "address",
    ["koostoo@example.ee", "koostoo+@example.ee", f"koostoo+{'a' * 25}@example.ee",
     f"koostoo+{'1' * 26}@example.ee", f"koostoo+{'a' * 26}@example.net", "", "koostoo+{}@x"],
)  # fmt: skip
def test_other_addresses_tell_nothing(address: str) -> None:
    assert message_id_in(PATTERN, address, "example.ee") is None
    assert message_id_in("", address, "example.ee") is None
