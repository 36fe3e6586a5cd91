/*
 * The one script module. Every page works without it; it adds comfort:
 * focus on what went wrong, counts of characters, days in words and a picker, live totals of score sheets, rows that
 * come and go in place, asking before an act, saving drafts, warning before changes are lost, menus that close,
 * suggestions of a search box.
 *
 * Words come from the page (data-text-*), in the reader's language. Nothing here writes HTML or style.
 */

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const chinese = document.documentElement.lang.startsWith("zh");


/* --- What went wrong takes the focus --- */

document.querySelector("[data-focus]")?.focus();


/* --- Counts of characters --- */

function countCharacters(counter) {
  const text = document.getElementById(counter.dataset.countFor);
  if (!text) return;
  const left = Number(counter.dataset.limit) - [...text.value].length;
  const words = left < 0 ? counter.dataset.textOver : counter.dataset.textLeft;
  counter.textContent = words.replace("{n}", Math.abs(left).toLocaleString());
  counter.classList.toggle("field__count--over", left < 0);
}

all("[data-count-for]").forEach(countCharacters);
document.addEventListener("input", (event) => {
  const counter = event.target.id && document.querySelector(`[data-count-for="${CSS.escape(event.target.id)}"]`);
  if (counter) countCharacters(counter);
});


/* --- Days: in words, and from a picker --- */

/** Reads 2026-12-15, 115/12/15 or 民國115年12月15日; a year below 1000 is a ROC year. Null when it is no day. */
function readDay(typed) {
  const plain = typed.normalize("NFKC").replace(/民國|日|\s/g, "").replace(/[年月/.]/g, "-");
  const parts = /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/.exec(plain);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]) + (parts[1].length < 4 ? 1911 : 0), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}

function dayInWords(date) {
  if (chinese) return `${date.getUTCFullYear() - 1911} 年 ${date.getUTCMonth() + 1} 月 ${date.getUTCDate()} 日`;
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

function echoDay(box) {
  const date = readDay(box.querySelector("input").value);
  box.querySelector("output").textContent = date ? dayInWords(date) : "";
}

/** A calendar drawn with three strokes. */
function calendarIcon() {
  const namespace = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "path");
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M2.5 4.5h15v13h-15zM2.5 8.5h15M6.5 2v4M13.5 2v4");
  icon.append(path);
  return icon;
}

function addPicker(box) {
  const typed = box.querySelector("input");
  if (typed.type !== "text" || typed.disabled || typed.readOnly || !HTMLInputElement.prototype.showPicker) return;
  const picker = document.createElement("input");
  picker.type = "date";
  picker.className = "echo__native";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "echo__pick";
  button.title = box.dataset.textPick;
  button.setAttribute("aria-label", box.dataset.textPick);
  button.append(calendarIcon());
  button.addEventListener("click", () => {
    picker.value = readDay(typed.value)?.toISOString().slice(0, 10) ?? "";
    picker.showPicker();
  });
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    typed.value = picker.value;
    typed.dispatchEvent(new Event("input", { bubbles: true }));
    typed.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const holder = document.createElement("span");
  holder.className = "echo__picker";
  holder.append(button, picker);
  typed.after(holder);
}

function setUpDays(root) {
  for (const box of all("[data-day]", root)) {
    addPicker(box);
    box.addEventListener("input", () => echoDay(box));
  }
}

setUpDays(document);


/* --- Score sheets: totals that follow the scores --- */

function addUp(row) {
  const high = Number(row.closest("[data-scores]").dataset.high);
  const given = all("[data-weight]", row)
    .map((group) => [Number(group.dataset.weight), group.querySelector(":checked")])
    .filter(([, picked]) => picked);
  const complete = given.length === Number(row.dataset.scoreRow);
  const total = given.reduce((sum, [weight, picked]) => sum + (weight * Number(picked.value)) / high, 0);
  row.querySelector("[data-total]").value = complete ? total.toFixed(1) : "—";
  row.querySelector("[data-total-bar]").value = total;
  row.classList.toggle("scores__one--unfinished", !complete);
}

document.addEventListener("change", (event) => {
  const row = event.target.matches("[type=radio]") && event.target.closest("[data-score-row]");
  if (row) addUp(row);
});


/* --- Rows that can be added and removed --- */

/** Gives every name and id of a row another index: milestones-0-title becomes milestones-2-title. */
function renumber(row, field, from, to) {
  const old = `${field}-${from}`;
  for (const element of [row, ...all("*", row)]) {
    for (const name of ["id", "name", "for", "data-count-for", "aria-describedby", "aria-labelledby"]) {
      const value = element.getAttribute(name);
      if (!value) continue;
      const next = value
        .split(" ")
        .map((part) => part.replace(new RegExp(`(^|-)${old}(?=-|$)`), `$1${field}-${to}`))
        .join(" ");
      element.setAttribute(name, next);
    }
  }
}

function clear(row) {
  for (const control of all("input, select, textarea", row)) {
    if (control.type === "checkbox" || control.type === "radio") control.checked = false;
    else if (control.tagName === "SELECT") control.selectedIndex = 0;
    else control.value = "";
    if (control.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "false");
  }
  all(".field__errors", row).forEach((errors) => errors.remove());
  all(".field--wrong", row).forEach((field) => field.classList.remove("field--wrong"));
  all("output", row).forEach((output) => { output.textContent = ""; });
  all(".echo__picker", row).forEach((picker) => picker.remove());
  all("[data-count-for]", row).forEach(countCharacters);
}

function label(group) {
  const rows = all("[data-row]", group);
  rows.forEach((row, at) => {
    row.setAttribute("aria-label", `${row.dataset.rowLabel} ${at + 1}`);
    const remove = row.querySelector("[data-remove]");
    remove.setAttribute("aria-label", remove.dataset.text.replace("{n}", at + 1));
  });
  const add = group.querySelector("[data-add]");
  add.disabled = Boolean(group.dataset.max) && rows.length >= Number(group.dataset.max);
}

/** The index stands in the name of the remove button: remove-milestones-3. */
const indexOf = (row) => Number(/-(\d+)$/.exec(row.querySelector("[data-remove]").name)[1]);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-remove]");
  const group = button?.closest("[data-rows]");
  if (!group) return;
  const rows = all("[data-row]", group);
  const field = group.dataset.rows;
  if (button.matches("[data-add]")) {
    if (!rows.length) return;
    event.preventDefault();
    const pattern = rows.at(-1);
    const row = pattern.cloneNode(true);
    renumber(row, field, indexOf(pattern), Math.max(...rows.map(indexOf)) + 1);
    clear(row);
    pattern.after(row);
    setUpDays(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else {
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (rows.length <= Math.max(1, Number(group.dataset.min))) {
      clear(row);
      all("[data-day]", row).forEach(addPicker);
    } else {
      (row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling)
        ?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      row.remove();
    }
  }
  label(group);
  group.dispatchEvent(new Event("change", { bubbles: true }));
});


/* --- Sums that follow their figures: <output data-sum-of="grant own" data-goal="100" data-most="1000000"> --- */

/** Reads 1,800,000 and 180萬 as a number; 0 where it cannot. */
function readAmount(typed) {
  const plain = typed.normalize("NFKC").replace(/NT\$|[,\s元]/g, "");
  const units = { 億: 1e8, 萬: 1e4 };
  const amount = plain.at(-1) in units ? Number(plain.slice(0, -1)) * units[plain.at(-1)] : Number(plain);
  return amount || 0;
}

function sumUp(output) {
  const { sumOf, goal, most, textSum = "{n}" } = output.dataset;
  const figures = sumOf.split(" ").flatMap((name) => all(`input[name$="-${name}"]`, output.closest("form")));
  const sum = figures.reduce((total, figure) => total + readAmount(figure.value), 0);
  output.value = textSum.replace("{n}", sum.toLocaleString("en"));
  const off = (goal !== undefined && sum !== Number(goal)) || (most !== undefined && sum > Number(most));
  output.parentElement.classList.toggle("sum--off", off);
}

for (const kind of ["input", "click"]) {
  document.addEventListener(kind, () => all("output[data-sum-of]").forEach(sumUp));
}


/* --- Asking before an act --- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  const dialog = form.dataset.confirm && document.getElementById(form.dataset.confirm);
  if (!dialog?.showModal || form.dataset.confirmed || event.submitter?.formNoValidate) return;
  event.preventDefault();
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "confirm") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
  }, { once: true });
  dialog.showModal();
});


/* --- Drafts that save themselves, and changes that are not lost unnoticed --- */

const SAVE_AFTER = 3000;

/**
 * Posts the form a while after the last change, without files and without the idempotency key: that belongs to the
 * real sending. The server answers JSON {version: whole number}; 409 {message} means that someone else saved first
 * or that nothing can be changed any more.
 */
function autosave(form) {
  const status = document.createElement("p");
  status.className = "autosave";
  status.setAttribute("role", "status");
  form.append(status);
  const say = (words, wrong = false) => {
    status.textContent = words;
    status.classList.toggle("autosave--wrong", wrong);
  };
  let timer;
  let running = false;
  let again = false;

  async function save() {
    if (form.dataset.sending) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.delete("idempotency_key");
    say(form.dataset.textSaving);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams([...data]),
        headers: { Accept: "application/json", "X-Autosave": "1" },
      });
      if (answer.status === 409) {
        form.dataset.stale = "yes";
        const { message } = await answer.json();
        say(message || form.dataset.textStale, true);
      } else if (!answer.ok || answer.redirected) {
        say(form.dataset.textFailed, true);
      } else {
        const { version } = await answer.json();
        const field = form.querySelector("[name=expected_version]");
        if (field && version !== undefined) field.value = version;
        const time = new Date().toLocaleTimeString(chinese ? "zh-TW" : "en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
        say(form.dataset.textSaved.replace("{time}", time));
        if (!again) delete form.dataset.changed;
      }
    } catch {
      say(form.dataset.textFailed, true);
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  }

  form.addEventListener("input", schedule);
  form.addEventListener("change", schedule);
  function schedule() {
    if (form.dataset.stale) return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER);
  }
}

all("form[data-autosave]").forEach(autosave);

for (const form of all("form[data-guard]")) {
  // What only turns the view (data-view) is no change of the form.
  const changed = (event) => { if (!event.target.matches("[data-view]")) form.dataset.changed = "yes"; };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) event.target.dataset.sending = "yes";
});

window.addEventListener("beforeunload", (event) => {
  const open = all("form[data-guard]").some((form) => form.dataset.changed && !form.dataset.sending);
  if (open && !document.querySelector("form[data-sending]")) event.preventDefault();
});

// A page that comes back from the browser's memory is not being sent any more.
window.addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => delete form.dataset.sending));


/* --- Menus close with Escape and with a click elsewhere --- */

const menus = all("details[data-menu]");
document.addEventListener("click", (event) => {
  menus.filter((menu) => menu.open && !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of [...menus, ...all("details.menu")].filter((each) => each.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});


/* --- Search boxes suggest while one types --- */

const SUGGEST_AFTER = 200;
let boxes = 0;

/** A combobox with a list below: arrows choose, Enter takes and searches, Escape closes; focus stays in the field. */
function suggestTo(field) {
  const { suggest, textLabel, textCount } = field.dataset;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const id = `suggestions-${boxes += 1}`;
  let at = -1;
  let timer;
  let asking;
  list.id = id;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", textLabel);
  status.className = "hidden-visually";
  status.setAttribute("role", "status");
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
  field.parentElement.append(list, status);

  function mark(next) {
    at = next;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    mark(-1);
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    field.setAttribute("aria-expanded", "false");
  }

  function take(option) {
    field.value = option.dataset.text;
    close();
    field.form.requestSubmit();
  }

  function show(suggestions) {
    mark(-1);
    list.replaceChildren(...suggestions.map(({ text, kind }, number) => {
      const option = document.createElement("li");
      const words = document.createElement("span");
      const note = document.createElement("span");
      option.id = `${id}-${number}`;
      option.dataset.text = text;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      words.textContent = text;
      note.textContent = kind;
      note.className = "suggestions__kind";
      option.append(words, note);
      return option;
    }));
    list.hidden = !suggestions.length;
    status.textContent = suggestions.length ? textCount.replace("{n}", suggestions.length) : "";
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    try {
      const address = `${suggest}?${new URLSearchParams({ q: field.value, lang: chinese ? "zh_Hant_TW" : "en" })}`;
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok && document.activeElement === field) show((await answer.json()).suggestions);
    } catch {
      // Without an answer there is nothing to suggest; the search itself goes on.
    }
  }

  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.isComposing) return;
    if (field.value.trim()) timer = setTimeout(ask, SUGGEST_AFTER);
    else close();
  });
  field.addEventListener("compositionend", () => { timer = setTimeout(ask, SUGGEST_AFTER); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const many = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "ArrowDown" && many) {
      event.preventDefault();
      mark(at + 1 < many ? at + 1 : -1);
    } else if (event.key === "ArrowUp" && many) {
      event.preventDefault();
      mark(at < 0 ? many - 1 : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(list.children[at]);
    }
  });
  // Before the field loses the focus and the list closes.
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option && event.button === 0) take(option);
  });
}

all("[data-suggest]").forEach(suggestTo);
