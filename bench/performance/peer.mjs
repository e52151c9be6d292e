// Drives one streaming endpoint with Gradio's own JavaScript client: a frame per tick while the stream is open, the
// picture in `data` and again in `event_data`, as a browser sends it. Prints how many frames were sent.
import { Client } from "@gradio/client";
import fs from "node:fs";

const [url, viewers, seconds, framePath] = process.argv.slice(2);
const picture = { url: "data:image/jpeg;base64," + fs.readFileSync(framePath).toString("base64") };
const body = { fn_index: 0, data: [picture], event_data: { value: picture, is_value_data: true } };
const end = Date.now() + Number(seconds) * 1000;
let sent = 0;

async function viewer() {
  const app = await Client.connect(url, { events: ["data", "status"] });
  const stream = app.submit(0, [picture], body.event_data);
  let open = false;
  const camera = setInterval(() => {
    if (!open || Date.now() >= end) return;
    sent++;
    stream.send_chunk(body);
  }, 100);
  for await (const message of stream) {
    if (message.type === "status" && message.original_msg === "process_starts") open = true;
    if (Date.now() >= end) break;
  }
  clearInterval(camera);
  stream.close_stream();
}

await Promise.all(Array.from({ length: Number(viewers) }, viewer));
console.log(sent);
process.exit(0);
