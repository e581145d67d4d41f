import { useEffect, useRef, useState } from 'react';
import type { LogFeed } from '../../lib/log/feed.ts';
import type { SearchAnswer, SearchRequest } from '../../lib/log/search.worker.ts';
import type { SearchLine } from '../../lib/log/search-index.ts';

interface Searcher {
  worker: Worker;
  /** Whose lines the worker holds. */
  feed: LogFeed | null;
  first: number;
  last: number;
  asked: number;
  /** The text that was asked for last. */
  q: string;
}

/** Lines that contain a text. */
interface Found {
  q: string;
  seqs: readonly number[];
}
const NOTHING: Found = { q: '', seqs: [] };

/** Lines of a feed's window that contain `q`, or the text before it until they are found; the worker lives as long as something is searched. */
export function useLogSearch(feed: LogFeed, q: string, version: number): Found {
  const [found, setFound] = useState(NOTHING);
  const searcher = useRef<Searcher | null>(null);
  const searching = q !== '';

  useEffect(() => {
    if (!searching) return;
    const worker = new Worker(new URL('../../lib/log/search.worker.ts', import.meta.url), { type: 'module' });
    const state: Searcher = { worker, feed: null, first: 0, last: 0, asked: 0, q: '' };
    searcher.current = state;
    worker.onmessage = (event: MessageEvent<SearchAnswer>) => {
      if (event.data.id === state.asked) setFound({ q: state.q, seqs: event.data.seqs });
    };
    return () => {
      searcher.current = null;
      worker.terminate();
      setFound(NOTHING);
    };
  }, [searching]);

  useEffect(() => {
    const state = searcher.current;
    if (state === null || q === '' || version < 0) return;
    const say = (request: SearchRequest) => state.worker.postMessage(request);
    const { ring } = feed;
    if (state.feed !== feed) {
      Object.assign(state, { feed, first: 0, last: 0 });
      say({ t: 'clear' });
    }
    const lines: SearchLine[] = [];
    for (let index = 0; index < ring.length; index += 1) {
      const row = ring.at(index);
      if (row !== undefined && (row.seq > state.last || row.seq < state.first))
        lines.push({ seq: row.seq, text: row.text, data: row.data });
    }
    state.first = ring.first();
    state.last = ring.last();
    say({ t: 'keep', first: state.first, last: state.last, lines });
    state.asked += 1;
    state.q = q;
    say({ t: 'find', id: state.asked, q });
  }, [feed, q, version]);

  return found;
}
