/** How much of what callers send is held in memory until it is answered. */
import { AppError } from '../../../contract/kernel/errors.ts';

/** Bytes in requests of one caller, and of all, that are not answered yet. A parsed body takes several times its size. */
const OF_ONE = 64 * 1024 * 1024;
const OF_ALL = 256 * 1024 * 1024;
/** What every caller may have open, however much the others have: claims of some lock nobody out. */
const RESERVE = 4 * 1024 * 1024;
/** Smaller requests are bounded by their number. */
const COUNTED = 64 * 1024;

/** See {@link createIntake}. */
export interface Intake {
  /**
   * Counts a request until the answered function is called.
   * @param bytes in its body or frame; where that is not known, the most there may be
   * @throws AppError `resource-limit-exceeded` when the caller, or all together, have too much open
   */
  take(caller: string, bytes: number): () => void;
}

const nothing = () => undefined;

export function createIntake(): Intake {
  const held = new Map<string, number>();
  let all = 0;

  function add(caller: string, bytes: number): void {
    const own = (held.get(caller) ?? 0) + bytes;
    all += bytes;
    if (own > 0) held.set(caller, own);
    else held.delete(caller);
  }

  return {
    take(caller, bytes) {
      if (bytes <= COUNTED) return nothing;
      const own = held.get(caller) ?? 0;
      if (own + bytes > OF_ONE || (all + bytes > OF_ALL && own + bytes > RESERVE)) {
        throw new AppError(
          'resource-limit-exceeded',
          'Too many large requests are open; wait until one has been answered.',
          {
            extra: { resource: 'request_bytes', limit: own + bytes > OF_ONE ? OF_ONE : OF_ALL, retry_after: 1 },
          },
        );
      }
      add(caller, bytes);
      let isHeld = true;
      return () => {
        if (isHeld) add(caller, -bytes);
        isHeld = false;
      };
    },
  };
}
