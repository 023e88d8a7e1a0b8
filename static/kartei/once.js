// A form that was sent is not sent a second time: a finger on a phone taps twice.
"use strict";

(function () {
    let sent = null;
    document.addEventListener("submit", function (event) {
        if (event.target === sent) {
            event.preventDefault();
        }
        sent = event.target;
    });
    window.addEventListener("pageshow", function () {
        sent = null;
    });
})();
