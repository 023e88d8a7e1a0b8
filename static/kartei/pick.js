// Suggestions for a field whose list is too long to stand in the page. Without this script the
// server still understands a code, a whole name, or asks back which one was meant.
"use strict";

(function () {
    const PAUSE = 200; // milliseconds without a key before the server is asked

    function offer(list, rows) {
        list.replaceChildren(...rows.map(function (row) {
            const option = document.createElement("option");
            option.value = row;
            return option;
        }));
    }

    function watch(input) {
        const list = input.list;
        let timer = 0;
        let asked = "";
        input.addEventListener("input", function () {
            window.clearTimeout(timer);
            const text = input.value.trim();
            if (text === asked || text === "") {
                return;
            }
            timer = window.setTimeout(async function () {
                asked = text;
                const address = input.dataset.suggestions + "?q=" + encodeURIComponent(text);
                const answer = await fetch(address, { headers: { Accept: "application/json" } });
                if (answer.ok && text === asked) {
                    offer(list, (await answer.json()).rows);
                }
            }, PAUSE);
        });
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll("input[data-suggestions]").forEach(watch);
    });
})();
