"""Variant → bytes for each reader.

`compile_message` encodes once what every reader of a variant shares; `MessageTemplate.message_for` joins in
what is theirs, and signs it (DKIM) where there is a key. The same reader at the same time always gets the same bytes.
Headers cannot be broken out of: whatever a name or a subject contains, the message has exactly the header fields
listed here, once each. The bytes are fit for the wire as they are: CRLF only, 7-bit, and no line begins with a dot.
"""

from mailer.message.compile import MessageTemplate, Recipient, compile_message
from mailer.message.dkim import Signer
from mailer.message.dkim_keys import Signers, load_signers
from mailer.message.headers import HeaderError
from mailer.message.unsubscribe import unsubscribe_token, unsubscribe_urls, web_view_url

__all__ = [
    "HeaderError",
    "MessageTemplate",
    "Recipient",
    "Signer",
    "Signers",
    "compile_message",
    "load_signers",
    "unsubscribe_token",
    "unsubscribe_urls",
    "web_view_url",
]
