"""What colleagues send in for an issue: Word files, Markdown and mails, read into pieces with photos.

Offline, bounded, and without writing anything. What a file leaves open (tracked changes, comments) stays open in the
text, in CriticMarkup, and is a doubt with its words.
"""
