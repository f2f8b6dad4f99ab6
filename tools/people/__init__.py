"""The people of the sample: their names, and what they do."""
