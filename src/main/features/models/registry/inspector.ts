/** Reads models so that one whose files end the host is not read again at the next start, and the next. */
import type { Candidate } from '../files/discover.ts';
import { type Inspected, inspect } from '../files/inspect.ts';
import type { ReadingStore } from '../store/reading-store.ts';

/** Creates what reads models; to be done once, before anything is read. */
export function createInspector(store: ReadingStore) {
  /** What an earlier host was reading when it ended. */
  const suspects = new Set(store.all());

  /** Never throws. A suspect is passed over once: who asks again wants it read. */
  return async (candidate: Candidate): Promise<Inspected> => {
    const { path } = candidate;
    if (suspects.delete(path)) {
      store.end(path);
      return {
        facts: null,
        problem: 'TabAgent ended while it read this file, so it was not read again. Look for models to try once more.',
      };
    }
    store.begin(path);
    try {
      return await inspect(candidate);
    } finally {
      store.end(path);
    }
  };
}
export type Inspector = ReturnType<typeof createInspector>;
