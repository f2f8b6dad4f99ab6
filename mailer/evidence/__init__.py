"""Records of notice: who was told what and when, signed, so that a changed byte shows a year later."""
