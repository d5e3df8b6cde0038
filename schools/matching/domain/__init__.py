"""Matching as pure rules and arithmetic: no Django here, and the heavy libraries are loaded only where a run is made.

``facts`` → ``rules`` and ``fit`` → ``problem`` → ``solver`` (or ``stable``) → ``result``; ``checker`` verifies a result
without any of the solver's code; ``exchange`` says what a change by hand costs and why somebody was not chosen.
"""
