// Instants for people: in the zone of the node where something happens, never in the reader's.

const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: string, zone: string, day: boolean): Intl.DateTimeFormat {
  const name = `${lang} ${zone} ${day}`;
  let found = formats.get(name);
  if (!found) {
    const time: Intl.DateTimeFormatOptions = day ? {} : { hour: "2-digit", minute: "2-digit", timeZoneName: "shortOffset", hourCycle: "h23" };
    const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric", ...time };
    try {
      found = new Intl.DateTimeFormat(lang, { ...options, timeZone: zone });
    } catch {
      // A zone this browser does not know must not keep the instant from being shown.
      found = new Intl.DateTimeFormat(lang, { ...options, timeZone: "UTC" });
    }
    formats.set(name, found);
  }
  return found;
}

/** Formats an instant in a zone; `precision` of a day shows no time. */
export function when(at: string | number | null | undefined, zone: string | null | undefined, lang: string, precision = "minute"): string {
  if (at === null || at === undefined) return "";
  const instant = typeof at === "number" ? at : Date.parse(at);
  if (Number.isNaN(instant)) return "";
  return format(lang, zone ?? "UTC", precision === "day").format(instant);
}
