"""Compose, prove, approve and send institutional newsletters."""

__version__ = "0.1.0"
