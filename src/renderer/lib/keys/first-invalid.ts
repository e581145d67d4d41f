import { type RefObject, useEffect } from 'react';
import type { AppError } from '../../../contract/kernel/errors.ts';

/** Gives the focus to the first field that a refused call calls wrong, so that it can be corrected at once. */
export function useFirstInvalid(error: AppError | null, frame: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (error === null || Object.keys(error.errors ?? {}).length === 0) return;
    frame.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error, frame]);
}
