"""Pages of a school where a task of the programme year is done, by code: filled by the schools' apps at start-up.

The region's profiles name a page by its code and never by an address; a code that no app has registered is words
without a link, so a profile may be ahead of the product.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.ui.components import Text


@dataclass(frozen=True, slots=True)
class Product:
    """A page: its words for the region's operator, the name of its address, the permission to open it.

    ``query`` narrows the page to what the task is about; what the data show of a task goes by ``code`` too, so two
    tasks that are done on one page and mean different things have different codes.
    """

    code: str
    label: Text
    url_name: str
    permission: str
    query: str = ""


_products: dict[str, Product] = {}


def register_products(*products: Product) -> None:
    """Add pages; the latest of one code holds."""
    for product in products:
        _products[product.code] = product


def products() -> tuple[Product, ...]:
    """Return the registered pages in the order of their registration."""
    return tuple(_products.values())


def product_of(code: str) -> Product | None:
    """Return the page of a code, None for one that no app has."""
    return _products.get(code)
