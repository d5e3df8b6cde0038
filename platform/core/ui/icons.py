"""The icon set: our own 24 × 24 stroke drawings, inlined so that a page needs no further request.

Icons always stand beside words and are hidden from screen readers.
"""

from typing import Final

ICONS: Final[dict[str, str]] = {
    "alert": "M12 3.5 2.5 20h19L12 3.5zM12 10v4.5M12 17.2v.3",
    "arrow-left": "M20 12H4M10 6l-6 6 6 6",
    "arrow-right": "M4 12h16M14 6l6 6-6 6",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15L6 17zM10 21.5h4",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3v4M16 3v4",
    "chart": "M4 4v16h16M8 16v-4M12.5 16V8M17 16v-6",
    "check": "M4.5 12.5 9.5 17.5 19.5 6.5",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.5l3.5 2",
    "cross": "M6 6l12 12M18 6 6 18",
    "dash": "M6 12h12",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11M7 10.5l5 5 5-5M4 20h16",
    "eye": (
        "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"
        "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
    ),
    "half": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 8h6.5M12 12h8.5M12 16h6.5",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.3v.3",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "people": (
        "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c0-4 2.7-6 6.5-6s6.5 2 6.5 6"
        "M16 5a3 3 0 0 1 0 6M18 14.5c2.3.7 3.5 2.5 3.5 5.5"
    ),
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c0-4.3 3-6.5 7.5-6.5s7.5 2.2 7.5 6.5",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5",
    "upload": "M12 15.5v-11M7 9.5l5-5 5 5M4 20h16",
}
