from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The frame that every app above declares its rules and tables to."""

    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        autodiscover_modules("rules", "tables", "logged")
