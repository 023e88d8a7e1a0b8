// The receipt as a QR code at once, to the clipboard, or to a printer. Without this script a button
// shows the code on a page of its own.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
    const tools = document.querySelector(".receipt-tools");
    const copy = tools.querySelector("[data-copy]");
    const receipt = document.querySelector(".receipt").textContent.trim().replace(/\s+/g, " ");
    tools.hidden = false;
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", function () {
        navigator.clipboard.writeText(receipt).then(function () {
            copy.textContent = copy.dataset.done;
        });
    });
    const form = document.querySelector("form.receipt-code");
    fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
    })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then(function (drawn) {
            const svg = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement;
            form.querySelector("button").replaceWith(document.importNode(svg, true));
        })
        .catch(function () {
            form.querySelector("button").hidden = false;
        });
    tools.querySelector("[data-print]").addEventListener("click", function () {
        window.print();
    });
});
