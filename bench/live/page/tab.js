// Shows the page of live charts below Locust's tabs while its own tab, "Streams", is chosen.
(() => {
  "use strict";
  const NAME = "Streams";
  let frame = null;

  function chosen() {
    const tab = document.querySelector('[role="tab"][aria-selected="true"]');
    return tab !== null && tab.textContent.trim() === NAME;
  }

  function makeFrame() {
    const made = document.createElement("iframe");
    made.src = "./streams/";
    made.title = NAME;
    made.id = "gradio-bench-streams";
    made.style.cssText = "display:block;width:100%;min-height:70vh;border:0;color-scheme:auto";
    return made;
  }

  function place() {
    const tabs = document.querySelector('[role="tablist"]');
    if (!chosen() || tabs === null) {
      if (frame !== null) frame.style.display = "none";
      return;
    }
    if (frame === null) frame = makeFrame();
    frame.style.display = "block";
    const container = tabs.closest(".MuiContainer-root") ?? document.getElementById("root");
    if (frame.parentElement !== container) container.append(frame);
  }

  // React draws the tabs once a run begins, and marks the chosen one.
  new MutationObserver(place).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-selected"],
  });
  place();
})();
