/** Of the buttons of all lines Tab stops at one only: where the focus was last, the chosen line, or the lowest in view. */
import { type FocusEvent, type KeyboardEvent, useState } from 'react';
import type { LogRow } from '../../lib/log/ring.ts';

const STEPS: Partial<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/** Index of the line whose button an event happened on; null for any other target. */
function lineOf({ target }: { target: EventTarget }): number | null {
  const index = target instanceof HTMLButtonElement ? target.parentElement?.dataset.index : undefined;
  return index === undefined ? null : Number(index);
}

/** @param shown indices of the lines in the page; `lowest`: the last one in view */
export function useLineStop(
  rows: readonly Pick<LogRow, 'seq'>[],
  shown: readonly number[],
  lowest: number | undefined,
  selected: number | null | undefined,
) {
  const [focused, setFocused] = useState<number | null>(null);
  const indexOf = (seq: number | null | undefined) => shown.find((index) => rows[index]?.seq === seq);
  return {
    stop: indexOf(focused) ?? indexOf(selected) ?? lowest,
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const index = lineOf(event);
      if (index !== null) setFocused(rows[index]?.seq ?? null);
    },
    /** From the button of a line to that of the line above or below; some lines beyond the view are in the page. */
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const step = STEPS[event.key];
      const index = lineOf(event);
      if (step === undefined || index === null) return;
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>(`[data-index="${index + step}"] > button`)?.focus();
    },
  };
}
