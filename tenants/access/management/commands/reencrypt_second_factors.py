"""Replacing the secret key: second factors and secrets of webhooks go under the present one, world by world."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from core.accounts.services.reencryption import reencrypt_second_factors
from core.tenancy import region, school
from core.webhooks.services import reseal_secrets
from tenants.provisioning.models import SchoolSchema


class Command(BaseCommand):
    """Re-encrypt world by world."""

    help = (
        "Encrypts second factors and secrets of webhooks under SECRET_KEY; former keys are read from "
        "SECRET_KEY_FALLBACKS. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the region and every school that has a schema; a world that fails stays as it was.

        :raises CommandError: when a world holds something under an unknown key.
        """
        with region():
            schemas = list(SchoolSchema.objects.filter(is_spare=False).values_list("schema_name", flat=True))
        done, failed = 0, []
        for name, world in [("region", region()), *((schema, school(schema)) for schema in schemas)]:
            try:
                with world:
                    done += reencrypt_second_factors()
                    reseal_secrets()
            except InvalidToken:
                failed.append(name)
        self.stdout.write(f"{done} second factors are under the present key")
        if failed:
            raise CommandError(f"under a key that is not in SECRET_KEY_FALLBACKS: {', '.join(failed)}")
