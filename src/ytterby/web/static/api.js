// Asks the server; a fault becomes an Error with its one line.

const API = "/api/v1";
let lang = "en";

// Every answer is asked for in the language of the page.
export const speak = (language) => { lang = language; };

export const worded = (path) => `${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;

const failed = async (answer) => {
  let told = `${answer.status}`;
  try {
    const { error } = await answer.json();
    told = [error.what, error.remedy].filter(Boolean).join("; ");
  } catch { /* no JSON: the status is all there is */ }
  return Object.assign(new Error(told), { status: answer.status });
};

const ask = async (path, options) => {
  const answer = await fetch(path.startsWith("/texts") || path.startsWith("/static") ? path : worded(API + path), options);
  if (!answer.ok) throw await failed(answer);
  return answer.json();
};

export const get = (path, signal) => ask(path, { signal });

export const blob = async (path, body) => {
  const answer = await fetch(worded(API + path), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw await failed(answer);
  return answer.blob();
};

export const post = (path, body, signal) => ask(path, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}), signal,
});

export const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value != null)).toString();

export const cancel = (job) => ask(`/jobs/${job.id}`, { method: "DELETE" });

// Follows a job to its end; step is told of each event. Resolves with the last; a failed or cancelled job is an Error.
export const follow = (job, step) => new Promise((resolve, reject) => {
  const source = new EventSource(`${API}/jobs/${job.id}/events`);
  source.onmessage = (message) => {
    const now = JSON.parse(message.data);
    step(now);
    if (!["done", "failed", "cancelled"].includes(now.state)) return;
    source.close();
    if (now.state === "done") resolve(now);
    else reject(Object.assign(new Error(now.error || now.state), { state: now.state }));
  };
  source.onerror = () => { source.close(); reject(new Error("the connection was lost")); };
});
