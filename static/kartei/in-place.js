// A form that is sent without a new page and does not reach the server is sent as forms are: then the
// browser says what is wrong, and nobody takes silence for a yes.
"use strict";

document.addEventListener("htmx:sendError", function (event) {
    if (event.target instanceof HTMLFormElement) {
        event.target.submit();
    }
});
