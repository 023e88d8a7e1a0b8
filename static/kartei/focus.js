// Gives the field that is marked for it the focus. A browser may pass over the mark: where the page
// was still being laid out when it looked, for one.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
    const field = document.querySelector("[autofocus]");
    if (field && (document.activeElement === null || document.activeElement === document.body)) {
        field.focus();
    }
});
