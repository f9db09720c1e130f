// Evaluated in a lab's page: moves the first three sliders in turn, edits times, and
// resolves with the milliseconds from each input event to the frame after the first
// change of the figures, and to the whole result.
async (edits) => {
  const lab = document.querySelector("[data-lab]");
  const live = lab.querySelector(".lab-live");
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // A lab that asks for a guess shows its result once that is given or waived.
  lab.querySelector(".lab-guesses button:last-child")?.click();
  await wait(500);
  const bars = [...lab.querySelectorAll("input[type=range]")].filter((bar) => bar.offsetParent).slice(0, 3);
  const first = [], whole = [];
  for (let i = 0; i < edits; i++) {
    const bar = bars[i % bars.length];
    const low = Number(bar.min), high = Number(bar.max), now = Number(bar.value);
    const by = (i % 2 ? 1 : -1) * (1 + Math.floor(i / 6) % 5);
    let to = Math.max(low, Math.min(high, now + by));
    if (to === now) to = now > low ? now - 1 : now + 1;
    const start = performance.now();
    const changed = new Promise((resolve) => {
      const watch = new MutationObserver((records) => {
        if (records.every((record) => record.type === "attributes")) return;
        watch.disconnect();
        clearTimeout(limit);
        requestAnimationFrame(() => resolve(performance.now() - start));
      });
      const limit = setTimeout(() => { watch.disconnect(); resolve(null); }, 5000);
      watch.observe(live, {subtree: true, childList: true, characterData: true});
    });
    bar.value = to;
    bar.dispatchEvent(new Event("input", {bubbles: true}));
    const ms = await changed;
    while (lab.dataset.state === "running") await wait(5);
    if (ms !== null) {
      first.push(ms);
      whole.push(Math.max(ms, performance.now() - start));
    }
    await wait(150);
  }
  return {first, whole};
}
