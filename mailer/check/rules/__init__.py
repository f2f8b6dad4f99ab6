"""The rules, one file a rule or close family. No rule imports another; each yields what it is sure of."""
