"""The obvious way to send the same mails: EmailMessage, dkimpy and aiosmtplib's send_message.

python -m bench.plain_sender PORT CONNECTIONS MAILS KEY < parts.json      prints seconds
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from base64 import b64decode
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

import aiosmtplib
import dkim
from aiosmtplib.email import flatten_message

SENDER = "newsletter@cami.example.org"
HEADERS = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]


def made_message(parts: dict[str, object], number: int) -> EmailMessage:
    """One reader's message, made as the documentation of the standard library shows it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"CMS Secretariat <{SENDER}>"
    message["To"] = f"Reader {number} <reader.{number}@example.org>"
    message["Subject"] = str(parts["subject"])
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{number}.plain@cami.example.org>"
    message.set_content(str(parts["text"]).replace("{name}", f"Reader {number}"))
    message.add_alternative(str(parts["html"]).replace("{name}", f"Reader {number}"), subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)
    for cid, media_type, content in parts["pictures"]:  # type: ignore[attr-defined]
        kind, _, subtype = media_type.partition("/")
        html.add_related(b64decode(content), kind, subtype, cid=f"<{cid}>")
    return message


def signed(message: EmailMessage, key: bytes) -> EmailMessage:
    """With a DKIM-Signature over its flattened form."""
    field = dkim.sign(flatten_message(message), b"test", b"cami.example.org", key, include_headers=HEADERS)
    name, _, value = field.decode().partition(": ")
    message[name] = value.replace("\r\n", "").strip()
    return message


async def send_all(port: int, connections: int, mails: int, parts: dict[str, object], key: bytes) -> float:
    """Seconds for so many mails."""
    numbers = iter(range(mails))

    async def lane() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for number in numbers:
                message = made_message(parts, number)
                await client.send_message(signed(message, key) if key else message)

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(connections)))
    return time.perf_counter() - started


def main() -> None:
    """As the docstring says."""
    port, connections, mails, key = sys.argv[1:]
    parts = json.load(sys.stdin)
    pem = Path(key).read_bytes() if key != "-" else b""
    print(asyncio.run(send_all(int(port), int(connections), int(mails), parts, pem)))


if __name__ == "__main__":
    main()
