// The drawer: the row or the sentence behind a number.
import { element } from "./parts.js";

const drawer = document.getElementById("drawer"), title = document.getElementById("drawer-title"), body = document.getElementById("drawer-body");
let before = null, last = null;

const close = () => {
  drawer.hidden = true;
  last?.go({ open: "" }, { silent: true });
  before?.focus?.();
};
document.getElementById("drawer-close").addEventListener("click", close);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !drawer.hidden) close(); });

export const opened = async (context, anchor) => {
  const { t, api, state, show, complain } = context;
  const [, kind, name] = anchor.match(/^#([a-z]+)-?(.*)$/) ?? [];
  if (drawer.hidden) before = document.activeElement;
  last = context;
  try {
    if (kind === "source") {
      await show(body, await api.get(`/sources/${encodeURIComponent(name)}?${api.query({ brief: state.brief })}`));
    } else if (kind === "event") {
      await show(body, await api.get(`/ledger/events/${name}`));
    } else {
      body.replaceChildren(element("p", { textContent: t("assumptions") }));
    }
  } catch (error) {
    complain(error);
    return;
  }
  title.textContent = t(kind === "event" ? "drawer.sentence" : "drawer.source");
  drawer.hidden = false;
  title.focus({ preventScroll: true });
};
