/** Finds lines that contain a text, off the page's thread. */
import { createSearchIndex, type SearchLine } from './search-index.ts';

/** Request: the window of lines to remember with those that are new in it, or a text to find in all of them. */
export type SearchRequest =
  | { t: 'clear' }
  | { t: 'keep'; first: number; last: number; lines: SearchLine[] }
  | { t: 'find'; id: number; q: string };
/** Answer to `find`: sequence numbers of the lines, ascending. */
export interface SearchAnswer {
  id: number;
  seqs: number[];
}

const index = createSearchIndex();

self.addEventListener('message', (event: MessageEvent<SearchRequest>) => {
  const request = event.data;
  if (request.t === 'clear') index.clear();
  else if (request.t === 'keep') index.keep(request.first, request.last, request.lines);
  else self.postMessage({ id: request.id, seqs: index.find(request.q) } satisfies SearchAnswer);
});
