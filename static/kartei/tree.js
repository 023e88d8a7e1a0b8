// Opens and closes the branches of the units' tree in the page. Without this script each of these
// links loads the page anew with the branch opened or closed.
"use strict";

(function () {
    function level(row) {
        return Number(row.dataset.level);
    }

    // The rows that stand below `row`, children of children included.
    function below(row) {
        const rows = [];
        for (let next = row.nextElementSibling; next && level(next) > level(row); next = next.nextElementSibling) {
            rows.push(next);
        }
        return rows;
    }

    function isOpen(toggle) {
        return toggle.getAttribute("aria-expanded") === "true";
    }

    // Show what stands below `row`, but nothing that a shut branch among it hides.
    function reveal(row) {
        let hidden = Infinity;
        below(row).forEach(function (one) {
            if (level(one) <= hidden) {
                one.hidden = false;
                const toggle = one.querySelector("a.k-toggle");
                hidden = toggle && !isOpen(toggle) ? level(one) : Infinity;
            }
        });
    }

    async function fetchBelow(row, toggle) {
        const answer = await fetch(toggle.dataset.branch, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) {
            throw new Error("no branch");
        }
        const rows = document.createElement("template");
        rows.innerHTML = await answer.text();
        row.after(rows.content);
        row.parentElement.querySelectorAll("a.k-toggle").forEach(prepare);
    }

    // What is open stands in the address, so that going back to the page shows it as it was left.
    function remember(row, open) {
        const address = new URL(window.location.href);
        const code = row.dataset.code;
        const [add, drop] = open ? ["open", "shut"] : ["shut", "open"];
        [add, drop].forEach(function (name) {
            const others = address.searchParams.getAll(name).filter((one) => one !== code);
            address.searchParams.delete(name);
            others.forEach((one) => address.searchParams.append(name, one));
        });
        address.searchParams.append(add, code);
        address.hash = "";
        window.history.replaceState(window.history.state, "", address);
    }

    async function turn(toggle, open) {
        const row = toggle.closest("tr");
        if (isOpen(toggle) === open || toggle.hasAttribute("aria-busy")) {
            return;
        }
        if (open && below(row).length === 0) {
            toggle.setAttribute("aria-busy", "true");
            try {
                await fetchBelow(row, toggle);
            } catch {
                window.location.assign(toggle.href); // the page itself knows more, a login above all
                return;
            } finally {
                toggle.removeAttribute("aria-busy");
            }
        }
        toggle.setAttribute("aria-expanded", String(open));
        if (open) {
            reveal(row);
        } else {
            below(row).forEach((one) => { one.hidden = true; });
        }
        remember(row, open);
    }

    function step(toggle, by) {
        const shown = Array.from(toggle.closest("table").querySelectorAll("tr:not([hidden]) a.k-toggle"));
        const next = shown[shown.indexOf(toggle) + by];
        if (next) {
            next.focus();
        }
    }

    function pressed(event) {
        const toggle = event.currentTarget;
        const keys = {
            " ": () => turn(toggle, !isOpen(toggle)),
            ArrowRight: () => turn(toggle, true),
            ArrowLeft: () => turn(toggle, false),
            ArrowDown: () => step(toggle, 1),
            ArrowUp: () => step(toggle, -1),
        };
        const act = keys[event.key];
        if (act && !event.ctrlKey && !event.altKey && !event.metaKey) {
            event.preventDefault();
            act();
        }
    }

    function prepare(toggle) {
        if (toggle.getAttribute("role") === "button") {
            return;
        }
        toggle.setAttribute("role", "button");
        toggle.addEventListener("keydown", pressed);
        toggle.addEventListener("click", function (event) {
            if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
                event.preventDefault();
                turn(toggle, !isOpen(toggle));
            }
        });
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll(".k-tree a.k-toggle").forEach(prepare);
    });
})();
