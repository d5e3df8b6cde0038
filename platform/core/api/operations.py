"""How an endpoint is written: a class with a method for each HTTP method, each declared by ``operation``.

::

    class PersonEndpoint(ApiView):
        tag = "people"

        @operation(_("Карточка человека"), needs=("people.view",), answer=PersonAnswer)
        def get(self, actor, person_id): ...

The method gets the actor, the arguments of the path and what was sent, already checked; it returns what the ``answer``
serializer shows. What it demands, reads and answers stands in one place: the policy, the document and the code cannot
differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.idempotency import HEADER, answered_once
from core.api.pagination import MOST_ON_A_PAGE, PAGE_SIZE, CursorPage, Key, KeyedPage
from core.api.parsing import StrictJSONParser
from core.api.problems import Problem, ProblemError
from core.api.throttling import count_request
from core.audit.services import record
from core.authz import MethodPolicies, Policy, PolicyKind, actor_of, ask
from core.streaming import streamed
from core.ui.components import Text

Fields = type[serializers.Serializer[Any]]
METHODS = ("get", "post", "put", "patch", "delete")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RECORD = "_operation"


@dataclass(frozen=True, slots=True)
class File:
    """A file as an answer; ``name`` is an ASCII file name, ``size_bytes`` is told for contents in pieces."""

    name: str
    content: bytes | Iterator[bytes]
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one method of an endpoint demands, reads, answers and leaves in the audit.

    ``needs``: any one of these permissions; none: whoever has signed in. ``pages``: the answer is a list in pages, in
    the order of these fields. ``keyed``: it is one though no table is behind it, in the order of the keys of its rows.
    ``shows``: makes what is shown of the rows of a page. ``many``: the answer is a short list, whole: by nature it has
    a bound. ``viewed``: the audit's word for a list that was shown. ``secrets``: members of the answer that are told
    once. ``acts``: False for a search that comes by POST to keep names out of addresses: it changes nothing, so no
    answer is kept for its repetition. ``gives``: the media type of the :class:`File` that is the answer, instead of
    JSON.
    """

    summary: Text
    description: Text = ""
    needs: tuple[str, ...] = ()
    query: Fields | None = None
    body: Fields | None = None
    answer: Fields | None = None
    status: int = 200
    pages: tuple[str, ...] = ()
    keyed: Key | None = None
    shows: Callable[[list[Any]], Sequence[Any]] | None = None
    many: bool = False
    viewed: str = ""
    secrets: tuple[str, ...] = ()
    acts: bool = True
    files: bool = False
    gives: str = ""
    hidden: bool = False

    @property
    def policy(self) -> Policy:
        """Return the policy of the method."""
        return Policy(PolicyKind.REQUIRES, self.needs) if self.needs else Policy(PolicyKind.SIGNED_IN)

    @property
    def is_paged(self) -> bool:
        """Tell whether the answer is a list in pages."""
        return bool(self.pages) or self.keyed is not None

    def page(self, found: Any, request: Request) -> tuple[Sequence[Any], str | None]:
        """Return what a page shows and the cursor of the next one.

        :raises ValidationError: for a cursor that we never gave.
        """
        pager = CursorPage(self.pages) if self.keyed is None else KeyedPage(self.keyed)
        rows, following = pager.rows(found, request)
        return rows if self.shows is None else self.shows(rows), following


def operation(summary: Text, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a method of an endpoint; options are the fields of :class:`Operation`."""
    declared = Operation(summary=summary, **options)

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        def handler(self: ApiView, request: Request, **path: Any) -> HttpResponseBase:
            return self.answer(declared, method, request, path)

        handler.__name__, handler.__doc__ = method.__name__, method.__doc__
        setattr(handler, _RECORD, declared)
        return handler

    return wrap


class _JsonAlways(BaseContentNegotiation):
    """There is one kind of answer, whatever a client would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Base of every endpoint: asks the policy, counts, remembers keyed requests, forbids caches to keep answers."""

    tag: ClassVar[str] = ""
    # What the document calls the endpoint; the name of the class unless several are made of one.
    label: ClassVar[str] = ""
    policy: ClassVar[MethodPolicies]
    operations: ClassVar[Mapping[str, Operation]] = {}
    http_method_names = [*METHODS, "head"]
    # The policies below are asked instead of the framework's permissions.
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = _JsonAlways

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the operations.

        :raises ImproperlyConfigured: for a method that declares none.
        """
        super().__init_subclass__(**kwargs)
        found = {}
        for name in METHODS:
            handler = getattr(cls, name, None)
            if handler is None:
                continue
            declared = getattr(handler, _RECORD, None)
            if declared is None:
                raise ImproperlyConfigured(f"{cls.__name__}.{name} is no operation")
            found[name.upper()] = declared
            setattr(cls, name, _documented(cls, declared, handler, name))
        if any(declared.files for declared in found.values()):
            cls.parser_classes = (MultiPartParser,)  # type: ignore[assignment]
        cls.operations = found
        cls.policy = MethodPolicies({method: declared.policy for method, declared in found.items()})

    # --- before the method runs ---------------------------------------------------------------------------------------

    def check_permissions(self, request: Request) -> None:
        """Ask the policy of the method; what is asked of everybody comes first.

        :raises NotAuthenticated: without a token and without a session.
        """
        actor = actor_of(cast("Any", request))
        if not actor.is_authenticated:
            raise NotAuthenticated
        ask(self.policy.of(request.method or ""), actor)

    def check_throttles(self, request: Request) -> None:
        """Count the request, and refuse a body that nobody needs to send before it is read."""
        count_request(self.sender)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length[:12]) > settings.API_LARGEST_BODY_BYTES:
            raise ProblemError(Problem(413, "too_large", _("Запрос слишком велик.")))

    @property
    def sender(self) -> UUID:
        """Return whose request this is: the token's id, or the user's."""
        token = self.request.auth
        return cast("UUID", token.pk if token is not None else self.request.user.pk)

    # --- the method ---------------------------------------------------------------------------------------------------

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer: as the framework does, with keyed requests answered once."""
        self.args, self.kwargs = args, kwargs
        asked = self.initialize_request(request, *args, **kwargs)
        self.request = asked
        self.headers = self.default_response_headers
        try:
            self.initial(asked, *args, **kwargs)
            response = self._act(asked, kwargs)
        except Exception as error:  # noqa: BLE001 - the framework's handler raises again what nobody translates
            response = self.handle_exception(error)
        self.response = self.finalize_response(asked, cast("Any", response), *args, **kwargs)
        self.response["Cache-Control"] = "private, no-store"
        return self.response

    def _act(self, request: Request, kwargs: dict[str, Any]) -> HttpResponseBase:
        method = request.method or ""
        declared = self.operations.get("GET" if method == "HEAD" else method)
        if declared is None:
            raise MethodNotAllowed(method)
        handler = getattr(self, method.lower())
        if method not in UNSAFE or not declared.acts:
            return cast("HttpResponseBase", handler(request, **kwargs))
        act = lambda: cast("Response", handler(request, **kwargs))  # noqa: E731
        return answered_once(request, sender=self.sender, secrets=declared.secrets, act=act)

    def answer(
        self, declared: Operation, method: Callable[..., Any], request: Request, path: dict[str, Any]
    ) -> HttpResponseBase:
        """Check what was sent, call the method, show what it returns.

        :raises ValidationError: for parameters or a body that do not fit.
        """
        actor = actor_of(cast("Any", request))
        given = dict(path)
        if declared.query is not None:
            given["query"] = _checked(declared.query(data=request.query_params))
        if declared.body is not None:
            given["body"] = _checked(declared.body(data=request.data))
        result = method(self, actor, **given)
        if declared.gives:
            return _as_file(result, declared.gives)
        rows: Sequence[Any]
        if declared.is_paged:
            # The page is the list's own parameter: asked for like the others, and refused where it cannot be.
            _checked(PageQuery(data=request.query_params))
            rows, following = declared.page(result, request)
            data: Any = {"items": self._shown(declared, rows), "next": following}
        elif declared.many:
            rows = list(result)
            data = {"items": self._shown(declared, rows)}
        else:
            rows = []
            data = None if declared.answer is None else declared.answer(result, context={"actor": actor}).data
        if declared.viewed:
            record(actor=actor, action=declared.viewed, details={"rows": len(rows)})
        return Response(data, status=204 if data is None else declared.status)

    def _shown(self, declared: Operation, rows: Sequence[Any]) -> Any:
        shape = cast("Fields", declared.answer)
        return shape(rows, many=True, context={"actor": actor_of(cast("Any", self.request))}).data


def _as_file(file: File, media_type: str) -> HttpResponseBase:
    response: HttpResponseBase
    if isinstance(file.content, bytes):
        response = HttpResponse(file.content, content_type=media_type)
    else:
        response = streamed(file.content, size_bytes=file.size_bytes, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _checked(given: serializers.Serializer[Any]) -> Any:
    given.is_valid(raise_exception=True)
    return given.validated_data


class PageQuery(serializers.Serializer[Any]):
    """Which page of a list."""

    cursor = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text=gettext_lazy("«next» прошлой страницы.")
    )
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ON_A_PAGE,
        default=PAGE_SIZE,
        help_text=gettext_lazy("Строк на странице."),
    )


_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=gettext_lazy(
        "Повтор запроса с тем же ключом в течение 24 часов получает тот же ответ и ничего не меняет."
    ),
)


def _documented(cls: type[ApiView], declared: Operation, handler: Any, name: str) -> Any:
    """Return the method with what the document says of it."""
    label = cls.label or cls.__name__.removesuffix("Endpoint")
    parameters: list[Any] = []
    if declared.query is not None:
        parameters.append(declared.query)
    if declared.is_paged:
        parameters.append(PageQuery)
    if name.upper() in UNSAFE and declared.acts:
        parameters.append(_KEY)
    shown: Any = declared.answer
    if shown is not None and (declared.is_paged or declared.many):
        fields: dict[str, Any] = {"items": shown(many=True)}
        if declared.is_paged:
            fields["next"] = serializers.CharField(
                allow_null=True, help_text=gettext_lazy("Курсор следующей страницы.")
            )
        shown = inline_serializer(f"{label}List", fields)
    content: Any = declared.body
    if declared.files and content is not None:
        content = {"multipart/form-data": content}
    answers: Any = {204 if shown is None else declared.status: shown}
    if declared.gives:
        answers = {(declared.status, declared.gives): OpenApiTypes.BINARY}
    return extend_schema(
        operation_id=f"{label}_{name}",
        # Not made texts of here: this runs when a module loads, the document speaks the language of its reading.
        summary=declared.summary,
        description=declared.description or declared.summary,
        tags=[cls.tag],
        parameters=parameters,
        request=content,
        responses=answers,
        exclude=declared.hidden,
    )(handler)
