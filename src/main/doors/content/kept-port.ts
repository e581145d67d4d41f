/** The port of the content origin from one start to the next: a panel that stays open has it in its policy. */
import path from 'node:path';
import { replaceOwned } from '../../core/disk/owned-files.ts';
import { readOwnedNote } from '../../core/disk/owned-reads.ts';

/** The port of the last start, 0 when there is none. */
export function lastPort(file: string): number {
  try {
    const port = Number(readOwnedNote(path.dirname(file), file)?.toString());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0;
  }
}

/** Notes the port. Where that is not possible the next start takes another one, and an open panel has to be loaded again. */
export function keepPort(file: string, url: string | null): void {
  if (url === null) return;
  try {
    replaceOwned(path.dirname(file), file, new URL(url).port);
  } catch {
    // Nothing depends on it but pictures in a panel that is open during a restart.
  }
}
