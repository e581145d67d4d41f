const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `1.4 KB`, `150 MB`; units of 1024. */
export function byteText(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
