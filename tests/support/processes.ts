/** What runs on this machine, for tests that want nothing left of it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Programs whose command line names a folder. */
export function processesOf(dir: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(dir));
}
