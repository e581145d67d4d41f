/**
 * Whether drafting is faster on this machine: both ways of going on are timed while answers are written, and the faster one is taken. A step
 * that checks a drafted token costs more than a plain one, and what it brings depends on the processor, on the model and on the text.
 */

/** Steps of each kind that are timed before they are compared. */
const TRIAL = 6;
/** Plain steps after which drafting that was slower is tried again, for a text that repeats more. */
const REST = 192;
/** Drafted steps in a row after which a plain one is timed again: how busy the machine is changes. */
const RECHECK = 32;
/** Drafting has to be this much faster, so that noise does not decide. */
const MARGIN = 0.97;
/** Share that earlier steps keep in the mean. */
const KEPT = 0.9;

/** See {@link createDraftPace}. */
export interface DraftPace {
  /** Whether tokens should be drafted for the next step. */
  wants(): boolean;
  /** Tells what a step took: the tokens that came of it, ms, and whether any of them had been drafted. */
  took(step: { isDrafted: boolean; tokens: number; ms: number }): void;
}

/** Milliseconds a token, of late. */
function createMean() {
  let ms = 0;
  let tokens = 0;
  let steps = 0;
  return {
    add(step: { tokens: number; ms: number }): void {
      ms = ms * KEPT + step.ms;
      tokens = tokens * KEPT + step.tokens;
      steps += 1;
    },
    isKnown: () => steps >= TRIAL,
    value: () => ms / tokens,
  };
}

/** The pace of one loaded model. */
export function createDraftPace(): DraftPace {
  const plain = createMean();
  let drafted = createMean();
  let rested = 0;
  let inRow = 0;
  return {
    wants() {
      if (!plain.isKnown() || inRow >= RECHECK) return false;
      if (!drafted.isKnown()) return true;
      if (drafted.value() < plain.value() * MARGIN) return true;
      if (rested < REST) return false;
      drafted = createMean();
      rested = 0;
      return true;
    },
    took({ isDrafted, ...step }) {
      (isDrafted ? drafted : plain).add(step);
      inRow = isDrafted ? inRow + 1 : 0;
      rested = isDrafted ? 0 : rested + 1;
    },
  };
}
