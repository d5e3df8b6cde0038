"""Numbers of papers as people type them."""

from core.text.names import name_key, ru_key


def number_key(number: str) -> str:
    """Return the key by which two spellings of an order's or consent's number are one: «19-А» and «19 – а»."""
    return ru_key(name_key(number)).replace(" ", "")
