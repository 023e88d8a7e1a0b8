// Passkeys: what went wrong is told on the page, and a button that cannot work is not shown.
"use strict";

(function () {
    document.addEventListener("allauth.error", function (event) {
        event.preventDefault();
        document.getElementById("passkey-trouble").hidden = false;
    });
    if (!window.PublicKeyCredential) {
        for (const id of ["passkey_login", "mfa_webauthn_authenticate", "mfa_webauthn_add"]) {
            const button = document.getElementById(id);
            if (button) {
                button.hidden = true;
            }
        }
    }
})();
