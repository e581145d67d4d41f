/** Finds lines that contain a text, off the page's thread. */

/** Request: lines to remember, or a text to find in all of them. */
export type SearchRequest =
  | { t: 'reset' }
  | { t: 'add'; lines: { seq: number; text: string }[] }
  | { t: 'find'; id: number; q: string };
/** Answer to `find`: sequence numbers of the lines, ascending. */
export interface SearchAnswer {
  id: number;
  seqs: number[];
}

let lines: { seq: number; text: string }[] = [];

self.addEventListener('message', (event: MessageEvent<SearchRequest>) => {
  const request = event.data;
  if (request.t === 'reset') lines = [];
  else if (request.t === 'add')
    for (const line of request.lines) lines.push({ seq: line.seq, text: line.text.toLowerCase() });
  else {
    const q = request.q.toLowerCase();
    const seqs = lines.filter((line) => line.text.includes(q)).map((line) => line.seq);
    self.postMessage({ id: request.id, seqs: [...new Set(seqs)].sort((a, b) => a - b) } satisfies SearchAnswer);
  }
});
