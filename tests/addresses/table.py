"""Every address of the program and everybody who may ask for it, in one table.

An address that is not in the table fails a test, so that none is open by mistake.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """What everybody is answered: the status of a GET.

    A member who is no staff; staff without a role; the auditor of the district; the secretary of
    another town; the secretary of the district; the administrator; a teller of the district, who is
    no staff and is answered like a member where nothing else is said; another member, of a cell of
    another town, the same; the account of somebody whose membership has ended, like nobody.
    """

    nobody: int
    member: int
    roleless: int
    auditor: int
    stranger: int
    secretary: int
    administrator: int
    teller: int = 0
    another: int = 0
    closed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "teller", self.teller or self.member)
        object.__setattr__(self, "another", self.another or self.member)
        object.__setattr__(self, "closed", self.closed or self.nobody)


LIST = Answers(302, 302, 403, 200, 200, 200, 200)
ROW = Answers(302, 302, 403, 200, 404, 200, 200)
ACT_ON_ROW = Answers(302, 302, 403, 403, 404, 200, 200)
ACT = Answers(302, 302, 403, 403, 200, 200, 200)
ADMINISTRATOR = Answers(302, 302, 403, 403, 403, 403, 200)
CLOSED = Answers(302, 302, 403, 403, 403, 403, 403)
CLOSED_ROW = Answers(302, 302, 403, 403, 404, 403, 403)
NO_SUCH_ACT = Answers(302, 302, 403, 403, 404, 404, 404)

STAFF = Answers(302, 302, 200, 200, 200, 200, 200)
OPEN = Answers(200, 302, 302, 302, 302, 302, 302)
EXPORTS = Answers(302, 302, 403, 200, 403, 403, 200)
NONE_BY_GET_IN_THE_OFFICE = Answers(302, 302, 405, 405, 405, 405, 405)
NONE_BY_GET = Answers(302, 405, 405, 405, 405, 405, 405)
NO_RESULT = Answers(302, 404, 404, 404, 404, 404, 404)
DOOR = Answers(302, 403, 403, 403, 403, 403, 200, teller=200)
OF_A_MEMBER = Answers(302, 200, 404, 404, 404, 404, 404, teller=404)
# Tellers, and whoever keeps the register there.
MEETING_DOORS = Answers(302, 403, 403, 403, 200, 200, 200, teller=200)
MEETING_DOOR = Answers(302, 403, 403, 403, 404, 200, 200, teller=200)


def of_table(name, *, row, add=CLOSED, change=ROW):
    """The addresses that every table of the admin has."""
    return {
        f"admin:{name}_changelist": ((), LIST),
        f"admin:{name}_add": ((), add),
        f"admin:{name}_change": ((row,), change),
        f"admin:{name}_history": ((row,), ROW),
        f"admin:{name}_delete": ((row,), CLOSED_ROW),
    }


# One's own account: what everybody sees who has logged in, what asks first who it is or whether
# there is a factor at all, and what is open to whoever comes.
OWN = Answers(302, 200, 200, 200, 200, 200, 200)
OF_AN_OFFICE = Answers(302, 302, 200, 200, 200, 200, 200, teller=200)
OWN_STEP = Answers(302, 302, 302, 302, 302, 302, 302)
NONE_OF_ONES_OWN = Answers(302, 404, 404, 404, 404, 404, 404)
ANYBODY = Answers(200, 200, 200, 200, 200, 200, 200)
ACCOUNTS = {
    OPEN: {"account_login": (), "invitation": ()},
    NONE_BY_GET: {"account_logout": ()},
    OF_AN_OFFICE: {"second-factor": ()},
    OWN: dict.fromkeys(
        (
            *("mfa_index", "account_reauthenticate", "mfa_list_webauthn"),
            *("account_change_password", "usersessions_list", "account-address"),
        ),
        (),
    ),
    OWN_STEP: dict.fromkeys(
        (
            *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("mfa_activate_totp", "mfa_add_webauthn", "mfa_login_webauthn"),
            *("mfa_generate_recovery_codes", "account_set_password"),
        ),
        (),
    )
    | {"mfa_remove_webauthn": ("1",)},
    NONE_OF_ONES_OWN: dict.fromkeys(
        ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"), ()
    ),
    ANYBODY: dict.fromkeys(
        (
            *("account_inactive", "account_reset_password", "account_reset_password_done"),
            "account_reset_password_from_key_done",
        ),
        (),
    )
    | {"account_reset_password_from_key": ("1", "none")},
    Answers(404, 302, 302, 302, 302, 302, 302): {"invitation-link": ("none",)},
    Answers(404, 404, 404, 404, 404, 404, 404): {"address-link": ("none",)},
}


TABLE = {
    "home": ((), Answers(302, 200, 302, 302, 302, 302, 302)),
    "login": ((), OPEN),
    "logout": ((), NONE_BY_GET),
    **{
        name: (keys, answers) for answers, names in ACCOUNTS.items() for name, keys in names.items()
    },
    "join": ((), ANYBODY),
    # Whoever has the link; there is none of that name.
    "application": (("none",), Answers(*[404] * 7)),
    "withdraw-application": (("none",), Answers(*[405] * 7)),
    "language": (("de",), Answers(*[302] * 7)),
    "admin:index": ((), STAFF),
    "find": ((), LIST),
    "found": (("forgotten",), LIST),
    "branch": (("unit",), ROW),
    "admin:login": ((), Answers(302, 403, 302, 302, 302, 302, 302)),
    "admin:logout": ((), Answers(302, 302, 405, 405, 405, 405, 405)),
    "admin:search": ((), STAFF),
    "admin:password_change": ((), OWN_STEP),
    "admin:password_change_done": ((), STAFF),
    "admin:jsi18n": ((), STAFF),
    "admin:autocomplete": ((), CLOSED),
    "admin:view_on_site": (("1", "1"), Answers(302, 302, 404, 404, 404, 404, 404)),
    "admin:app_list": (("members",), Answers(302, 302, 404, 200, 200, 200, 200)),
    **of_table("districts_unit", row="unit"),
    "admin:districts_unit_act": (("unit", "rename"), ACT_ON_ROW),
    "admin:districts_unit_list_act": (("found-root",), ADMINISTRATOR),
    "admin:districts_suggest": (("cell",), ACT),
    **of_table("districts_locality", row="locality", add=ACT),
    "admin:districts_locality_act": (("locality", "set-street-cell"), ACT_ON_ROW),
    "admin:districts_locality_list_act": (("none",), NO_SUCH_ACT),
    **of_table("districts_workplace", row="workplace", add=ACT),
    "admin:districts_workplace_act": (("workplace", "attach-workplace"), ACT_ON_ROW),
    "admin:districts_workplace_list_act": (("none",), NO_SUCH_ACT),
    **of_table("members_member", row="person"),
    "admin:members_member_act": (("person", "change-cell"), ACT_ON_ROW),
    "admin:members_member_list_act": (("admit",), ACT),
    "admin:members_member_doubles": ((), LIST),
    # There is none as long as nobody is invited by letter.
    "admin:members_member_letter": (("person",), Answers(302, 302, 403, 403, 404, 404, 404)),
    **of_table("members_registration", row="registration"),
    **of_table("members_employment", row="employment"),
    **of_table("members_request", row="asked"),
    "admin:members_request_act": (("asked", "grant"), ACT_ON_ROW),
    "admin:members_request_list_act": (("ask-admission",), ACT),
    **of_table("elections_question", row="question"),
    "admin:elections_question_act": (("question", "put-question"), ACT_ON_ROW),
    "admin:elections_question_list_act": (("raise-motion",), ACT),
    # There is no result as long as one poll is not published.
    "admin:elections_question_result": (
        ("question",),
        Answers(302, 302, 403, 404, 404, 404, 404),
    ),
    **of_table("elections_poll", row="poll"),
    "admin:elections_poll_act": (("poll", "open-poll"), ACT_ON_ROW),
    "admin:elections_poll_list_act": (("none",), NO_SUCH_ACT),
    **of_table("elections_meeting", row="meeting"),
    "admin:elections_meeting_act": (("meeting", "invite-everybody"), ACT_ON_ROW),
    "admin:elections_meeting_list_act": (("plan-meeting",), ACT),
    "admin:elections_meeting_letters": (("meeting",), ACT_ON_ROW),
    "admin:elections_meeting_minutes": (("meeting",), ROW),
    "admin:elections_meeting_delegates": (("meeting",), ROW),
    "admin:elections_meeting_credentials": (("meeting",), ACT_ON_ROW),
    "admin:elections_poll_roll": (("poll",), ROW),
    **of_table("elections_bureau", row="bureau"),
    "admin:elections_bureau_act": (("bureau", "leave-seat"), ACT_ON_ROW),
    "admin:elections_bureau_list_act": (("none",), NO_SUCH_ACT),
    "admin:elections_poll_printed_roll": (("poll",), ROW),
    **of_table("members_account", row="login"),
    "admin:members_account_act": (("login", "grant-role"), ACT_ON_ROW),
    "admin:members_account_list_act": (("none",), NO_SUCH_ACT),
    **of_table("districts_heldrole", row="held"),
    **of_table("audit_entry", row="entry"),
    "admin:audit_entry_export": ((), EXPORTS),
    "admin:audit_entry_heads": ((), LIST),
    "admin:audit_entry_check": ((), NONE_BY_GET_IN_THE_OFFICE),
    "admin:districts_heldrole_act": (("held", "revoke-role"), ACT_ON_ROW),
    "admin:districts_heldrole_list_act": (("give-role",), ACT),
    "imports": ((), ACT),
    "import": (("job",), Answers(302, 302, 403, 403, 404, 200, 200)),
    "export": ((), Answers(302, 302, 403, 200, 403, 403, 200)),
    "coverage": ((), LIST),
    "findings": ((), LIST),
    "findings_csv": ((), LIST),
    "rules": ((), LIST),
    "rule": (("unit-open",), LIST),
    "tell": ((), DOOR),
    "teller-key": ((), DOOR),
    "door": (("code",), DOOR),
    "check-off": (("code",), NONE_BY_GET),
    "take-back": (("code", "vote"), Answers(302, 403, 403, 403, 403, 403, 404, teller=200)),
    "papers": (("code",), DOOR),
    "box": (("code",), DOOR),
    "receipt-code": ((), NONE_BY_GET),
    "meetings": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    "meeting": (
        ("meeting code",),
        Answers(302, 200, 404, 200, 404, 200, 200, teller=404, another=404),
    ),
    "meeting-ics": (
        ("meeting code",),
        Answers(302, 200, 404, 200, 404, 200, 200, teller=404, another=404),
    ),
    # The code is a member's own.
    "meeting-pass": (
        ("meeting code",),
        Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404),
    ),
    "calendar-link": ((), NONE_BY_GET),
    # Whoever has the link: nobody logs in for it.
    "meeting-feed": (("feed",), Answers(200, 200, 200, 200, 200, 200, 200)),
    "meeting-doors": ((), MEETING_DOORS),
    "meeting-door": (("meeting code",), MEETING_DOOR),
    "meeting-list": (("meeting code",), MEETING_DOOR),
    "meeting-counts": (("meeting code",), MEETING_DOOR),
    "meeting-present": (("meeting code",), NONE_BY_GET),
    "meeting-take-back": (("meeting code",), NONE_BY_GET),
    "meeting-guests": (("meeting code",), NONE_BY_GET),
    # Members of the unit that looks for candidates.
    "nominations": (
        ("called",),
        Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404),
    ),
    "nominate": (("called",), NONE_BY_GET),
    "answer-nomination": (("called",), NONE_BY_GET),
    "my-page": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    # Everybody's own; an account of nobody's has none.
    "requests": ((), OF_A_MEMBER),
    "ask": (("address",), OF_A_MEMBER),
    "withdraw": (("asked",), NONE_BY_GET),
    "my-data": ((), OF_A_MEMBER),
    "my-data-file": ((), OF_A_MEMBER),
    "votes": ((), Answers(302, 200, 200, 200, 200, 200, 200)),
    "vote": (("code",), Answers(302, 200, 404, 404, 404, 404, 404, teller=404, another=404)),
    "board": (("code",), Answers(302, 200, 404, 200, 404, 200, 200, another=404)),
    # The poll is open: there is no result, and there are no files.
    "result": (("code",), NO_RESULT),
    "poll-files": (("code",), NO_RESULT),
    "question-files": (("question",), NO_RESULT),
    "poll-file": (("code", "poll.json"), NO_RESULT),
    "question-result": (("question",), NO_RESULT),
}
