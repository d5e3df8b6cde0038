"""Refusals of this app."""

from django.utils.translation import gettext as _


class NothingToSendError(Exception):
    """The task is not among those that were given up: it has been done, or somebody has sent it again."""

    def __str__(self) -> str:
        return _("Такого задания среди несделанных уже нет: оно выполнено или отправлено повторно.")
