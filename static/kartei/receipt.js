// The receipt to the clipboard or to a printer, where the browser offers it.
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
    tools.querySelector("[data-print]").addEventListener("click", function () {
        window.print();
    });
});
