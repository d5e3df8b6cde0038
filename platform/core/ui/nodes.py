"""Template tags that need the parser: blocks rendered twice, and parts that refresh themselves."""

from __future__ import annotations

from hashlib import sha256

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

LIVE_OPTIONS = ("every", "announce", "name", "active")


def short_id(prefix: str, text: str) -> str:
    """Return an element id that stays the same for the same words, on every render."""
    return f"{prefix}-{sha256(text.encode()).hexdigest()[:8]}"


class BlockNode(Node):
    """Render a ``{% block %}`` of the page a second time, as text or into a variable."""

    child_nodelists = ()

    def __init__(self, name: FilterExpression, *, as_text: bool, variable: str | None) -> None:
        self.name, self.as_text, self.variable = name, as_text, variable

    def render(self, context: Context) -> SafeString:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name.resolve(context)) if blocks is not None else None
        result = mark_safe("" if block is None else block.render(context).strip())
        if self.as_text:
            result = mark_safe(" ".join(strip_tags(result).split()))
        if self.variable is None:
            return result
        context[self.variable] = result
        return mark_safe("")


def _parse_block(parser: Parser, token: Token, *, as_text: bool) -> BlockNode:
    bits = token.split_contents()
    if len(bits) not in (2, 4) or (len(bits) == 4 and bits[2] != "as"):
        message = f"{bits[0]} takes a block's name and, if wanted, «as variable»"
        raise TemplateSyntaxError(message)
    variable = bits[3] if len(bits) == 4 else None
    return BlockNode(parser.compile_filter(bits[1]), as_text=as_text, variable=variable)


def block_html(parser: Parser, token: Token) -> BlockNode:
    """Give a block's markup: ``{% block_html "help" as help %}``."""
    return _parse_block(parser, token, as_text=False)


def block_text(parser: Parser, token: Token) -> BlockNode:
    """Give a block's words without markup: ``<title>{% block_text "title" %}</title>``."""
    return _parse_block(parser, token, as_text=True)


class LiveNode(Node):
    """A part that asks for itself again; see :mod:`core.ui.live`."""

    def __init__(self, nodelist: NodeList, url: FilterExpression, options: dict[str, FilterExpression]) -> None:
        self.nodelist, self.url, self.options = nodelist, url, options

    def render(self, context: Context) -> SafeString:
        url = str(self.url.resolve(context))
        options = {name: value.resolve(context) for name, value in self.options.items()}
        request = context["request"]
        return render_to_string(
            "ui/parts/live.html",
            {
                "id": options.get("name") or short_id("live", url.partition("?")[0]),
                "url": url,
                "every": int(options.get("every", 2)),
                "etag": getattr(request, "live_etag", ""),
                "is_active": options.get("active", True),
                "is_announced": options.get("announce", False),
                "is_fragment": request.headers.get("HX-Request") == "true",
                "content": self.nodelist.render(context),
            },
        )


def live(parser: Parser, token: Token) -> LiveNode:
    """Parse ``{% live url every=2 announce=False name="" active=True %}…{% endlive %}``."""
    bits = token.split_contents()
    if len(bits) < 2 or any("=" not in bit for bit in bits[2:]):
        message = "live takes an address and, if wanted, every=, announce=, name=, active="
        raise TemplateSyntaxError(message)
    options = {}
    for bit in bits[2:]:
        name, _, value = bit.partition("=")
        if name not in LIVE_OPTIONS:
            message = f"live has no option {name!r}"
            raise TemplateSyntaxError(message)
        options[name] = parser.compile_filter(value)
    nodelist = parser.parse(("endlive",))
    parser.delete_first_token()
    return LiveNode(nodelist, parser.compile_filter(bits[1]), options)
