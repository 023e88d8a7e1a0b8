// Passkeys: what went wrong is told on the page, and a button that cannot work is not shown.
"use strict";

(function () {
    document.addEventListener("allauth.error", function (event) {
        event.preventDefault();
        document.getElementById("passkey-trouble").hidden = false;
    });
    // A passkey is made once the fields beside it are filled: one that is not kept lies around.
    document.addEventListener("click", function (event) {
        if (event.target.matches("[data-check-first]") && !event.target.form.reportValidity()) {
            event.stopPropagation();
        }
    }, true);
    if (!window.PublicKeyCredential) {
        for (const id of ["passkey_login", "mfa_webauthn_authenticate", "mfa_webauthn_add", "passkey_signup"]) {
            const button = document.getElementById(id);
            if (button) {
                button.hidden = true;
            }
        }
    }
})();
