"""Access tokens: what is let in and what never."""

import base64
import json
from collections.abc import Callable
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.adapters import supabase_jwt
from service.adapters.supabase_jwt import SupabaseJWTVerifier
from service.domain.principal import Principal
from service.errors import Unauthenticated
from tests.service.clock import Clock
from tests.service.key_server import KeyServer, ec_pair, public_jwk


def refusal(verifier: SupabaseJWTVerifier, token: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(token)
    assert str(refused.value) == str(Unauthenticated())
    assert token[:20] not in repr(refused.value) or not token
    return refused.value.reason


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def test_principal_is_given_if_everything_is_right(verifier: SupabaseJWTVerifier, issuer: KeyServer):
    claims = issuer.claims(aal="aal2")
    assert verifier.verify(issuer.sign(claims)) == Principal(
        UUID(claims["sub"]), UUID(claims["session_id"]), "aal2", claims["exp"]
    )


def test_principal_is_given_if_the_issuer_signs_with_rsa_and_names_no_algorithm(
    verifier: SupabaseJWTVerifier, issuer: KeyServer
):
    issuer.pairs["rsa"] = rsa.generate_private_key(65537, 2048)
    assert "alg" not in public_jwk("rsa", issuer.pairs["rsa"])
    assert verifier.verify(issuer.sign(issuer.claims(), kid="rsa")).aal == "aal1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.supabase.co/auth/v1"}, "InvalidIssuerError"),
        ({"iss": None}, "MissingRequiredClaimError"),
        ({"aud": "anon"}, "InvalidAudienceError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"exp": "soon"}, "exp"),
        ({"nbf": 9_999_999_999}, "ImmatureSignatureError"),
        ({"role": "anon"}, "role"),
        ({"role": "service_role"}, "role"),
        ({"role": None}, "MissingRequiredClaimError"),
        ({"is_anonymous": True}, "anonymous"),
        ({"is_anonymous": "false"}, "anonymous"),
        ({"client_id": "3f0f7b0e-9b7e-4f7e-8a53-2b8f0a3c1d11"}, "client_id"),
        ({"client_id": ""}, "client_id"),
        ({"session_id": None}, "MissingRequiredClaimError"),
        ({"session_id": "1"}, "session_id"),
        ({"session_id": 7}, "session_id"),
        ({"sub": None}, "MissingRequiredClaimError"),
        ({"sub": "ada"}, "sub"),
        ({"sub": "urn:uuid:3f0f7b0e-9b7e-4f7e-8a53-2b8f0a3c1d11"}, "sub"),
        ({"sub": "3F0F7B0E-9B7E-4F7E-8A53-2B8F0A3C1D11"}, "sub"),
        ({"aal": "aal9"}, "aal"),
        ({"aal": ["aal2"]}, "aal"),
    ],
)
def test_token_is_refused_if_a_claim_is_wrong(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, changes: dict[str, object], reason: str
):
    assert refusal(verifier, issuer.token(**changes)) == reason
    verifier.verify(issuer.token())


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "x" * 10_000, "eyJhbGciOiJFUzI1NiJ9..", "\n"]
)
def test_token_is_refused_if_it_is_no_jwt(verifier: SupabaseJWTVerifier, token: str):
    refusal(verifier, token)


def unsigned(issuer: KeyServer) -> str:
    return f"{encoded({'alg': 'none', 'kid': 'first'})}.{encoded(issuer.claims())}."


def signed_with_the_public_key_as_secret(issuer: KeyServer) -> str:
    public = issuer.pairs["first"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hs256(issuer, public)


def signed_with_the_public_jwk_as_secret(issuer: KeyServer) -> str:
    return hs256(issuer, json.dumps(public_jwk("first", issuer.pairs["first"])).encode())


def hs256(issuer: KeyServer, secret: bytes) -> str:
    # By hand: PyJWT refuses to sign with a public key.
    signing_input = f"{encoded({'alg': 'HS256', 'kid': 'first', 'typ': 'JWT'})}.{encoded(issuer.claims())}"
    hasher = jwt.get_algorithm_by_name("HS256")
    signature = base64.urlsafe_b64encode(hasher.sign(signing_input.encode(), secret)).decode().rstrip("=")
    return f"{signing_input}.{signature}"


def signed_by_somebody_else(issuer: KeyServer) -> str:
    return issuer.sign(issuer.claims(), pair=ec_pair())


def with_other_claims_under_the_signature(issuer: KeyServer) -> str:
    header, _, signature = issuer.token().split(".")
    return f"{header}.{encoded(issuer.claims())}.{signature}"


def without_a_key_name(issuer: KeyServer) -> str:
    return jwt.encode(issuer.claims(), issuer.pairs["first"], algorithm="ES256")


def with_a_key_of_its_own(issuer: KeyServer) -> str:
    pair = ec_pair()
    return jwt.encode(
        issuer.claims(), pair, algorithm="ES256", headers={"kid": "own", "jwk": public_jwk("own", pair)}
    )  # fmt: skip


def with_an_extension_nobody_knows(issuer: KeyServer) -> str:
    headers = {"kid": "first", "crit": ["exp"], "exp": 1}
    return jwt.encode(issuer.claims(), issuer.pairs["first"], algorithm="ES256", headers=headers)


@pytest.mark.parametrize(
    "forge",
    [
        unsigned, signed_with_the_public_key_as_secret, signed_with_the_public_jwk_as_secret, signed_by_somebody_else,
        with_other_claims_under_the_signature, without_a_key_name, with_a_key_of_its_own,
        with_an_extension_nobody_knows,
    ],
)  # fmt: skip
def test_token_is_refused_if_it_is_forged(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, forge: Callable[[KeyServer], str]
):
    verifier.verify(issuer.token())
    refusal(verifier, forge(issuer))


def test_token_is_refused_if_its_key_is_symmetric_in_the_set(verifier: SupabaseJWTVerifier, issuer: KeyServer):
    secret = b"s" * 32
    octet = {"kty": "oct", "kid": "first", "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")}
    issuer.body = json.dumps({"keys": [octet, public_jwk("other", issuer.pairs["first"])]}).encode()
    refusal(verifier, hs256(issuer, secret))


def test_remembered_token_is_refused_if_it_has_expired(verifier: SupabaseJWTVerifier, issuer: KeyServer, clock: Clock):
    token = issuer.token()
    principal = verifier.verify(token)
    clock.now = principal.expires_at - 1
    assert verifier.verify(token) is principal
    clock.now = principal.expires_at
    assert refusal(verifier, token) == "expired"


def test_remembered_token_is_refused_if_its_key_was_withdrawn(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, clock: Clock
):
    token = issuer.token()
    verifier.verify(token)
    issuer.pairs = {"second": ec_pair()}
    clock.now += 601
    assert refusal(verifier, token) == "UnknownSigningKey"


def test_oldest_token_is_forgotten_if_too_many_are_remembered(
    verifier: SupabaseJWTVerifier, issuer: KeyServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supabase_jwt, "_MOST_VERIFIED", 3)
    tokens = [issuer.token() for _ in range(5)]
    principals = [verifier.verify(token) for token in tokens]
    assert len(verifier._verified) == 3
    assert verifier.verify(tokens[4]) is principals[4]
    assert verifier.verify(tokens[0]) is not principals[0]
    assert all(tokens[0].encode() not in digest for digest in verifier._verified)
