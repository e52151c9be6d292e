// Notes, inside a page of a Gradio app, when its camera ticks, what it sends, what comes back and what is shown.
// Times are milliseconds of performance.now(). Nothing is sent anywhere; `window.__fidelity.report()` gives it all.
(() => {
  const now = () => performance.now();
  const ticks = [], pictures = [], chunks = [], posts = [], messages = [], loads = [];
  const parse = JSON.parse;
  let opened = 0;
  performance.setResourceTimingBufferSize(50000);

  // A mirrored picture is drawn twice; the first of the two has all five arguments (Webcam.svelte).
  const drawImage = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
    if (source instanceof HTMLVideoElement && place.length === 4) ticks.push(now());
    return drawImage.call(this, source, ...place);
  };

  const toDataURL = HTMLCanvasElement.prototype.toDataURL;
  HTMLCanvasElement.prototype.toDataURL = function (...kind) {
    const at = now(), url = toDataURL.apply(this, kind);
    pictures.push({ at, done: now(), url, width: this.width, height: this.height });
    return url;
  };

  // The recorder gives each chunk as a WAV blob, which is read once (InteractiveAudio.svelte).
  const arrayBuffer = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = function () {
    if (this.type === "audio/wav") chunks.push({ at: now(), bytes: this.size });
    return arrayBuffer.call(this);
  };

  const fetch = window.fetch;
  window.fetch = async function (input, init = {}) {
    if (init.method !== "POST") return fetch.call(this, input, init);
    const body = typeof init.body === "string" ? init.body : null;
    const post = { url: String(input), at: now(), bytes: body ? body.length : 0, body, status: 0, answered: null };
    posts.push(post);
    const response = await fetch.call(this, input, init);
    post.status = response.status;
    post.answered = now();
    if (/\/(join|upload)(\?|$)/.test(post.url)) response.clone().text().then((text) => (post.answer = text));
    return response;
  };

  // Every server-sent event is parsed by the page exactly once.
  JSON.parse = function (text, ...more) {
    const value = parse(text, ...more);
    if (value && typeof value.msg === "string" && "event_id" in value) {
      messages.push({ at: now(), size: text.length, message: value });
      opened += value.msg === "process_starts";
    }
    return value;
  };

  document.addEventListener(
    "load", (event) => event.target instanceof HTMLImageElement && loads.push({ at: now(), url: event.target.src }), true
  );

  const media = (post) => {
    if (!post.body) return null;
    const { data, event_data } = parse(post.body);
    return event_data?.value ?? event_data ?? data?.[0] ?? null;
  };
  const resource = (entry) => ({
    url: entry.name, at: entry.startTime, first: entry.responseStart, done: entry.responseEnd,
    bytes: entry.encodedBodySize, status: entry.responseStatus,
  });
  window.__fidelity = {
    opened: () => opened,
    report: () => ({
      origin: performance.timeOrigin, ticks, chunks, messages, loads,
      pictures: pictures.map(({ url, ...others }) => others),
      posts: posts.map(({ body, ...others }) => ({ ...others, media: media({ body }) })),
      files: performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/file=")).map(resource),
    }),
  };
})();
