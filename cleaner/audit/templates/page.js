"use strict";
(() => {
  const items = () => [...document.querySelectorAll(".item")].filter((one) => !one.hidden);
  const input = document.getElementById("filter");
  const count = document.getElementById("count");
  document.querySelector(".find").hidden = false;
  document.querySelectorAll(".keys").forEach((one) => { one.hidden = false; });

  const texts = new Map();
  const filter = () => {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    let all = 0;
    for (const one of document.querySelectorAll(".item")) {
      if (!texts.has(one)) {
        const rules = [...one.querySelectorAll("[data-rule]")].map((each) => each.dataset.rule);
        texts.set(one, `${one.textContent} ${rules.join(" ")}`.toLowerCase());
      }
      const text = texts.get(one);
      one.hidden = !words.every((word) => text.includes(word));
      all += 1;
      shown += one.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${all}` : "";
  };
  input.addEventListener("input", filter);

  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  window.addEventListener("hashchange", open);
  open();

  let current = null;
  const step = (by) => {
    const list = items();
    if (!list.length) return;
    let at = list.indexOf(current);
    if (at < 0) {
      at = list.findIndex((one) => one.getBoundingClientRect().top > 60);
      at = by > 0 ? Math.max(at, 0) - by : at;
    }
    current = list[Math.min(Math.max(at + by, 0), list.length - 1)];
    const target = current.tagName === "DETAILS" ? current.querySelector("summary") : current;
    if (target === current && !current.hasAttribute("tabindex")) current.tabIndex = -1;
    target.focus({ preventScroll: true });
    current.scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === input;
    if (typing) {
      if (event.key === "Escape") { input.value = ""; filter(); input.blur(); }
      return;
    }
    if (event.key === "/") { event.preventDefault(); input.focus(); input.select(); }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });

  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent + "\n");
        button.textContent = "Copied";
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        const selection = getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        button.textContent = document.execCommand("copy") ? "Copied" : "Selected: copy it";
      }
    });
  }

  const details = [];
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) {
      one.open = true;
      details.push(one);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const one of details.splice(0)) one.open = false;
  });
})();
