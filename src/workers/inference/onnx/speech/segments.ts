/** What was said, with its times in the whole recording; no more of it than an answer holds. */
import type { Segment } from '../../../../contract/models/analysis.ts';

export const round = (seconds: number) => Math.round(seconds * 100) / 100;

/** A piece of the text of one window, in seconds of the window; null when it goes to its end. */
interface Piece {
  start: number;
  end: number | null;
  text: string;
}

/** @param most segments that are kept; those beyond are counted */
export function createSegments(most: number) {
  const all: Segment[] = [];
  let omitted = 0;
  return {
    all,
    omitted: () => omitted,
    /** @param window where the window lies in the recording, seconds */
    add({ from, to }: { from: number; to: number }, pieces: readonly Piece[]): void {
      // A model may name a time in the silence behind the recording.
      const within = (seconds: number) => round(Math.min(to, from + seconds));
      for (const { start, end, text: said } of pieces) {
        const text = said.trim();
        if (text === '') continue;
        if (all.length < most) all.push({ start: within(start), end: end === null ? round(to) : within(end), text });
        else omitted += 1;
      }
    },
  };
}
