"""Sealed documents open for exactly what they were sealed for, and for nothing else."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from service.adapters.sealing import LONGEST_DOCUMENT, TokenSealer
from service.config import TokenKey
from service.domain.sealed import (
    AttemptBinding,
    Binding,
    CompletionBinding,
    SealedDocumentError,
    TokenBinding,
    UnknownKeyError,
    Use,
)
from service.errors import ServiceUnavailable

OLD, NEW = TokenKey("2026-05", b"o" * 32), TokenKey("2026-11", b"n" * 32)
TOKEN = TokenBinding(connection_id=uuid4(), user_id=uuid4(), token_version=7)
ATTEMPT = AttemptBinding(attempt_id=uuid4(), user_id=uuid4())
COMPLETION = CompletionBinding(state_hash=bytes(range(32)))
PAYLOAD = {"access_token": "ya29.marker", "client_id": "123"}
BINDINGS: list[tuple[Use, Binding]] = [
    (Use.ACCESS, TOKEN),
    (Use.REFRESH, TOKEN),
    (Use.ATTEMPT, ATTEMPT),
    (Use.COMPLETION, COMPLETION),
]


@pytest.fixture
def sealer() -> TokenSealer:
    return TokenSealer([NEW, OLD])


def header_of(document: str) -> dict[str, str]:
    segment = document.split(".", maxsplit=1)[0]
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def with_header(document: str, **changes: str | None) -> str:
    header = {name: value for name, value in (header_of(document) | changes).items() if value is not None}
    segment = base64.urlsafe_b64encode(json.dumps(header, separators=(",", ":")).encode()).decode().rstrip("=")
    return ".".join([segment, *document.split(".")[1:]])


@pytest.mark.parametrize(("use", "binding"), BINDINGS)
def test_document_opens_if_use_and_binding_are_the_same(sealer: TokenSealer, use: Use, binding: Binding):
    document = sealer.seal(use, binding, PAYLOAD)
    assert sealer.open(use, binding, document) == PAYLOAD
    assert header_of(document) == {"alg": "dir", "enc": "A256GCM", "kid": "2026-11", "typ": f"cxtrack-google-{use}+jwe"}
    assert sealer.kid_of(document) == "2026-11"
    assert "marker" not in document


def test_documents_differ_if_the_same_payload_is_sealed_twice(sealer: TokenSealer):
    assert sealer.seal(Use.ACCESS, TOKEN, PAYLOAD) != sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)


def test_first_key_seals_and_every_key_opens_if_there_are_several(sealer: TokenSealer):
    # A key set handed to joserfc without a name would seal under a random one of its keys.
    for _ in range(20):
        assert sealer.kid_of(sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)) == "2026-11"
    old_document = TokenSealer([OLD]).seal(Use.ACCESS, TOKEN, PAYLOAD)
    assert sealer.open(Use.ACCESS, TOKEN, old_document) == PAYLOAD


@pytest.mark.parametrize(
    ("use", "binding", "other_use", "other_binding"),
    [
        (Use.ACCESS, TOKEN, Use.ACCESS, replace(TOKEN, user_id=uuid4())),
        (Use.ACCESS, TOKEN, Use.ACCESS, replace(TOKEN, connection_id=uuid4())),
        (Use.ACCESS, TOKEN, Use.ACCESS, replace(TOKEN, token_version=8)),
        (Use.ACCESS, TOKEN, Use.ACCESS, replace(TOKEN, user_id=TOKEN.connection_id, connection_id=TOKEN.user_id)),
        (Use.ACCESS, TOKEN, Use.REFRESH, TOKEN),
        (Use.REFRESH, TOKEN, Use.ACCESS, TOKEN),
        (Use.ATTEMPT, ATTEMPT, Use.ATTEMPT, replace(ATTEMPT, user_id=uuid4())),
        (Use.ATTEMPT, ATTEMPT, Use.ATTEMPT, replace(ATTEMPT, attempt_id=uuid4())),
        (Use.COMPLETION, COMPLETION, Use.COMPLETION, CompletionBinding(state_hash=bytes(32))),
    ],
)
def test_document_stays_shut_if_it_was_sealed_for(
    sealer: TokenSealer, use: Use, binding: Binding, other_use: Use, other_binding: Binding
):
    document = sealer.seal(use, binding, PAYLOAD)
    with pytest.raises(SealedDocumentError):
        sealer.open(other_use, other_binding, document)
    # The key itself differs: a header rewritten to fit does not help.
    with pytest.raises(SealedDocumentError):
        sealer.open(other_use, other_binding, with_header(document, typ=other_use.typ))
    assert sealer.open(use, binding, document) == PAYLOAD


def test_document_stays_shut_if_the_key_of_that_name_is_another(sealer: TokenSealer):
    document = sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)
    with pytest.raises(SealedDocumentError):
        TokenSealer([TokenKey("2026-11", b"x" * 32)]).open(Use.ACCESS, TOKEN, document)


def test_document_stays_shut_if_it_is_said_to_be_of_another_key_of_ours(sealer: TokenSealer):
    document = sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)
    with pytest.raises(SealedDocumentError):
        sealer.open(Use.ACCESS, TOKEN, with_header(document, kid="2026-05"))


def test_unknown_key_is_named_if_the_document_is_of_a_key_that_is_missing(sealer: TokenSealer):
    document = sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)
    with pytest.raises(UnknownKeyError) as refused:
        TokenSealer([OLD]).open(Use.ACCESS, TOKEN, document)
    assert refused.value.kid == "2026-11"
    # A missing key is our fault and passes: 503, and nobody deletes anything for it.
    assert isinstance(refused.value, ServiceUnavailable)
    assert not isinstance(refused.value, SealedDocumentError)


def spare_bit(document: str) -> str:
    # 16 bytes are 22 characters of base64 with four spare bits: another last character, the same tag.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return document[:-1] + alphabet[alphabet.index(document[-1]) + 1]


def swapped(segment: int) -> Callable[[str], str]:
    def alter(document: str) -> str:
        parts = document.split(".")
        parts[segment] = ("B" if parts[segment][0] == "A" else "A") + parts[segment][1:]
        return ".".join(parts)

    return alter


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(swapped(0), id="header"),
        pytest.param(swapped(2), id="nonce"),
        pytest.param(swapped(3), id="ciphertext"),
        pytest.param(swapped(4), id="tag"),
        pytest.param(lambda document: document[:-1], id="shorter tag"),
        pytest.param(lambda document: document + "A", id="longer tag"),
        pytest.param(spare_bit, id="spare bit of the tag"),
        pytest.param(lambda document: document.replace("..", ".AAAA.", 1), id="encrypted key"),
        pytest.param(lambda document: with_header(document, alg="A256KW"), id="alg"),
        pytest.param(lambda document: with_header(document, enc="A128GCM"), id="enc"),
        pytest.param(lambda document: with_header(document, typ="JWT"), id="typ"),
        pytest.param(lambda document: with_header(document, typ=None), id="no typ"),
        pytest.param(lambda document: with_header(document, kid=None), id="no kid"),
        pytest.param(lambda document: with_header(document, zip="DEF"), id="compression"),
        pytest.param(lambda document: with_header(document, jku="https://evil.example"), id="another field"),
        pytest.param(lambda document: document + "\n", id="line end"),
        pytest.param(lambda document: " " + document, id="space"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "....", id="dots"),
        pytest.param(lambda _: "A" * (LONGEST_DOCUMENT + 1), id="too long"),
    ],
)
def test_document_stays_shut_if_it_is_altered_in_its(sealer: TokenSealer, alter: Callable[[str], str]):
    document = sealer.seal(Use.ACCESS, TOKEN, PAYLOAD)
    altered = alter(document)
    assert altered != document
    with pytest.raises(SealedDocumentError) as refused:
        sealer.open(Use.ACCESS, TOKEN, altered)
    shown = f"{refused.value} {refused.value!r} {refused.value.args}"
    assert document[-30:] not in shown
    assert "marker" not in shown


def test_document_stays_shut_if_somebody_sealed_it_with_the_key_itself(sealer: TokenSealer):
    header = {"alg": "dir", "enc": "A256GCM", "kid": NEW.kid, "typ": Use.ACCESS.typ}
    document = jwe.encrypt_compact(header, json.dumps(PAYLOAD), OctKey.import_key(NEW.secret))
    with pytest.raises(SealedDocumentError):
        sealer.open(Use.ACCESS, TOKEN, document)


@pytest.mark.parametrize(
    ("use", "binding"),
    [(use, binding) for use in Use for _, binding in BINDINGS if (use, binding) not in BINDINGS]
    + [(Use.COMPLETION, CompletionBinding(state_hash=b"short"))],
)
def test_sealing_is_refused_if_the_binding_is_not_of_that_use(sealer: TokenSealer, use: Use, binding: Binding):
    with pytest.raises(TypeError):
        sealer.seal(use, binding, PAYLOAD)


def test_sealing_is_refused_if_the_payload_is_too_long(sealer: TokenSealer):
    with pytest.raises(ValueError, match="too long"):
        sealer.seal(Use.ACCESS, TOKEN, {"access_token": "x" * LONGEST_DOCUMENT})


def test_no_key_is_shown_if_a_key_is_printed():
    assert repr(NEW) == "TokenKey(kid='2026-11')"


ids = st.uuids()
token_bindings = st.builds(TokenBinding, ids, ids, st.integers(0, 2**63 - 1))


@given(
    payload=st.dictionaries(st.text(max_size=40), st.text(st.characters(exclude_categories=["Cs"]), max_size=200)),
    use=st.sampled_from([Use.ACCESS, Use.REFRESH]),
    binding=token_bindings,
)
def test_every_payload_comes_back_if_it_was_sealed(payload: dict[str, str], use: Use, binding: TokenBinding):
    sealer = TokenSealer([NEW, OLD])
    assert sealer.open(use, binding, sealer.seal(use, binding, payload)) == payload


token_uses = st.sampled_from([Use.ACCESS, Use.REFRESH])


@given(one=st.tuples(token_uses, token_bindings), other=st.tuples(token_uses, token_bindings))
def test_key_derivation_differs_if_use_or_binding_differ(
    one: tuple[Use, TokenBinding], other: tuple[Use, TokenBinding]
):
    assert (one[1].info(one[0]) == other[1].info(other[0])) is (one == other)


@given(document=st.text(max_size=300))
def test_anything_is_refused_if_it_is_no_document(document: str):
    with pytest.raises(SealedDocumentError):
        TokenSealer([NEW]).open(Use.ATTEMPT, AttemptBinding(UUID(int=0), UUID(int=0)), document)
