// The studio's own behaviour in the browser: keys, frames, widths, copying, the reader search.
// It listens on the document, so that it does not matter which parts the server draws anew.
(() => {
  "use strict";
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const seen = (element) => element.getClientRects().length > 0;

  // Light or dark: the system's choice until somebody makes one.
  const themes = ["auto", "light", "dark"];
  const theme = (name) => {
    if (name === "light" || name === "dark") root.dataset.theme = name;
    else delete root.dataset.theme;
  };
  theme(kept("saiga-theme"));

  const say = (words) => {
    const toast = document.getElementById("toast");
    if (!toast) return;
    toast.textContent = words;
    toast.classList.add("shown");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => toast.classList.remove("shown"), 1800);
  };

  // Frames: a new one is loaded behind the old one and takes its place when it is there, so nothing flashes.
  const showMail = (stage) => {
    const address = stage.dataset.src;
    if (!address || stage.shownAddress === address) return;
    stage.shownAddress = address;
    const shell = stage.querySelector(".device") || makeDevice(stage);
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.title = stage.dataset.title || "Mail";
    frame.className = "coming";
    frame.addEventListener("load", () => {
      if (!frame.classList.contains("coming")) return;
      for (const other of all("iframe", shell)) if (other !== frame) other.remove();
      frame.classList.remove("coming");
      stage.dataset.shown = address;
    });
    frame.src = address + (stage.dataset.anchor ? "#" + stage.dataset.anchor : "");
    for (const waiting of all("iframe.coming", shell)) waiting.remove();
    shell.append(frame);
  };

  const makeDevice = (stage) => {
    const shell = document.createElement("div");
    shell.className = "device";
    const handle = document.createElement("div");
    handle.className = "handle";
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", "Width of the mail");
    handle.setAttribute("aria-orientation", "horizontal");
    handle.setAttribute("aria-valuemin", "280");
    handle.setAttribute("aria-valuemax", "1200");
    shell.append(handle);
    stage.append(shell);
    setWidth(kept("saiga-width") || "720");
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      stage.classList.add("dragging");
      const middle = shell.getBoundingClientRect();
      const centre = middle.left + middle.width / 2;
      const move = (e) => setWidth(String(Math.round(Math.abs(e.clientX - centre) * 2)));
      const stop = () => {
        stage.classList.remove("dragging");
        handle.removeEventListener("pointermove", move);
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("pointerup", stop, { once: true });
      handle.addEventListener("pointercancel", stop, { once: true });
    });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100 }[event.key];
      if (!step) return;
      event.preventDefault();
      setWidth(String(Math.round(shell.getBoundingClientRect().width) + step));
    });
    return shell;
  };

  const setWidth = (width) => {
    const value = width === "full" ? "full" : String(Math.min(1200, Math.max(280, Number(width) || 720)));
    keep("saiga-width", value);
    for (const stage of all(".stage")) {
      stage.style.setProperty("--mail-width", value === "full" ? "100%" : value + "px");
      stage.dataset.phone = String(value !== "full" && Number(value) <= 430);
      stage.querySelector(".handle")?.setAttribute("aria-valuenow", value === "full" ? "1200" : value);
    }
    markWidth(value);
  };

  const markWidth = (value) => {
    for (const made of all("[data-width]")) {
      const pressed = String(made.dataset.width === value);
      if (made.getAttribute("aria-pressed") !== pressed) made.setAttribute("aria-pressed", pressed);
    }
    const words = value === "full" ? "full" : value + " px";
    for (const now of all("[data-width-now]")) if (now.textContent !== words) now.textContent = words;
  };

  const jump = (anchor) => {
    const stage = all(".stage").find(seen);
    const frame = stage?.querySelector("iframe:not(.coming)");
    if (!frame) return;
    // The same address with another end: the frame scrolls and does not load again.
    frame.src = stage.shownAddress + "#";
    frame.src = stage.shownAddress + "#" + anchor;
  };

  const attend = () => {
    for (const stage of all(".stage[data-src]")) showMail(stage);
    if (all("[data-width]").length) markWidth(kept("saiga-width") || "720");
  };

  // Lists: j and k move, Enter opens what has the focus.
  const move = (by) => {
    const rows = all("[data-list] [data-row]").filter(seen);
    if (!rows.length) return;
    const now = rows.indexOf(document.activeElement);
    const open = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = now >= 0 ? now : open >= 0 ? open : by > 0 ? -1 : rows.length;
    rows[Math.min(rows.length - 1, Math.max(0, from + by))].focus();
  };

  let goes = 0;
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const combo = target.closest?.("[data-combo]");
    if (combo) return steer(event, combo);
    if (event.key === "Escape" && typing(target)) return target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(target) || document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (goes && Date.now() - goes < 1200) {
      goes = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (place) { event.preventDefault(); place.click(); }
      return;
    }
    if (key === "g") { goes = Date.now(); return; }
    if (key === "j" || key === "k") { event.preventDefault(); return move(key === "j" ? 1 : -1); }
    if (key === "/") {
      const field = all("[data-search]").find(seen);
      if (field) { event.preventDefault(); field.focus(); field.select(); }
      return;
    }
    if (key.length !== 1) return;
    const made = all(`[data-key="${CSS.escape(key)}"]`).find((e) => !e.closest(".hidden"));
    if (!made) return;
    event.preventDefault();
    if (made.matches("select, input")) made.focus();
    else made.click();
  });

  // The reader search: arrows choose, Enter takes, Escape closes.
  const steer = (event, combo) => {
    const field = combo.querySelector("input");
    const list = combo.querySelector("[role=listbox]"); // its data-words say which words it answers
    const options = all("[role=option]", combo);
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const choose = (index) => {
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
      if (options[index]) {
        field.setAttribute("aria-activedescendant", options[index].id);
        options[index].scrollIntoView({ block: "nearest" });
      }
    };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (options.length) choose((now + by + options.length) % options.length);
    } else if (event.key === "Enter" && options.length && list.dataset.words === field.value) {
      event.preventDefault();
      options[Math.max(0, now)].click();
    } else if (event.key === "Escape") {
      close(combo);
      field.blur();
    }
  };
  const close = (combo) => {
    combo.classList.remove("open");
    combo.querySelector("input").setAttribute("aria-expanded", "false");
  };
  document.addEventListener("focusin", (event) => {
    const here = event.target.closest?.("[data-combo]");
    for (const combo of all("[data-combo]")) {
      if (combo === here) {
        combo.classList.add("open");
        combo.querySelector("input").setAttribute("aria-expanded", "true");
      } else close(combo);
    }
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    const on = (query) => target.closest?.(query);
    const combo = on("[data-combo]");
    for (const other of all("[data-combo].open")) if (other !== combo || on("[role=option]")) close(other);
    let made;
    if (on("[role=option]")) {
      const field = combo.querySelector("input");
      field.value = "";
      field.blur();
    } else if ((made = on("[data-width]"))) setWidth(made.dataset.width);
    else if ((made = on("[data-jump]"))) jump(made.dataset.jump);
    else if ((made = on("[data-copy]"))) {
      navigator.clipboard.writeText(made.dataset.copy).then(() => say("Copied"), () => say("The browser did not let it be copied"));
    } else if ((made = on("[data-dialog]"))) document.getElementById(made.dataset.dialog)?.showModal();
    else if (on("[data-close]") || target.matches?.("dialog")) on("dialog")?.close();
    else if (on("[data-theme-toggle]")) {
      const next = themes[(themes.indexOf(root.dataset.theme || "auto") + 1) % themes.length];
      theme(next);
      keep("saiga-theme", next);
      say({ auto: "Light or dark, as the system", light: "Light", dark: "Dark" }[next]);
    }
  });

  // Files given to the studio: each goes up by itself; then the form tells the server that they are there.
  const bring = async (form, files) => {
    const words = form.querySelector("[data-sent-words]");
    const tell = (text) => { if (words) words.textContent = text; };
    const refused = [];
    let done = 0;
    for (const file of files) {
      done += 1;
      tell(`Reading ${file.name} (${done} of ${files.length}) …`);
      if (file.size > Number(form.dataset.limit)) {
        refused.push(`${file.name}: ${Math.round(file.size / 1e6)} MB are too many; at most ${form.dataset.limit / 1e6}.`);
        continue;
      }
      try {
        const answer = await fetch(`/sent/${form.dataset.sent}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
        if (!answer.ok) refused.push(`${file.name}: ${(await answer.json()).detail}`);
      } catch { refused.push(`${file.name}: it cannot be read, or the studio has been closed.`); }
    }
    tell(refused.join(" "));
    const field = form.querySelector("input[type=file]");
    if (field) field.value = "";
    if (refused.length < files.length) form.dispatchEvent(new CustomEvent("sent"));
  };
  document.addEventListener("change", (event) => {
    const form = event.target.type === "file" && event.target.closest("[data-sent]");
    if (form && event.target.files.length) bring(form, [...event.target.files]);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("[data-sent]");
    if (!form) return;
    event.preventDefault();
    form.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) bring(form, [...event.dataTransfer.files]);
  });

  new MutationObserver(attend).observe(root, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-src", "data-anchor"],
  });
  document.addEventListener("DOMContentLoaded", attend);
})();
