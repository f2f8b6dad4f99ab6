"""What answers on the web for `public = "server"`: one-click unsubscribe, answers to reminders, the web view,
calendar files, hosted pictures.

It serves only what was really sent, shows no personal data, sets no cookie, and says nothing about a wrong token.
A GET changes nothing, because programs that look at links follow them; only a POST unsubscribes (RFC 8058)
or records an answer.
"""

from mailer.public.app import create_public, run_public

__all__ = ["create_public", "run_public"]
