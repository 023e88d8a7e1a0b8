// Keeps numbers on a page fresh: what several doors count is seen at each. Without it the next page
// that is loaded shows them.
"use strict";

(function () {
    const shown = document.querySelector("[data-live]");
    if (!shown) {
        return;
    }
    window.setInterval(function () {
        if (document.hidden) {
            return;
        }
        fetch(shown.dataset.live, { headers: { "X-Requested-With": "fetch" } })
            .then(function (answer) {
                return answer.ok && !answer.redirected ? answer.text() : null;
            })
            .then(function (text) {
                if (text !== null) {
                    shown.innerHTML = text;
                }
            })
            .catch(function () {});
    }, 10000);
})();
