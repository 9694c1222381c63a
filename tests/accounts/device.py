"""A device with passkeys, in software: answers what browsers ask (WebAuthn Level 2)."""

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40
ORIGIN = "http://localhost"


@dataclass
class Key:
    """One passkey in the device."""

    private: ec.EllipticCurvePrivateKey
    number: bytes
    rp_id: str
    handle: str


@dataclass
class Device:
    """Holds passkeys; each answer may differ from the right one in what a test names."""

    count: int = 0
    """What its counter says next; 0: it does not count."""
    keys: list[Key] = field(default_factory=list)

    def make(self, asked: str, origin: str = ORIGIN, flags: int = PRESENT | VERIFIED) -> str:
        """Make a passkey; return the answer a browser would give, as JSON."""
        options = json.loads(asked)
        private = ec.generate_private_key(ec.SECP256R1())
        key = Key(private, token_bytes(16), options["rp"]["id"], options["user"]["id"])
        self.keys.append(key)
        point = private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        data = (
            self._data(key.rp_id, flags | HAS_KEY)
            + bytes(16)
            + struct.pack(">H", len(key.number))
            + key.number
            + cbor2.dumps(public)
        )
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = _client("webauthn.create", options["challenge"], origin)
        return _answer(key, {"clientDataJSON": client, "attestationObject": attested})

    def sign(
        self,
        asked: str,
        origin: str = ORIGIN,
        flags: int = PRESENT | VERIFIED,
        handle: str | None = None,
    ) -> str:
        """Prove with the newest passkey who it is; return the answer, as JSON."""
        options, key = json.loads(asked), self.keys[-1]
        data = self._data(options["rpId"], flags)
        client = _client("webauthn.get", options["challenge"], origin)
        signature = key.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return _answer(
            key,
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": base64url_to_bytes(key.handle if handle is None else handle),
            },
        )

    def _data(self, rp_id: str, flags: int) -> bytes:
        data = sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)
        self.count += bool(self.count)
        return data


def _client(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()


def _answer(key: Key, response: dict[str, bytes]) -> str:
    number = bytes_to_base64url(key.number)
    coded: dict[str, Any] = {
        "id": number,
        "rawId": number,
        "type": "public-key",
        "response": {name: bytes_to_base64url(value) for name, value in response.items()},
    }
    return json.dumps(coded)
