"""A token issuer as others see it: a real HTTP server with a JWKS, and tokens that it signs."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

KeyPair = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def ec_pair() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(kid: str, pair: KeyPair) -> dict[str, Any]:
    public = (
        RSAAlgorithm.to_jwk(pair.public_key(), as_dict=True)
        if isinstance(pair, rsa.RSAPrivateKey)
        else ECAlgorithm.to_jwk(pair.public_key(), as_dict=True)
    )
    return {**public, "kid": kid, "use": "sig"}


class KeyServer:
    """Serves `keys` and counts how often it is asked; `body` and `status` can be spoiled."""

    def __init__(self) -> None:
        self.pairs: dict[str, KeyPair] = {"first": ec_pair()}
        self.fetches = 0
        self.status = 200
        self.body: bytes | None = None
        self.content_type = "application/json"
        self.delay = threading.Event()
        self.delay.set()
        self.url = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.fetches += 1
        self.delay.wait(5)
        keys = {"keys": [public_jwk(kid, pair) for kid, pair in self.pairs.items()]}
        body = json.dumps(keys).encode() if self.body is None else self.body
        Request(environ)
        return Response(body, self.status, content_type=self.content_type)(environ, start_response)

    @property
    def issuer(self) -> str:
        return f"{self.url}/auth/v1"

    def claims(self, **changes: object) -> dict[str, Any]:
        """Claims of a signed-in user; None leaves one out."""
        now = int(time.time())
        whole = {
            "iss": self.issuer, "aud": "authenticated", "role": "authenticated", "sub": str(uuid4()), "aal": "aal1",
            "session_id": str(uuid4()), "iat": now, "exp": now + 3600, "is_anonymous": False,
        } | changes  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}

    def sign(self, claims: Mapping[str, Any], *, kid: str = "first", pair: KeyPair | None = None) -> str:
        key = pair or self.pairs[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(dict(claims), key, algorithm=algorithm, headers={"kid": kid})

    def token(self, **changes: object) -> str:
        return self.sign(self.claims(**changes))


@contextmanager
def running_key_server() -> Iterator[KeyServer]:
    """Run the server on a free port until the block ends."""
    keys = KeyServer()
    server = make_server("127.0.0.1", 0, keys, threaded=True)
    keys.url = f"http://127.0.0.1:{server.server_port}"
    # The default interval would make every test wait half a second for its end.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield keys
    finally:
        keys.delay.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
