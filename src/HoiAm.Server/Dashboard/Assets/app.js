// The dashboard works without this file; with it, figures keep themselves fresh, charts can be read off, and texts can be copied.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Live parts: the page is asked for again, and what differs is put in place. What somebody is using stays as it is.
  let timer = 0;
  let failures = 0;
  const inUse = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")
    || getSelection().toString() !== "" && part.contains(getSelection().anchorNode);

  function keepOpen(oldPart, newPart) {
    for (const details of $$("details[id][open]", oldPart)) {
      const twin = newPart.querySelector("#" + CSS.escape(details.id));
      if (twin) twin.open = true;
    }
  }

  async function refresh() {
    const main = $("main[data-live]");
    if (!main) return;
    if (!document.hidden && !document.querySelector("dialog[open]")) {
      try {
        const answer = await fetch(location.href, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" });
        if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return; }
        if (answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          for (const fresh of $$("[data-part]", page)) {
            const old = document.getElementById(fresh.id);
            if (!old || inUse(old)) continue;
            keepOpen(old, fresh);
            if (old.outerHTML !== fresh.outerHTML) {
              const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
              old.replaceWith(document.importNode(fresh, true));
              if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
            }
          }
          const next = $("main", page);
          if (next && next.dataset.live) main.dataset.live = next.dataset.live; else main.removeAttribute("data-live");
          failures = 0;
        }
      } catch { failures++; }
      document.body.classList.toggle("stale", failures > 2);
    }
    if (main.dataset.live) timer = setTimeout(refresh, Number(main.dataset.live) * Math.min(1 + failures, 10));
  }
  const main = $("main[data-live]");
  if (main) timer = setTimeout(refresh, Number(main.dataset.live));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && $("main[data-live]")) { clearTimeout(timer); refresh(); } });

  // Charts: the values under the pointer.
  function read(plot, x) {
    const chart = plot.closest("[data-chart]");
    const data = JSON.parse(chart.dataset.chart);
    const box = plot.getBoundingClientRect();
    const count = data.t.length;
    const index = Math.max(0, Math.min(count - 1, Math.floor((x - box.left) / box.width * count)));
    let tip = $(".tip", plot), cursor = $(".cursor", plot);
    if (!tip) {
      tip = plot.appendChild(Object.assign(document.createElement("div"), { className: "tip" }));
      cursor = plot.appendChild(Object.assign(document.createElement("div"), { className: "cursor" }));
    }
    tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: data.t[index] }));
    for (const series of data.s) {
      const row = tip.appendChild(document.createElement("span"));
      row.appendChild(Object.assign(document.createElement("i"), { className: series.c }));
      row.append(series.n + " " + series.v[index]);
    }
    const place = (index + 0.5) / count * box.width;
    tip.style.display = cursor.style.display = "block";
    cursor.style.left = place + "px";
    if (place > box.width / 2) { tip.style.left = "auto"; tip.style.right = box.width - place + 10 + "px"; }
    else { tip.style.right = "auto"; tip.style.left = place + 10 + "px"; }
  }
  document.addEventListener("pointermove", (event) => {
    const plot = event.target.closest?.(".plot");
    for (const other of $$(".plot .tip, .plot .cursor")) if (!plot || !plot.contains(other)) other.style.display = "none";
    if (plot) read(plot, event.clientX);
  });

  // Copying.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy.startsWith("#") ? $(button.dataset.copy).textContent : button.dataset.copy;
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      area.select(); document.execCommand("copy"); area.remove();
    }
    const before = button.textContent;
    button.textContent = button.dataset.done || "✓";
    setTimeout(() => { button.textContent = before; }, 1500);
  });

  // Forms: those that destroy ask once; those that filter go by themselves.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.dataset.sure) {
      event.preventDefault();
      const dialog = document.body.appendChild(document.createElement("dialog"));
      dialog.append(Object.assign(document.createElement("p"), { textContent: form.dataset.confirm }));
      const row = dialog.appendChild(Object.assign(document.createElement("div"), { className: "row" }));
      const no = row.appendChild(Object.assign(document.createElement("button"), { className: "btn", textContent: form.dataset.no, type: "button" }));
      const yes = row.appendChild(Object.assign(document.createElement("button"), { className: "btn primary", textContent: form.dataset.yes, type: "button" }));
      no.onclick = () => dialog.close();
      yes.onclick = () => { form.dataset.sure = "1"; form.requestSubmit(); };
      dialog.onclose = () => dialog.remove();
      dialog.showModal();
    } else if (form.method === "post") {
      setTimeout(() => { for (const button of $$("button", form)) button.disabled = true; });
    }
  });
  document.addEventListener("change", (event) => { if (event.target.form?.matches("[data-auto]")) event.target.form.requestSubmit(); });

  // "/" goes to the search; Escape and a click elsewhere close what hangs open.
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select")) { event.preventDefault(); $(".find input")?.focus(); }
    if (event.key === "Escape") for (const pop of $$("details.person[open], details.menu[open]")) { pop.open = false; $("summary", pop).focus(); }
  });
  document.addEventListener("click", (event) => {
    for (const pop of $$("details.person[open], details.menu[open]")) if (!pop.contains(event.target)) pop.open = false;
  });
})();
