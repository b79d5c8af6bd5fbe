// What the page shows, kept in its address: a permalink restores all of it.

export const read = () => Object.fromEntries(new URLSearchParams(location.search));

export const address = (state) => {
  const kept = Object.entries(state).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(kept).toString();
  return query ? `/?${query}` : "/";
};

// A new view is a step in the history; a moved slider is none.
export const write = (state, step) => history[step ? "pushState" : "replaceState"](null, "", address(state));
