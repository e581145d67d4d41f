/** Parts of a date and time as RFC 3339 writes them. */

/** The parts that a text has, whatever stands around them; empty where it has none. */
export function partsOf(text: string): { date: string; time: string; zone: string } {
  const [date = ''] = /\d{4}-\d\d-\d\d/.exec(text) ?? [];
  const rest = text.replace(date, '');
  const [time = ''] = /\d\d:\d\d(?::\d\d(?:\.\d+)?)?/.exec(rest) ?? [];
  const [zone = ''] = /(?:z|[+-]\d\d:?\d\d)$/i.exec(rest.replace(time, '')) ?? [];
  return { date, time, zone };
}

/** Offset of this machine's time zone at a local date and time, `+01:00`. */
export function localOffset(date: string, time: string): string {
  const at = new Date(`${date || '2000-01-01'}T${time || '00:00'}`);
  const minutes = Number.isNaN(at.getTime()) ? 0 : -at.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

const withSeconds = (time: string): string => (/^\d\d:\d\d$/.test(time) ? `${time}:00` : time);

/** The text with another date or time. What it has of the other, and its time zone, stays; without one it is this machine's. */
export function written(
  kind: 'date' | 'time' | 'date-time',
  text: string,
  chosen: { date?: string; time?: string },
  today: string,
): string {
  const old = partsOf(text);
  const date = chosen.date ?? (old.date || today);
  const time = withSeconds(chosen.time ?? (old.time || '00:00:00'));
  const zone = old.zone || localOffset(date, time);
  switch (kind) {
    case 'date':
      return date;
    case 'time':
      return `${time}${zone}`;
    case 'date-time':
      return `${date}T${time}${zone}`;
  }
}
