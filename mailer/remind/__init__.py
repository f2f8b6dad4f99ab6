"""Ladders: which reminder is due on a day, to whom, and why.

Everything here is a value in and a value out: a deadline, what has come in, who holds which office, and what the
send record says, give the day's plan. Nothing is sent and nothing is written.
"""
