"""How a finished HTML looks: for every word its colour and ground, in light and in dark, its size, and its link.

Only what is certain is said: a colour over a background picture, or by a selector that is not understood, is None.
"""
