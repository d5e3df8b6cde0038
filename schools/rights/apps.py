"""App configuration."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Rights of the person whose data a school holds."""

    name = "schools.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell what the tables below hold of a person, and how the destroyed stay destroyed."""
<<<<<<< HEAD
        from schools.rights.holdings import accounts, imports, matching, papers, people, years
=======
        from schools.rights.holdings import accounts, imports, meetings, papers, people, years
>>>>>>> 978a405 (Plans and meetings of pairs: the log in four fields, corrections kept, plans in versions, the journal as a workbook)
        from schools.rights.joining import register as register_joining
        from schools.rights.replaying import replay_destructions
        from tenants.tombstones.services import register_replay

<<<<<<< HEAD
        for room in (people, years, papers, matching, imports, accounts):
=======
        for room in (people, years, papers, meetings, imports, accounts):
>>>>>>> 978a405 (Plans and meetings of pairs: the log in four fields, corrections kept, plans in versions, the journal as a workbook)
            room.register()
        register_joining()
        register_replay(replay_destructions)
