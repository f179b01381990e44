// The server's clock. The demo's clock is the simulator's, so the browser never uses its own.
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
