import { useEffect, useMemo, useState } from 'react';
import type { LogFeed, LogHits } from '../../lib/log/feed.ts';
import type { LogLevel } from '../../lib/log/ring.ts';

/** How long the text has to stand before the host is asked, ms. */
const DEBOUNCE_MS = 200;

/**
 * Hits of `q` in the whole log: those that the host found when it was asked, and those of the window, among which are lines that have
 * come since.
 * @param shown hits of the window, in order
 */
export function useHostSearch(
  feed: LogFeed,
  q: string,
  levels: readonly LogLevel[] | undefined,
  shown: readonly number[],
): { hits: readonly number[]; total: number | null } {
  const [found, setFound] = useState<{ key: unknown; answer: LogHits } | null>(null);
  const key = useMemo(() => ({ feed, q, levels }), [feed, q, levels]);
  useEffect(() => {
    if (key.q === '') return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      key.feed.find(key.q, key.levels, abort.signal).then(
        (answer) => setFound({ key, answer }),
        // The hits of the window remain; the feed shows what is wrong with the host.
        () => undefined,
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);

  const answer = found?.key === key ? found.answer : null;
  return useMemo(() => {
    if (answer === null) return { hits: shown, total: null };
    const { hits, total } = answer;
    const isWhole = total === hits.length;
    const since = isWhole ? shown.filter((seq) => seq > (hits.at(-1) ?? 0)) : [];
    return { hits: [...hits, ...since], total: total === null ? null : total + since.length };
  }, [answer, shown]);
}
