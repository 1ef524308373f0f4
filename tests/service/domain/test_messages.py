"""A mail as it goes out: every character arrives, nothing of one field gets into another."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.google_values import ReplyHeaders
from service.domain.message_ids import message_ids
from service.domain.messages import Attachment, Message, Recipient

_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=400)


def message(**changes: Any) -> Message:
    plain: dict[str, Any] = {
        "to": (Recipient("grace@example.com"),), "cc": (), "bcc": (), "subject": "Tuesday", "text": "At ten?",
        "html": None,
    }  # fmt: skip
    return Message(**plain | changes)


def read(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def structure(part: EmailMessage) -> Any:
    inner = [structure(cast(EmailMessage, each)) for each in part.iter_parts()]
    return [part.get_content_type(), *inner] if inner else part.get_content_type()


@settings(deadline=None)
@given(subject=_LINE, text=_TEXT, html=_TEXT, name=_LINE, filename=_LINE.filter(str.strip))
def test_every_character_arrives(subject: str, text: str, html: str, name: str, filename: str):
    sent = message(
        subject=subject, text=text, html=html, cc=(Recipient("ada@example.com", name.strip() or None),),
        attachments=(Attachment(filename.strip(), "application/pdf", b"\x00\xffpdf"),),
    )  # fmt: skip
    raw = sent.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    got = read(raw)
    assert str(got["Subject"]).split() == subject.split()
    assert lines(got.get_body(("plain",)).get_content()) == lines(text)  # type: ignore[union-attr]
    assert lines(got.get_body(("html",)).get_content()) == lines(html)  # type: ignore[union-attr]
    (attached,) = got.iter_attachments()
    assert attached.get_content() == b"\x00\xffpdf"
    assert [each.addr_spec for each in got["Cc"].addresses] == ["ada@example.com"]
    assert set(got.keys()) == {"To", "Cc", "Subject", "MIME-Version", "Content-Type"}


@pytest.mark.parametrize(
    "name", ['Größe, "Hopper"', "尺寸 寸" * 20, "Grace <eve@example.com>", "a; b: c", "O'Neil (x)"]
)
def test_name_of_a_recipient_arrives_and_adds_nobody(name: str):
    raw = message(to=(Recipient("grace@example.com", name),)).as_bytes()
    assert [each.addr_spec for each in read(raw)["To"].addresses] == ["grace@example.com"]
    # By the older reader: the newer one keeps the space between two encoded words, which RFC 2047 takes out.
    header = message_from_bytes(raw)["To"]
    ((shown, address),) = getaddresses([header])
    assert (str(make_header(decode_header(shown))), address) == (name, "grace@example.com")


@pytest.mark.parametrize("name", ["Größe.pdf", "尺寸" * 60 + ".pdf", "a\"b'c;d=e.pdf", "very " * 40 + "long.pdf"])
def test_file_name_arrives(name: str):
    got = read(message(attachments=(Attachment(name, "application/pdf", b"x"),)).as_bytes())
    assert [each.get_filename() for each in got.iter_attachments()] == [name]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "text/plain"),
        ({"text": None, "html": "<p>x"}, "text/html"),
        ({"html": "<p>x"}, ["multipart/alternative", "text/plain", "text/html"]),
        (
            {"attachments": (Attachment("a.pdf", "application/pdf", b"x"),)},
            ["multipart/mixed", "text/plain", "application/pdf"],
        ),
        (
            {
                "html": "<img src=cid:logo>",
                "inline_images": (Attachment(None, "image/png", b"x", "logo"),),
                "attachments": (Attachment("a.txt", "text/plain", b"x"),),
            },
            [
                "multipart/mixed",
                ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]],
                "text/plain",
            ],
        ),
        (
            {"text": None, "html": "<img src=cid:a>", "inline_images": (Attachment(None, "image/gif", b"x", "a"),)},
            ["multipart/related", "text/html", "image/gif"],
        ),
    ],
)
def test_parts_are_where_mail_programs_look_for_them(changes: dict[str, Any], expected: Any):
    assert structure(read(message(**changes).as_bytes())) == expected


def test_picture_is_inline_under_its_content_id():
    sent = message(html="<img src=cid:logo>", inline_images=(Attachment(None, "image/png", b"png", "logo"),))
    (picture,) = [part for part in read(sent.as_bytes()).walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<logo>", "inline")


def test_reply_names_the_mail_it_answers_and_those_before_it():
    long = f"<{'x' * 300}@mail.example.com>"
    raw = message().as_bytes(ReplyHeaders("<last@example.com>", ("<first@example.com>", long)))
    got = message_from_bytes(raw)
    assert got["In-Reply-To"] == "<last@example.com>"
    assert got["References"].split() == ["<first@example.com>", long, "<last@example.com>"]


def test_reply_to_a_mail_without_a_message_id_has_no_such_headers():
    got = read(message().as_bytes(ReplyHeaders(None, ())))
    assert "In-Reply-To" not in got
    assert "References" not in got


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a@b>", ("<a@b>",)),
        (" <a@b>\r\n\t<c@d> ", ("<a@b>", "<c@d>")),
        ("<a@b>\r\nBcc: eve@example.com", ("<a@b>",)),
        ("no id at all", ()),
        ("<a b@c> <ä@b> <@b> <a@>", ()),
        ("<a@b\x00>", ()),
        ("<" + "x" * 401 + "@b>", ()),
    ],
)
def test_only_message_ids_are_read_out_of_a_strangers_header(text: str, found: tuple[str, ...]):
    assert message_ids(text) == found


def test_references_of_a_long_thread_keep_the_first_and_the_latest():
    ids = [f"<{number}@example.com>" for number in range(200)]
    assert message_ids(" ".join(ids)) == (ids[0], *ids[-49:])


@pytest.mark.parametrize(
    "changes",
    [
        {"to": (Recipient("ada@example.com"),)},
        {"to": (Recipient("grace@example.com", "Grace"),)},
        {"to": (), "cc": (Recipient("grace@example.com"),)},
        {"bcc": (Recipient("ada@example.com"),)},
        {"subject": "Monday"},
        {"text": "At nine?"},
        {"html": "At ten?"},
        {"attachments": (Attachment("a", "text/plain", b"x"),)},
        {"from_address": "ada@example.com"},
        {"thread_id": "18c2"},
    ],
)
def test_another_mail_has_another_canonical_form(changes: dict[str, Any]):
    assert message(**changes).canonical() != message().canonical()
    assert message().canonical() == message().canonical()


def test_attachments_differ_by_each_of_their_parts():
    files = [
        Attachment("a", "text/plain", b"x"),
        Attachment("b", "text/plain", b"x"),
        Attachment("a", "text/csv", b"x"),
    ]
    files.append(Attachment("a", "text/plain", b"y"))
    assert len({message(attachments=(each,)).canonical() for each in files}) == len(files)


def test_nothing_that_was_written_is_in_a_repr():
    sent = message(subject="word-a", text="word-b", html="word-c", to=(Recipient("word-d@example.com", "word-e"),),
                   attachments=(Attachment("word-f", "text/plain", b"word-g"),))  # fmt: skip
    assert "word-" not in repr(sent) + repr(sent.to[0]) + repr(sent.attachments[0])


def test_address_of_the_standard_library_takes_what_ours_let_through():
    assert Address("", addr_spec="info@xn--bcher-kva.example").addr_spec == "info@xn--bcher-kva.example"
