from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ElectionsConfig(AppConfig):
    name = "elections"
    verbose_name = _("Elections")

    def ready(self) -> None:
        from elections.delegates import rolls  # models are not there before
        from elections.meetings.entitled import declare_delegates

        import_module("elections.demo")  # adds votes to the demonstration town
        import_module("elections.bureaus.demo")  # the same with bureaus
        import_module("elections.meetings.demo")  # and with meetings
        import_module("elections.delegates.demo")  # and with delegates to the conference
        import_module("elections.emergency.demo")  # and with an emergency
        import_module("elections.holding")  # declares what blocks dissolving units, merging members
        import_module("elections.bureaus.holding")  # the same of bureaus
        import_module("elections.meetings.holding")  # and of meetings
        import_module("elections.emergency.holding")  # and of emergencies
        import_module("elections.delegates.holding")  # and of delegates
        import_module("elections.nominating.holding")  # and of nominations
        declare_delegates(rolls)
        import_module("elections.nominating.portal")  # declares nominations on the first page
        import_module("elections.forgetting")  # declares what is erased with a member
        import_module("elections.held_here")  # declares what is held on a member
        import_module("elections.bureaus.portal")  # declares who leads on the members' first page
        import_module("elections.ballot_panel")  # declares the votes on the members' first page
        import_module("elections.meetings.portal")  # declares the meetings there
        import_module("elections.door_panel")  # declares the door on the members' first page
