"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    """Rights of the person whose data a school holds."""

    name = "schools.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell what the tables below hold of a person, and how the destroyed stay destroyed."""
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from schools.rights.holdings import accounts, imports, matching, meetings, papers, people, questionnaires, years
        from schools.rights.joining import register as register_joining
        from schools.rights.replaying import replay_destructions
        from tenants.tombstones.services import register_replay

        for room in (people, years, papers, questionnaires, matching, meetings, imports, accounts):
            room.register()
        register_events(World.SCHOOL, ("destruction.done", _("данные человека уничтожены"), ("destruction", "person")))
        register_joining()
        register_replay(replay_destructions)
