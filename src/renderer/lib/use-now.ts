/** One clock for everything that shows elapsed time. */
import { useSyncExternalStore } from 'react';
import { useOfflineSince } from './client/context.tsx';

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Unix ms, renewed every second while the page is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** Unix ms up to which the host is known: stands still while it is gone, because what went on since then is not known. */
export function useHostNow(): number {
  const now = useNow();
  return useOfflineSince() ?? now;
}
