"""Relays take messages over; a phase and a reply become an outcome here and nowhere else.

What a caller may rely on:

- `Relay.connect()` gives a `Connection` that is encrypted and logged in as asked, or raises `ConnectFailure`, whose
  `.outcome` is RELEASED with SLOW_DOWN (wait longer each time) or STOP (a person must look). Nothing is ever sent in
  the clear but on loopback, and no certificate goes unverified.
- `Connection.send(message, before_dot, following)` runs one transaction for one recipient and returns an `Outcome`.
  It awaits `before_dot` when the body is written and the final dot is not; the dot is written only if `before_dot`
  returns. If it raises, the link is cut, the server cannot have the message, and the exception goes on to the caller.
- `following` is asked right after `before_dot`, nothing is awaited between it and the dot, and only where the server
  takes commands in groups and the connection may carry one more. The envelope of the message it gives goes out with
  the dot; the next `send` must be for that message, or `close` cuts the link. After 421, a lost link or a cut at the
  dot that envelope counts for nothing. A message that cannot be sent at all is left for its own `send`.
- `Outcome.verdict`: before `before_dot` has returned never ACCEPTED or UNKNOWN; after it never RELEASED. So each
  verdict is a step the ledger allows. DEFERRED together with a relay trouble is the relay's: not counted as a try.
- `Outcome.relay`: RECONNECT, this connection is done, take a new one at once; SLOW_DOWN, wait first; QUOTA, wait
  long; STOP, the dispatch must wait for a person. `is_policy(outcome.reply)` marks refusals of which a run must stop
  the dispatch, `is_hard_bounce(outcome.reply)` those that say that nobody is there.
- A cancelled `send` (also by `asyncio.timeout`) cuts the link and raises CancelledError. `Connection.phase` then
  says what to settle: DOT means unknown; anything before means that the dot was not written. If `before_dot` had
  already committed `handed`, settle that as deferred.
- A connection is out of use (`is_usable` False) after a cancel, a lost link, a late, malformed or unasked answer,
  after 421, and after as many messages as it may carry (then `close` still says QUIT). That number is asked for, or
  learned from a server that closes without a word. A late answer is never read as another message's.
- Connections that idle (`idle_since`) are the caller's to close.
- Access tokens are fetched when a connection is made, kept in memory, and fetched anew once where the server refuses
  one that was kept.
- Passwords, secrets and tokens are in no text, repr or exception that this package makes.

The outbox is a server of our own (`OutboxServer`, `serve_outbox`) with a relay to it (`outbox_relay`); `Tray` reads
what it kept.
"""

from mailer.relay.connection import SmtpConnection
from mailer.relay.contract import BeforeDot, ConnectFailure, Connection, Relay
from mailer.relay.oauth import (
    GOOGLE_URL,
    MICROSOFT_APP,
    MICROSOFT_PERSON,
    TokenError,
    TokenSource,
    microsoft_url,
)
from mailer.relay.outbox import OutboxServer, outbox_relay, serve_outbox
from mailer.relay.reply import conclude, is_hard_bounce, is_policy, parse_reply
from mailer.relay.reply_table import Silence
from mailer.relay.smtp import SmtpRelay
from mailer.relay.tray import Tray, TrayDetail, TrayFile, TrayMessage

__all__ = [
    "GOOGLE_URL",
    "MICROSOFT_APP",
    "MICROSOFT_PERSON",
    "BeforeDot",
    "ConnectFailure",
    "Connection",
    "OutboxServer",
    "Relay",
    "Silence",
    "SmtpConnection",
    "SmtpRelay",
    "TokenError",
    "TokenSource",
    "Tray",
    "TrayDetail",
    "TrayFile",
    "TrayMessage",
    "conclude",
    "is_hard_bounce",
    "is_policy",
    "microsoft_url",
    "outbox_relay",
    "parse_reply",
    "serve_outbox",
]
