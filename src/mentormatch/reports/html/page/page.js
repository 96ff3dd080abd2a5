"use strict";
// Lists of people: searched, sorted, a page of rows at a time. Everything is shown as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words, people = data.people;
const PAGE = 100, CHIPS = 12, MOST_PRINTED = 3000, SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}
function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}
const whole = new Intl.NumberFormat(document.documentElement.lang || "en");
const collator = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });
const decimals = (value, digits) => (value === null ? "–" : value.toFixed(digits));
const nameOf = (side, k) => (people[side].names ? people[side].names[k] : people[side].ids[k]);
const textOf = (side, k) => (people[side].names ? `${people[side].names[k]} ${people[side].ids[k]}` : people[side].ids[k]);

function person(side, k) {
  const box = make("span", { class: "person" }, make("b", {}, make("bdi", {}, nameOf(side, k))));
  if (people[side].names) box.append(make("small", {}, make("bdi", {}, people[side].ids[k])));
  return box;
}
function personColumn(title, side, at) {
  return { title, sort: (k) => nameOf(side, at(k)), text: (k) => textOf(side, at(k)), cell: (k) => person(side, at(k)) };
}
function numberColumn(title, at, digits) {
  return { title, number: true, sort: (k) => at(k) ?? -Infinity, cell: (k) => decimals(at(k), digits) };
}
function textColumn(title, at) {
  return { title, sort: at, text: at, cell: (k) => make("bdi", {}, at(k)) };
}

// ------------------------------------------------------------------ pairs and what is behind them

const pairs = data.pairs;
const criteria = data.criteria;
const scoreOf = (k) => pairs.score[k] / 10000;
const detailOf = (k) => (pairs.detailed ? pairs.detailed[k] : k);
const partsOf = (k) => {
  const at = detailOf(k);
  return at === undefined ? null : criteria.map((_, c) => pairs.parts[at * criteria.length + c] / 10000);
};
const colour = (c) => `s${c % 8}`;

function stackedBar(k) {
  const bar = draw("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  const top = Math.max(1, data.largest), parts = partsOf(k) || [];
  let at = 0;
  parts.forEach((part, c) => {
    if (part > 0) bar.append(draw("rect", { class: colour(c), x: (100 * at) / top, width: (100 * part) / top, height: 10 }));
    at += Math.max(part, 0);
  });
  if (!parts.length) bar.append(draw("rect", { class: "s0", width: Math.max(0, (100 * scoreOf(k)) / top), height: 10 }));
  return bar;
}
function waterfall(k) {
  const parts = partsOf(k), list = make("ul", { class: "fall" });
  if (!parts) return make("p", { class: "quiet" }, words.no_detail);
  const at = detailOf(k), rest = scoreOf(k) - parts.reduce((sum, part) => sum + part, 0);
  const rows = parts.map((part, c) => ({ label: criteria[c].label, part, style: colour(c), said: sentence(at, c) }));
  if (Math.abs(rest) > 0.0006) rows.push({ label: words.joining, part: rest, style: "rest", said: null });
  const most = Math.max(1, data.largest);
  let sum = 0;
  for (const row of rows) {
    const from = Math.min(sum, sum + row.part), width = Math.max(Math.abs(row.part), 0.003);
    const bar = draw("svg", { viewBox: "0 0 100 16", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { class: row.style, x: (100 * from) / most, y: 2, width: (100 * width) / most, height: 12 }));
    const item = make("li", {}, make("span", {}, row.label), bar, make("span", { class: "number" }, (row.part < 0 ? "−" : "+") + decimals(Math.abs(row.part), 3)));
    if (row.said) item.append(make("span", { class: "said" }, make("bdi", {}, row.said)));
    list.append(item);
    sum += row.part;
  }
  list.append(make("li", { class: "sum" }, make("span", {}, words.score_of_pair), make("span", {}), make("span", { class: "number" }, decimals(scoreOf(k), 3))));
  return list;
}
function sentence(at, c) {
  const place = at * criteria.length + c;
  if (pairs.sentences && pairs.sentences[place] >= 0) return data.texts[pairs.sentences[place]];
  if (pairs.missing.includes(place)) return words.not_known;
  const value = pairs.parts[place] / 10000 / (criteria[c].weight || 1);
  return fill(words.value_times_weight, { value: decimals(value, 2), weight: criteria[c].share });
}
function alternatives(k) {
  const at = detailOf(k);
  if (at === undefined || !pairs.next) return null;
  const rows = [], kept = pairs.kept;
  for (let a = 0; a < kept; a += 1) {
    const mentor = pairs.next[(at * kept + a) * 3];
    if (mentor < 0) continue;
    const cost = pairs.next[(at * kept + a) * 3 + 2], taken = data.mentors.load[mentor], seats = data.mentors.capacity[mentor];
    rows.push(make("tr", {}, make("td", {}, person("mentors", mentor)),
      make("td", { class: "number" }, decimals(pairs.next[(at * kept + a) * 3 + 1] / 10000, 3)),
      make("td", { class: "number" }, cost < 0 ? "–" : (pairs.exact ? "" : "≥ ") + decimals(cost / 10000, 3)),
      make("td", { class: "number" }, fill(words.of, { part: taken, whole: seats }))));
  }
  if (!rows.length) return make("p", { class: "quiet" }, words.no_alternative);
  const heads = [[words.mentor, ""], [words.score, "number"], [words.cost, "number"], [words.seats, "number"]];
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map(([head, style]) => make("th", { scope: "col", class: style || null }, head)))), make("tbody", {}, ...rows));
}
function pairDetail(k) {
  const mentee = nameOf("mentees", pairs.mentee[k]);
  const why = make("div", {}, make("h3", {}, words.why), waterfall(k));
  if (pairs.hidden && detailOf(k) !== undefined) why.append(make("p", { class: "quiet small" }, words.hidden));
  const next = alternatives(k);
  const beside = make("div", {}, make("h3", {}, fill(words.next_best, { mentee })), next || make("p", { class: "quiet" }, words.no_detail));
  if (next) beside.append(make("p", { class: "quiet small" }, pairs.exact ? words.cost_exact : words.cost_bound));
  return make("div", { class: "pair" }, why, beside);
}
function seatBar(k) {
  const load = data.mentors.load[k], seats = data.mentors.capacity[k], drawn = Math.min(Math.max(load, seats), 12);
  const bar = draw("svg", { viewBox: `0 0 ${9 * Math.max(drawn, 5)} 12`, width: 9 * Math.max(drawn, 5), "aria-hidden": "true" });
  for (let s = 0; s < drawn; s += 1) bar.append(draw("rect", { class: s < load ? "taken" : "free", x: 9 * s + 0.5, y: 1.5, width: 7, height: 9, rx: 2 }));
  return make("span", { class: "seats" }, bar, fill(words.of, { part: load, whole: seats }));
}
const menteesOf = (() => {
  let lists = null;
  return (k) => {
    if (!lists) {
      lists = data.mentors.load.map(() => []);
      pairs.mentor.forEach((mentor, at) => lists[mentor].push(pairs.mentee[at]));
    }
    return lists[k];
  };
})();
function chips(mentees) {
  const shown = mentees.slice(0, CHIPS).map((mentee) => make("span", { class: "chip" }, make("bdi", {}, nameOf("mentees", mentee))));
  if (mentees.length > CHIPS) shown.push(fill(words.and_more, { n: whole.format(mentees.length - CHIPS) }));
  return make("span", { class: "chips" }, ...shown);
}
const unmatched = data.unmatched, blocking = data.blocking;
const tables = pairs ? {
  pairs: {
    rows: pairs.score.length, detail: pairDetail, key: criteria.length > 1, columns: [
      personColumn(words.mentee, "mentees", (k) => pairs.mentee[k]),
      personColumn(words.mentor, "mentors", (k) => pairs.mentor[k]),
      { title: words.score, id: "score", sort: scoreOf, cell: (k) => make("span", { class: "score" }, make("span", {}, decimals(scoreOf(k), 3)), stackedBar(k)) },
      ...(pairs.pinned.length ? [{ title: words.by_hand, sort: (k) => Number(pairs.pinned.includes(k)), text: (k) => (pairs.pinned.includes(k) ? words.pinned : ""), cell: (k) => (pairs.pinned.includes(k) ? make("span", { class: "chip" }, words.pinned) : "") }] : []),
    ],
  },
  unmatched: {
    rows: unmatched.mentee.length, nobody: words.everyone_matched, columns: [
      personColumn(words.mentee, "mentees", (k) => unmatched.mentee[k]),
      ...(unmatched.missing.some((count) => count > 1) ? [numberColumn(words.missing, (k) => unmatched.missing[k], 0)] : []),
      textColumn(words.reason, (k) => data.texts[unmatched.reason[k]]),
      ...(unmatched.fix ? [textColumn(words.fix, (k) => data.texts[unmatched.fix[k]])] : []),
    ],
  },
  mentors: {
    rows: data.mentors.load.length, columns: [
      personColumn(words.mentor, "mentors", (k) => k),
      { title: words.seats_taken, id: "load", sort: (k) => data.mentors.load[k], cell: seatBar },
      { title: words.free, id: "free", number: true, sort: (k) => data.mentors.capacity[k] - data.mentors.load[k], cell: (k) => whole.format(data.mentors.capacity[k] - data.mentors.load[k]) },
      ...(data.mentors.value ? [{ ...numberColumn(words.seat_value, (k) => data.mentors.value[k], 3), id: "value" }] : []),
      { title: words.their_mentees, text: (k) => menteesOf(k).map((mentee) => textOf("mentees", mentee)).join(" "), cell: (k) => chips(menteesOf(k)) },
    ],
  },
  blocking: {
    rows: blocking.mentee.length, columns: [
      personColumn(words.mentee, "mentees", (k) => blocking.mentee[k]),
      personColumn(words.mentor, "mentors", (k) => blocking.mentor[k]),
      numberColumn(words.mentee_gains, (k) => blocking.mentee_gain[k] / 10000, 3),
      numberColumn(words.mentor_gains, (k) => blocking.mentor_gain[k] / 10000, 3),
    ],
  },
} : {};

// ------------------------------------------------------------------ one list

function listing(name, place) {
  const table = tables[name], columns = table.columns;
  const state = { order: null, column: null, up: true, page: 0, open: new Set(), search: "" };
  let searched = null;
  if (!table.rows) {
    place.replaceChildren(make("p", { class: "empty" }, table.nobody || words.nothing));
    return null;
  }
  const title = document.getElementById(`${name === "blocking" ? "stability" : name}-title`).textContent;
  const input = make("input", { type: "search", id: `${name}-search`, autocomplete: "off" });
  const shown = make("p", { class: "shown", role: "status" });
  const tools = make("div", { class: "tools" }, make("div", {}, make("label", { for: input.id }, words.search), input));
  if (table.key) {
    tools.append(make("ul", { class: "key", "aria-label": words.key }, ...criteria.map((one, c) =>
      make("li", {}, draw("svg", { viewBox: "0 0 8 8", "aria-hidden": "true" }, draw("rect", { class: colour(c), width: 8, height: 8 })), one.label))));
  }
  tools.append(shown);
  const heads = columns.map((column, c) => {
    if (!column.sort) return make("th", { scope: "col", role: "columnheader" }, column.title);
    const button = make("button", { type: "button" }, column.title);
    button.addEventListener("click", () => sortBy(c, state.column === c ? !state.up : !(column.number || column.id === "score")));
    return make("th", { scope: "col", role: "columnheader", class: column.number ? "number" : null, "data-sortable": "", "data-label": column.title }, button);
  });
  const body = make("tbody", { role: "rowgroup" });
  const grid = make("table", { class: "list", role: "table", "aria-label": title }, make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)), body);
  const back = make("button", { type: "button" }, words.back), on = make("button", { type: "button" }, words.on), where = make("span", {});
  const pages = make("div", { class: "pages" }, where, back, on);
  const frame = make("div", { class: "frame", tabindex: 0, role: "group", "aria-label": title }, grid);
  place.replaceChildren(tools, frame, pages);

  function choose() {
    if (!searched && state.search) {
      searched = Array.from({ length: table.rows }, (_, k) => columns.map((column) => (column.text ? column.text(k) : "")).join(" ").toLowerCase());
    }
    const wanted = state.search.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [];
    for (let k = 0; k < table.rows; k += 1) if (wanted.every((word) => searched[k].includes(word))) rows.push(k);
    if (state.column !== null) {
      const values = columns[state.column].sort, keys = new Map(rows.map((k) => [k, values(k)])), sign = state.up ? 1 : -1;
      const compare = typeof keys.get(rows[0]) === "string" ? collator.compare : (a, b) => a - b;
      rows.sort((a, b) => sign * compare(keys.get(a), keys.get(b)) || a - b);
    }
    state.order = rows;
  }
  function row(k) {
    const cells = columns.map((column, c) => {
      let content = column.cell(k);
      if (c === 0 && table.detail) {
        content = make("button", { type: "button", class: "open", "aria-expanded": String(state.open.has(k)), "aria-controls": `${name}-${k}` }, content);
        content.addEventListener("click", () => {
          if (!state.open.delete(k)) state.open.add(k);
          show();
          body.querySelector(`[aria-controls="${name}-${k}"]`).focus(), reveal(document.getElementById(`${name}-${k}`));
        });
      }
      return make("td", { role: "cell", class: column.number ? "number" : null, "data-label": column.title }, content);
    });
    return make("tr", { class: "row", role: "row" }, ...cells);
  }
  function show(everything = false) {
    const first = everything ? 0 : state.page * PAGE, last = Math.min(everything ? MOST_PRINTED : first + PAGE, state.order.length);
    const nodes = [];
    for (const k of state.order.slice(first, last)) {
      nodes.push(row(k));
      if (table.detail) {
        const open = state.open.has(k);
        const inside = make("tr", { class: "inside", role: "row", id: `${name}-${k}` }, make("td", { role: "cell", colspan: columns.length }, open ? table.detail(k) : ""));
        inside.hidden = !open;
        nodes.push(inside);
      }
    }
    body.replaceChildren(...nodes);
    heads.forEach((head, c) => (c === state.column ? head.setAttribute("aria-sort", state.up ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
    const count = state.order.length;
    shown.textContent = count === table.rows ? fill(words.all_rows, { all: whole.format(count) }) : fill(words.some_rows, { some: whole.format(count), all: whole.format(table.rows) });
    where.textContent = count ? fill(words.rows_from_to, { from: whole.format(first + 1), to: whole.format(last), all: whole.format(count) }) : words.nothing;
    pages.hidden = count <= PAGE && count > 0;
    back.disabled = state.page === 0;
    on.disabled = last >= count;
  }
  function reveal(inside) { // What was opened is seen whole: the frame moves to it, or grows where it is too low.
    const lacks = inside.offsetHeight + grid.tHead.offsetHeight + inside.previousElementSibling.offsetHeight > frame.clientHeight;
    frame.classList.toggle("grown", state.open.size > 0 && (frame.classList.contains("grown") || lacks));
    if (!inside.hidden) frame.scrollTop += Math.max(0, inside.getBoundingClientRect().bottom - frame.getBoundingClientRect().bottom);
  }
  function sortBy(c, up) {
    Object.assign(state, { column: c, up, page: 0 });
    choose();
    show();
    frame.scrollTop = 0;
  }
  input.addEventListener("input", () => {
    Object.assign(state, { search: input.value, page: 0 });
    choose();
    show();
  });
  for (const [button, step] of [[back, -1], [on, 1]]) {
    button.addEventListener("click", () => { state.page += step; show(); frame.scrollTop = 0; });
  }
  choose();
  show();
  return {
    show,
    arrange(sort, search) {
      input.value = state.search = search || "";
      const [id, direction] = (sort || "").split(" "), c = columns.findIndex((column) => id && column.id === id);
      if (c >= 0) sortBy(c, direction === "up");
      else { state.page = 0; choose(); show(); }
    },
  };
}

const lists = {};
for (const place of document.querySelectorAll("[data-table]")) lists[place.dataset.table] = listing(place.dataset.table, place);
for (const link of document.querySelectorAll("a[data-sort], a[data-search]")) {
  link.addEventListener("click", () => lists[link.hash.slice(1)]?.arrange(link.dataset.sort, link.dataset.search));
}
const each = (everything) => { for (const list of Object.values(lists)) list?.show(everything); };
window.addEventListener("beforeprint", () => each(true));
window.addEventListener("afterprint", () => each(false));
