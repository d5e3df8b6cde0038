"""Refusals of the API (RFC 9457): a stable code, a Russian sentence, the fields; never what is inside.

Apps say how their own errors are told: ``register_problem(StateError, lambda error: Problem(409, …))``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from core.authz import RefusedError
from core.ui import views as pages

PROBLEM_TYPE = "application/problem+json"
PREFIX = "/api/"
_TITLES = {
    400: gettext_lazy("Запрос не разобран"),
    401: gettext_lazy("Кто вы, неизвестно"),
    403: gettext_lazy("Нет права"),
    404: gettext_lazy("Не найдено"),
    405: gettext_lazy("Так сюда не обращаются"),
    409: gettext_lazy("Сейчас нельзя"),
    413: gettext_lazy("Слишком много"),
    415: gettext_lazy("Другой вид данных"),
    422: gettext_lazy("Данные не приняты"),
    429: gettext_lazy("Слишком часто"),
    500: gettext_lazy("Ошибка на нашей стороне"),
    503: gettext_lazy("Сейчас занято"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal on its way out. ``code`` is stable; ``fields`` maps names of inputs to sentences about them."""

    status: int
    code: str
    detail: str
    fields: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the members of the document."""
        return {
            "type": "about:blank",
            "title": str(_TITLES.get(self.status, _TITLES[400])),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "fields": dict(self.fields),
        }


class ProblemError(Exception):
    """A refusal that the API itself raises."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


Translator = Callable[[Any], Problem]
_translators: dict[type[Exception], Translator] = {}


def register_problem(error: type[Exception], translator: Translator) -> None:
    """Say how an error of an app and of its subclasses is told; called from ``AppConfig.ready``."""
    _translators[error] = translator


class ProblemRenderer(JSONRenderer):
    """JSON under the name that says it is a refusal."""

    media_type = PROBLEM_TYPE


def _sentences(found: Any) -> list[str]:
    """Return every sentence of a validation's outcome, however deep it lies."""
    if isinstance(found, Mapping):
        return [sentence for value in found.values() for sentence in _sentences(value)]
    if isinstance(found, list | tuple):
        return [sentence for value in found for sentence in _sentences(value)]
    return [str(found)]


def _invalid(found: Any) -> Problem:
    by_field = found if isinstance(found, Mapping) else {"": found}
    fields = {("" if name == "non_field_errors" else str(name)): _sentences(value) for name, value in by_field.items()}
    fields = {name: sentences for name, sentences in fields.items() if sentences}
    return Problem(422, "invalid", _("Исправьте указанное в «fields» и повторите."), fields)


def _of_django(error: DjangoValidationError) -> Problem:
    if hasattr(error, "error_dict"):
        return _invalid({("" if name == "__all__" else name): each for name, each in error.message_dict.items()})
    return _invalid(error.messages)


def _of_framework(error: exceptions.APIException) -> Problem | None:
    match error:
        case exceptions.ValidationError():
            return _invalid(error.detail)
        case exceptions.ParseError():
            return Problem(400, "unreadable", _("Тело запроса не разобрано: нужен JSON."))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            words = _("Нужен действующий токен этого сайта: заголовок «Authorization: Bearer …».")
            return Problem(401, "not_authenticated", words, headers={"WWW-Authenticate": "Bearer"})
        case exceptions.PermissionDenied():
            return Problem(403, "refused", str(error.detail))
        case exceptions.MethodNotAllowed():
            return Problem(405, "method_not_allowed", _("Этот метод здесь не принимается."))
        case exceptions.UnsupportedMediaType():
            return Problem(415, "unsupported_media_type", _("Этот вид данных здесь не принимается."))
        case exceptions.Throttled():
            wait = str(int(getattr(error, "wait", None) or 1))
            words = _("Слишком много запросов. Повторите через %(wait)s с.") % {"wait": wait}
            return Problem(429, "throttled", words, headers={"Retry-After": wait})
    return None


def problem_of(error: Exception) -> Problem | None:
    """Return how an error is told; None for a defect of ours, which is the 500 handler's to tell."""
    if isinstance(error, ProblemError):
        return error.problem
    for known in type(error).__mro__:
        if translator := _translators.get(known):
            return translator(error)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, DjangoValidationError):
        return _of_django(error)
    if isinstance(error, Http404):
        # The same whether the thing does not exist or is another's.
        return Problem(404, "not_found", _("Такого здесь нет."))
    if isinstance(error, RefusedError | PermissionDenied):
        return Problem(403, "refused", str(error))
    if isinstance(error, SuspiciousOperation):
        return Problem(413, "too_large", _("Запрос слишком велик или составлен неверно."))
    return None


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an error of an endpoint (``EXCEPTION_HANDLER``)."""
    problem = problem_of(error)
    if problem is None:
        return None
    response = Response(problem.as_json(), status=problem.status, headers=dict(problem.headers))
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), PROBLEM_TYPE
    return response


def plain_problem(problem: Problem) -> HttpResponse:
    """Return the answer of a refusal that no endpoint tells."""
    response = JsonResponse(problem.as_json(), status=problem.status, content_type=PROBLEM_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 in the manner of what was asked for: a problem under the API, a page elsewhere."""
    if request.path.startswith(PREFIX):
        return plain_problem(Problem(400, "unreadable", _("Запрос не разобран.")))
    return pages.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 in the manner of what was asked for."""
    if request.path.startswith(PREFIX):
        return plain_problem(Problem(403, "refused", str(exception)))
    return pages.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 in the manner of what was asked for."""
    if request.path.startswith(PREFIX):
        return plain_problem(Problem(404, "not_found", _("Такого здесь нет.")))
    return pages.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 in the manner of what was asked for, without touching the database; 503 when it was busy or away."""
    if request.path.startswith(PREFIX):
        if pages.is_busy(sys.exception()):
            wait = str(pages.BUSY_SECONDS)
            words = _("База данных сейчас занята, ничего не изменено. Повторите через %(wait)s с.") % {"wait": wait}
            return plain_problem(Problem(503, "busy", words, headers={"Retry-After": wait}))
        return plain_problem(Problem(500, "internal", _("Мы записали ошибку. Повторите позже.")))
    return pages.server_error(request)
