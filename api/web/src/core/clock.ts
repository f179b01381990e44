// The server's clock. The demo's clock is the simulator's, so the browser never uses its own.
import { askJson, type Door } from "./http";
import type { ClockReading } from "./types";

/** Follows the server's clock between readings. */
export class ServerClock {
  private base = Date.now();
  private read = performance.now();
  private rate = 1;
  /** Whether the server has been heard yet. */
  known = false;

  /** Takes a reading in; a reading that cannot be understood is ignored. */
  set(reading: ClockReading | undefined): void {
    if (!reading) return;
    const now = Date.parse(reading.now);
    if (Number.isNaN(now)) return;
    this.base = now;
    this.rate = Number.isFinite(reading.speed) ? reading.speed : 1;
    this.read = performance.now();
    this.known = true;
  }

  /** The instant the server shows now, in milliseconds. */
  now(): number {
    return this.base + (performance.now() - this.read) * this.rate;
  }

  /** Seconds of the server's clock in one second of ours. */
  get speed(): number {
    return this.rate;
  }
}

/** The clock is asked again this often, so that the demo's pace is followed. */
const CLOCK_EVERY = 20_000;

const clocks = new Map<string, { clock: ServerClock; users: number; timer: ReturnType<typeof setInterval> }>();

/** Returns the one clock of a server that everything on the page shares, and how to let go of it. */
export function clockOf(door: Door): { clock: ServerClock; leave: () => void } {
  const name = `${door.base}\n${door.key ?? ""}\n${door.site ?? ""}`;
  let shared = clocks.get(name);
  if (!shared) {
    const clock = new ServerClock();
    const read = async (): Promise<void> => clock.set(await askJson<ClockReading>(door, "/v1/clock").catch(() => undefined));
    void read();
    shared = { clock, users: 0, timer: setInterval(() => void read(), CLOCK_EVERY) };
    clocks.set(name, shared);
  }
  const mine = shared;
  mine.users += 1;
  const leave = (): void => {
    mine.users -= 1;
    if (mine.users > 0) return;
    clearInterval(mine.timer);
    if (clocks.get(name) === mine) clocks.delete(name);
  };
  return { clock: mine.clock, leave };
}
