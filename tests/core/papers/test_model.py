"""What of a typed text reaches a document."""

from __future__ import annotations

from core.papers.model import printable


def test_words_stay_apart_and_what_no_document_holds_is_left_out():
    # A no-break space is pasted from word processors: without it «№ 5» and «г. Орск» run together.
    assert printable("№\u00a05, г.\u202fОрск\tул.\nМира") == "№ 5, г. Орск ул. Мира"
    assert printable("Ан\u00adна\x00\x07\ud800<b>&") == "Анна<b>&"
