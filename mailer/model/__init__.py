"""The nouns of the mailer: frozen values that know nothing of files, databases or sockets.

Every stage takes some of these and returns others. What each word means is in docs/architecture.md.
"""
