"""What every endpoint of the API shares: who asks, what is demanded, how one answers and refuses, the document.

Imports nothing of ``core.accounts``: how a token is known is named in the settings, errors of the apps above are
translated by what they register here.
"""
