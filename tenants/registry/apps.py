"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.ui.navigation import NavItem, NavSection, register, register_sections


class RegistryConfig(AppConfig):
    """Region, districts, schools, hosts."""

    name = "tenants.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the roles, the menu and the name of the region's host."""
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.authz.registry import World, register_permissions, register_roles, register_scope_source
        from core.events.catalogue import register_events
        from core.ui.place import register_region_name
        from tenants.registry import checks  # noqa: F401  registers the start-up check
        from tenants.registry.errors import StateError, TitleTakenError
        from tenants.registry.roles import DISTRICT, PERMISSIONS, ROLES, district_choices
        from tenants.registry.selectors import region_title

        register_problem(StateError, lambda error: Problem(409, "school_state", str(error)))
        register_problem(
            TitleTakenError, lambda error: Problem(422, "title_taken", str(error), {"title": [str(error)]})
        )
        register_events(
            World.REGION,
            ("school.state_changed", _("школа приостановлена, возобновлена или закрыта"), ("school", "state")),
        )
        register_permissions(PERMISSIONS)
        register_roles(ROLES)
        register_scope_source(World.REGION, DISTRICT, district_choices)
        register_region_name(region_title)
        register_sections(NavSection(code="settings", label=_("Настройки"), world="region", order=60))
        register(
            NavItem(
                label=_("Школы"),
                url_name="registry:schools",
                permission=can("schools.view"),
                worlds=["region"],
                order=20,
            ),
            NavItem(
                label=_("Районы"),
                url_name="registry:districts",
                permission=can("schools.view"),
                worlds=["region"],
                order=30,
            ),
            NavItem(
                label=_("Журнал"),
                url_name="registry:audit",
                permission=can("audit.view"),
                worlds=["region"],
                section="settings",
                order=90,
            ),
        )
