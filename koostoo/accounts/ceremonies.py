"""Passkeys as WebAuthn Level 2 defines them: what a device is asked, and whether its answer holds.

Texts in, values out; the library webauthn does the cryptography. The device must verify its user
(fingerprint, face, PIN), so that a passkey alone is both factors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

SERVICE = "Koostöö"
TIMEOUT = 3 * 60 * 1000
"""Milliseconds a browser waits for its user."""
LONGEST = 20_000
"""Signs of an answer; real ones have some hundreds, with attestation some thousands."""
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What the library, and the parsers under it, raise for answers that are none."""


@dataclass(frozen=True, slots=True)
class Site:
    """For whom passkeys are made (`rp_id`, a host) and on which origin they are used."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Added:
    """What a device answered with a new key: binary values as base64url."""

    credential_id: str
    public_key: str
    sign_count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device claims in an answer, nothing of it verified yet."""

    credential_id: str
    challenge: str
    handle: str


def site_of(base_url: str) -> Site | None:
    """Return the site passkeys belong to; None where browsers make none.

    They need a name instead of a number, and https unless it is this very machine.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return None
    if parts.scheme != "https" and host != "localhost":
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def ask_for_new(site: Site, challenge: str, handle: str, account: str, known: Iterable[str]) -> str:
    """Return the options with which a browser makes a new passkey, as JSON.

    `handle` is the account's number for devices; `known` are the keys it has already.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=SERVICE,
        user_id=base64url_to_bytes(handle),
        user_name=account,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
    )
    return options_to_json(options)


def ask_to_sign(site: Site, challenge: str, known: Iterable[str] = ()) -> str:
    """Return the options with which a browser proves who it is, as JSON.

    `known` are the keys that may do so; without any, the device offers what it has for the site.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def challenge_of_new(text: str) -> str | None:
    """Return the challenge a new passkey answers, None where the text is no such answer."""
    if len(text) > LONGEST:
        return None
    try:
        credential = parse_registration_credential_json(text)
        client = parse_client_data_json(credential.response.client_data_json)
        return bytes_to_base64url(client.challenge)
    except _BROKEN:
        return None


def check_new(site: Site, challenge: str, text: str) -> Added | None:
    """Return the new passkey, None where anything about it is not as it was asked."""
    try:
        found = webauthn.verify_registration_response(
            credential=text,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _BROKEN:
        return None
    return Added(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
    )


def read_answer(text: str) -> Answer | None:
    """Return what a device claims, None where the text is no answer of one."""
    if len(text) > LONGEST:
        return None
    try:
        credential = parse_authentication_credential_json(text)
        client = parse_client_data_json(credential.response.client_data_json)
        handle = bytes_to_base64url(credential.response.user_handle or b"")
        return Answer(credential.id, bytes_to_base64url(client.challenge), handle)
    except _BROKEN:
        return None


def check_answer(site: Site, challenge: str, text: str, public_key: str) -> int | None:
    """Return the device's counter, None where the answer is not signed with this key for us.

    Whether the counter grew is for the caller to say.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=text,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _BROKEN:
        return None
    return found.new_sign_count
