// Server-sent events read from a fetch answer, so that the key can go in a header.

/** One event. */
export interface SseEvent {
  event: string;
  id: string | null;
  data: string;
}

/** Reads events until the answer ends; comments such as `: ping` are skipped. */
export async function sse(answer: Response, take: (event: SseEvent) => void): Promise<void> {
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parse(block);
      if (event) take(event);
    }
  }
}

function parse(block: string): SseEvent | null {
  const data: string[] = [];
  let [event, id]: [string, string | null] = ["message", null];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
    if (name === "data") data.push(value);
    if (name === "event") event = value;
    if (name === "id") id = value;
  }
  return data.length > 0 ? { event, id, data: data.join("\n") } : null;
}
