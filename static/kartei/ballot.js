// The ballot with fewer steps: names are ranked by tapping them in order. Without this script the
// ranks are written into fields, which this fills in.
"use strict";

const form = document.querySelector("form.ballot");

function several() {
    const count = form.querySelector(".ballot-count");
    const boxes = [...form.querySelectorAll("input[name=choice]")];
    const tell = () => {
        const chosen = boxes.filter((box) => box.checked).length;
        count.textContent = count.dataset.text.replace("%n", chosen).replace("%m", form.dataset.most);
    };
    form.addEventListener("change", tell);
    tell();
}

function ranked() {
    const list = form.querySelector(".ballot-ranked");
    const words = list.dataset;
    const lines = [...list.querySelectorAll("li[data-number]")].map((line) => ({
        name: line.querySelector("label").textContent,
        field: line.querySelector("input"),
        said: line.querySelector("details") ?? "",
    }));
    let order = lines.filter((line) => Number(line.field.value) > 0);
    order.sort((one, other) => Number(one.field.value) - Number(other.field.value));
    const fields = document.createElement("div");
    fields.hidden = true;
    lines.forEach((line) => fields.append(line.field));
    form.append(fields);
    document.getElementById("rank-help").hidden = true;

    const button = (text, label, kind, act) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = kind;
        made.textContent = text;
        if (label) {
            made.setAttribute("aria-label", label);
        }
        made.addEventListener("click", act);
        return made;
    };
    const item = (...parts) => {
        const made = document.createElement("li");
        made.append(...parts);
        list.append(made);
        return made;
    };
    const part = (kind, text) => {
        const made = document.createElement("span");
        made.className = kind;
        made.textContent = text;
        return made;
    };
    const move = (from, to, focus) => {
        const [line] = order.splice(from, 1);
        if (to !== null) {
            order.splice(to, 0, line);
        }
        draw();
        (list.querySelector(`[data-focus="${focus}"]`) ?? list.querySelector("button"))?.focus();
    };

    function drawRanked(line, place) {
        const parts = [part("place", `${place + 1}.`), part("name", line.name)];
        if (place > 0) {
            const up = button("↑", `${words.up}: ${line.name}`, "btn btn-outline-secondary", () =>
                move(place, place - 1, `up-${place - 1}`),
            );
            up.dataset.focus = `up-${place}`;
            parts.push(up);
        }
        if (place < order.length - 1) {
            const down = button("↓", `${words.down}: ${line.name}`, "btn btn-outline-secondary", () =>
                move(place, place + 1, `down-${place + 1}`),
            );
            down.dataset.focus = `down-${place}`;
            parts.push(down);
        }
        parts.push(
            button("×", `${words.remove}: ${line.name}`, "btn btn-outline-secondary", () => move(place, null, "add-0")),
        );
        const made = item(...parts, line.said);
        made.dataset.focus = `place-${place}`;
        made.tabIndex = -1;
    }

    function draw() {
        lines.forEach((line) => {
            const place = order.indexOf(line);
            line.field.value = place < 0 ? "" : String(place + 1);
        });
        list.replaceChildren();
        item(words.order).className = "head";
        order.forEach(drawRanked);
        if (order.length === 0) {
            item(words.none).className = "head text-body-secondary";
        }
        const rest = lines.filter((line) => !order.includes(line));
        if (rest.length > 0) {
            item(words.rest).className = "head";
        }
        rest.forEach((line, place) => {
            const add = button(line.name, `${words.add}: ${line.name}`, "btn add", () => {
                order.push(line);
                draw();
                // Never to the button that casts: a key that is pressed once more would send the vote.
                const next = [`add-${place}`, `add-${place - 1}`, `place-${order.length - 1}`];
                next.map((name) => list.querySelector(`[data-focus="${name}"]`)).find(Boolean)?.focus();
            });
            add.dataset.focus = `add-${place}`;
            item(add, line.said);
        });
    }
    draw();
}

// A vote is cast by its button alone: Enter beside an answer would send the form.
form?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
    }
});

if (form?.dataset.method === "several") {
    several();
} else if (form?.dataset.method === "ranked") {
    ranked();
}
