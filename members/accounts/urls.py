"""The addresses of accounts: the way in and out, and all that is one's own about them."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.views import list_usersessions
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path, re_path

from members.accounts import address_views, invitation_views, views

_PASSWORD = [
    path("change/", account.password_change, name="account_change_password"),
    path("set/", account.password_set, name="account_set_password"),
    path("reset/", account.password_reset, name="account_reset_password"),
    path("reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9a-zA-Z]{1,13})/(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
_PASSKEYS = [
    path("", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("login/", login_not_required(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
_CODES = [
    path("", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("account/", mfa.index, name="mfa_index"),
    path("account/closed/", account.account_inactive, name="account_inactive"),
    path("account/again/", account.reauthenticate, name="account_reauthenticate"),
    path("account/factor/", views.second_factor, name="second-factor"),
    path("account/factor/enter/", mfa.authenticate, name="mfa_authenticate"),
    path("account/factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/codes-app/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/codes-app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/address/", address_views.new_address, name="account-address"),
    path("account/address/<str:token>/", address_views.address_link, name="address-link"),
    path("account/invitation/", invitation_views.InvitationView.as_view(), name="invitation"),
    path(
        "account/invitation/<str:token>/",
        invitation_views.invitation_link,
        name="invitation-link",
    ),
    path("account/password/", include(_PASSWORD)),
    path("account/passkeys/", include(_PASSKEYS)),
    path("account/recovery-codes/", include(_CODES)),
    path("account/sessions/", list_usersessions, name="usersessions_list"),
]
