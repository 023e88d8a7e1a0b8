// Brings what changes by itself up to date, in place: nothing that is being read jumps, and the focus
// stays where it is. Without it one looks again by the link beside it.
"use strict";

(function () {
    const shown = document.querySelector("[data-fresh]");
    if (!shown) {
        return;
    }
    function look() {
        fetch(location.href, { headers: { "X-Requested-With": "fetch" } })
            .then(function (answer) {
                return answer.ok && !answer.redirected ? answer.text() : null;
            })
            .then(function (text) {
                const page = text && new DOMParser().parseFromString(text, "text/html");
                const now = page && page.querySelector("[data-fresh]");
                if (now) {
                    shown.innerHTML = now.innerHTML;
                    wait();
                } else if (page) {
                    location.reload(); // what was waited for is there, and the page is another one
                } else {
                    wait();
                }
            })
            .catch(wait);
    }
    function wait() {
        window.setTimeout(look, Number(shown.dataset.fresh) * 1000);
    }
    wait();
})();
