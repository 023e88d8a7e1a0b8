from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        import_module("members.registrations")  # declares what blocks a unit's dissolution
        import_module("members.my_cell")  # declares it on the members' first page
        import_module("members.held_here")  # declares what is held on a member
        import_module("members.held_log")
        import_module("members.ask_panel")  # the same of what can be asked
        import_module("members.accounts.notices")
        import_module("members.accounts.watching").watch()
