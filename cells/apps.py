from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CellsConfig(AppConfig):
    name = "cells"
    verbose_name = _("Cells")

    def ready(self) -> None:
        import_module("cells.placement")  # says where members belong
        import_module("cells.my_requests")  # declares what members can ask for
        import_module("cells.requests")  # moves them when two numbers are merged
