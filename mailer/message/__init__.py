"""Variant → bytes for each reader.

`compile_message` encodes once what every reader of a variant shares; `MessageTemplate.message_for` joins in
what is theirs. The same reader at the same time always gets the same bytes. Headers cannot be broken out of:
whatever a name or a subject contains, the message has exactly the header fields listed here, once each.
"""

from mailer.message.compile import MessageTemplate, Recipient, compile_message
from mailer.message.headers import HeaderError
from mailer.message.unsubscribe import unsubscribe_token, unsubscribe_urls, web_view_url

__all__ = [
    "HeaderError",
    "MessageTemplate",
    "Recipient",
    "compile_message",
    "unsubscribe_token",
    "unsubscribe_urls",
    "web_view_url",
]
