/** Times in what a model for speech writes: tokens that stand for places in the window, two around each piece of text. */
import type { GreedyPlan } from '../seq2seq/greedy.ts';

/** The tokens that stand for times. */
export interface TimeTokens {
  /** Stands for the begin of the window; each one after it for a step later. */
  begin: number;
  /** Says that no times are wanted. */
  none: number;
  /** Seconds between two of them. */
  step: number;
  /** How late the first text may begin, in steps; null leaves it open. */
  latestBegin: number | null;
}

/** A piece of text; times in seconds of the window, null for one that the window cuts off. */
export interface Piece {
  start: number;
  end: number | null;
  tokens: number[];
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Lets times be written in pairs and in order, and whenever they are likelier than every text (Whisper's paper, section 2.3, and its decoding rules).
 * @param end first of the tokens that are neither text nor time
 */
export function timeRules({ begin, none, latestBegin }: TimeTokens, end: number): GreedyPlan['adjust'] {
  return (logits, written) => {
    if (none < logits.length) logits[none] = NEVER;
    if (written.length === 0) {
      logits.fill(NEVER, 0, begin);
      if (latestBegin !== null) logits.fill(NEVER, begin + latestBegin + 1);
      return;
    }
    const isTime = (token: number | undefined) => token !== undefined && token >= begin;
    const isAfterTime = isTime(written.at(-1));
    const isAfterPair = isAfterTime && (written.length < 2 || isTime(written.at(-2)));
    if (isAfterPair) logits.fill(NEVER, begin);
    else if (isAfterTime) logits.fill(NEVER, 0, end);
    const last = written.findLast(isTime);
    // The end of a piece is later than its begin; the next one may begin where it ends.
    if (last !== undefined) logits.fill(NEVER, begin, isAfterTime && !isAfterPair ? last : last + 1);
    if (likelierTime(logits, begin)) logits.fill(NEVER, 0, begin);
  };
}

/** Whether all times together are likelier than each text. */
function likelierTime(logits: Float32Array, begin: number): boolean {
  const most = logits.reduce((greatest, logit) => Math.max(greatest, logit), NEVER);
  let [times, text] = [0, 0];
  for (let token = 0; token < logits.length; token++) {
    const weight = Math.exp((logits[token] ?? NEVER) - most);
    if (token >= begin) times += weight;
    else text = Math.max(text, weight);
  }
  return times > text;
}

/** What was written in one window, and where the next one begins. */
export interface Told {
  pieces: Piece[];
  /** Seconds of the window that were transcribed to their end; null for all of them. */
  seconds: number | null;
}

/** Splits what was written at its times. A piece that the end of the window cuts off is left to the next window, unless there is no other. */
export function piecesOf(tokens: readonly number[], { begin, step }: TimeTokens): Told {
  const timeOf = (token: number) => (token - begin) * step;
  const pieces: Piece[] = [];
  let open: Piece | null = null;
  for (const token of tokens) {
    if (token < begin) {
      open ??= { start: pieces.at(-1)?.end ?? 0, end: null, tokens: [] };
      open.tokens.push(token);
    } else if (open === null || open.tokens.length === 0) {
      open = { start: timeOf(token), end: null, tokens: [] };
    } else {
      pieces.push({ ...open, end: timeOf(token) });
      open = null;
    }
  }
  const seconds = pieces.at(-1)?.end ?? 0;
  // Without a begin behind the last end, the rest of the window is silent.
  if (seconds > 0 && open !== null) return { pieces, seconds };
  return { pieces: open === null || open.tokens.length === 0 ? pieces : [...pieces, open], seconds: null };
}
