"use strict";
(() => {
  const svg = document.getElementById("graph");
  if (svg) {
    const whole = svg.viewBox.baseVal, all = [whole.x, whole.y, whole.width, whole.height];
    let box = [...all], from = null, moved = false;
    const show = () => svg.setAttribute("viewBox", box.join(" "));
    const zoom = (factor, x = 0.5, y = 0.5) => {
      const width = Math.min(Math.max(box[2] * factor, 120), all[2] * 2), by = width / box[2];
      box = [box[0] + box[2] * (1 - by) * x, box[1] + box[3] * (1 - by) * y, width, box[3] * by];
      show();
    };
    document.querySelector(".zoom").hidden = false;
    for (const button of document.querySelectorAll("[data-zoom]"))
      button.addEventListener("click", () => {
        if (+button.dataset.zoom) zoom(+button.dataset.zoom);
        else { box = [...all]; show(); }
      });
    const scale = () => Math.max(box[2] / svg.clientWidth, box[3] / svg.clientHeight);
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const place = svg.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 0.85 : 1.18, (event.clientX - place.x) / place.width, (event.clientY - place.y) / place.height);
    }, { passive: false });
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    svg.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY, ...box]; moved = false; });
    window.addEventListener("pointermove", (event) => {
      if (!from) return;
      const by = scale(), x = event.clientX - from[0], y = event.clientY - from[1];
      if (Math.abs(x) + Math.abs(y) < 4 && !moved) return;
      moved = true;
      svg.classList.add("moving");
      box = [from[2] - x * by, from[3] - y * by, box[2], box[3]];
      show();
    });
    window.addEventListener("pointerup", () => { from = null; svg.classList.remove("moving"); });
    svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
    for (const node of svg.querySelectorAll(".box")) {
      const name = node.dataset.name;
      const point = () => {
        const near = new Set([name]);
        for (const join of svg.querySelectorAll(".join")) {
          const is = join.dataset.one === name || join.dataset.other === name;
          join.classList.toggle("near", is);
          if (is) { near.add(join.dataset.one); near.add(join.dataset.other); }
        }
        for (const other of svg.querySelectorAll(".box")) other.classList.toggle("near", near.has(other.dataset.name));
        svg.classList.add("pointed");
      };
      const leave = () => {
        svg.classList.remove("pointed");
        for (const each of svg.querySelectorAll(".near")) each.classList.remove("near");
      };
      for (const [event, does] of [["pointerenter", point], ["focus", point], ["pointerleave", leave], ["blur", leave]])
        node.addEventListener(event, does);
    }
  }
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) { target.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", open);
  open();
  document.getElementById("find").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const dataset of document.querySelectorAll(".dataset"))
      dataset.hidden = !words.every((word) => dataset.textContent.toLowerCase().includes(word));
    for (const domain of document.querySelectorAll(".domain"))
      domain.hidden = !domain.querySelector(".dataset:not([hidden])");
  });
})();
