"""The pictures of the sample issue, drawn from outlines; the same each time they are drawn."""
