import { useState } from 'react';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';

/** The object that a text is; @throws Error when it is none */
export function parseObject(text: string): JsonObject {
  const value = JSON.parse(text) as Json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return value;
}

/** Any JSON; an empty text is the empty text, which stands for no value. */
export const parseJson = (text: string): Json => (text.trim() === '' ? '' : (JSON.parse(text) as Json));

/**
 * JSON edited as text. Text that does not parse stays in the editor only, and the last good value is kept. It follows a value that
 * comes from elsewhere, such as another template.
 * @param parse throws when the text is not what is wanted
 */
export function useJsonText<V extends Json>(
  value: V | undefined,
  parse: (text: string) => V,
  onChange: (value: V) => void,
) {
  const now = JSON.stringify(value);
  const [typed, setTyped] = useState<{ text: string; valid: boolean; of: string | undefined } | null>(null);
  const stands = typed !== null && typed.of === now;
  return {
    text: stands ? typed.text : value === undefined || value === '' ? '' : JSON.stringify(value, null, 2),
    valid: !stands || typed.valid,
    change(text: string) {
      let next: V;
      try {
        next = parse(text);
      } catch {
        return setTyped({ text, valid: false, of: now });
      }
      setTyped({ text, valid: true, of: JSON.stringify(next) });
      onChange(next);
    },
  };
}
