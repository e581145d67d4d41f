/** What every field of a form needs to know of the form around it. */
import { createContext, use } from 'react';
import type { HeldTexts } from './use-json-text.ts';

export interface FormState {
  /** What to show at a path, or undefined. */
  errorAt(path: string): string | undefined;
  held: HeldTexts;
  /** What an empty field of a secret says that has a default nobody may see. */
  secretHint: string;
}

export const FormContext = createContext<FormState | null>(null);

/** The form that a field is in. */
export function useForm(): FormState {
  const form = use(FormContext);
  if (form === null) throw new Error('a field stands outside of a form');
  return form;
}
