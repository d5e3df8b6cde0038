"""App configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Events for other programmes."""

    name = "core.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to events; register the permission, the refusals and the daily chore."""
        from core.api.problems import Problem, register_problem
        from core.authz.registry import World, register_permissions
        from core.events.catalogue import subscribe
        from core.events.daily import register_chore
        from core.webhooks.deliveries import deliver_event, forget_old_deliveries, is_wanted
        from core.webhooks.errors import WebhookError
        from core.webhooks.permissions import PERMISSIONS

        subscribe(deliver_event, wants=is_wanted)
        register_chore("deliveries", forget_old_deliveries, *World)
        register_permissions(PERMISSIONS)
        register_problem(WebhookError, lambda error: Problem(422, error.code, str(error), {error.field: [str(error)]}))
