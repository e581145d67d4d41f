import { useState } from 'react';

/**
 * A value that is edited as text. What was typed stays as long as it stands for the value, so that a comma or a line that is not
 * finished is not tidied away; a value that comes from elsewhere replaces it.
 * @returns the text to show, and what to call with each text typed
 */
export function useTypedText<V>(value: V, parse: (text: string) => V, format: (value: V) => string) {
  const [typed, setTyped] = useState<string | null>(null);
  const stands = typed !== null && JSON.stringify(parse(typed)) === JSON.stringify(value);
  return [stands ? typed : format(value), setTyped] as const;
}
