"""Measurements: `make bench`. Ratios against a yardstick in the same run; absolute times belong to the machine."""
