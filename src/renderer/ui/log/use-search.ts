import { useEffect, useRef, useState } from 'react';
import { stripAnsi } from '../../lib/log/ansi.ts';
import type { LogFeed } from '../../lib/log/feed.ts';
import type { SearchAnswer, SearchRequest } from '../../lib/log/search.worker.ts';

/** Lines of a feed that contain `q`; the worker lives as long as something is searched. */
export function useLogSearch(feed: LogFeed, q: string, version: number): readonly number[] {
  const [hits, setHits] = useState<readonly number[]>([]);
  const worker = useRef<{ worker: Worker; first: number; last: number; asked: number } | null>(null);
  const searching = q !== '';

  useEffect(() => {
    if (!searching) return;
    const created = new Worker(new URL('../../lib/log/search.worker.ts', import.meta.url), { type: 'module' });
    const state = { worker: created, first: 0, last: 0, asked: 0 };
    worker.current = state;
    created.onmessage = (event: MessageEvent<SearchAnswer>) => {
      if (event.data.id === state.asked) setHits(event.data.seqs);
    };
    return () => {
      worker.current = null;
      created.terminate();
      setHits([]);
    };
  }, [searching]);

  useEffect(() => {
    const state = worker.current;
    if (state === null || q === '' || version < 0) return;
    const say = (request: SearchRequest) => state.worker.postMessage(request);
    const { ring } = feed;
    const lines: { seq: number; text: string }[] = [];
    for (let index = 0; index < ring.length; index += 1) {
      const row = ring.at(index);
      if (row !== undefined && (row.seq > state.last || row.seq < state.first))
        lines.push({ seq: row.seq, text: stripAnsi(row.text) });
    }
    state.first = ring.first();
    state.last = ring.last();
    if (lines.length > 0) say({ t: 'add', lines });
    state.asked += 1;
    say({ t: 'find', id: state.asked, q });
  }, [feed, q, version]);

  return hits;
}
