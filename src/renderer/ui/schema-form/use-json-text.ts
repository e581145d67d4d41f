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

/** Texts that do not parse, by the name of their editor. Whoever holds them keeps what they belong to from being saved or sent. */
export interface HeldTexts {
  texts: Record<string, string>;
  /** `null`: the editor's text is right again. */
  setText(name: string, text: string | null): void;
}

/** Why nothing can be saved or sent while a text is held; null when none is. */
export const textProblem = ({ texts }: Pick<HeldTexts, 'texts'>): string | null =>
  Object.keys(texts).length === 0 ? null : 'Correct the JSON first';

/**
 * JSON edited as text. Text that does not parse is held as it is, and the last good value stays. It follows a value that comes
 * from elsewhere, such as another template.
 */
export function useJsonText<V extends Json>({
  name,
  value,
  parse,
  mask = (whole) => whole,
  onChange,
  held: { texts, setText },
}: {
  name: string;
  value: V | undefined;
  /** Throws when the text is not what is wanted. */
  parse(text: string): V;
  /** What is shown of a value that has not been typed here. */
  mask?: ((value: V) => V) | undefined;
  onChange(value: V): void;
  held: HeldTexts;
}) {
  const now = JSON.stringify(value);
  const [typed, setTyped] = useState<{ text: string; of: string | undefined } | null>(null);
  const held = texts[name];
  const shown = typed !== null && typed.of === now ? typed.text : null;
  return {
    text: held ?? shown ?? (value === undefined || value === '' ? '' : JSON.stringify(mask(value), null, 2)),
    valid: held === undefined,
    change(text: string) {
      let next: V;
      try {
        next = parse(text);
      } catch {
        return setText(name, text);
      }
      if (held !== undefined) setText(name, null);
      setTyped({ text, of: JSON.stringify(next) });
      onChange(next);
    },
  };
}

/**
 * Texts of the items of a list go with them when the items are moved; those of items that are gone go too.
 * @param path of the list
 * @param placeOf where an item stands afterwards, -1 when it is gone
 */
export function moveTexts({ texts, setText }: HeldTexts, path: string, placeOf: (place: number) => number): void {
  const moved = Object.entries(texts).flatMap(([name, text]) => {
    if (!name.startsWith(`${path}.`)) return [];
    const [place = '', ...rest] = name.slice(path.length + 1).split('.');
    return [{ name, text, place: placeOf(Number(place)), rest }];
  });
  for (const { name } of moved) setText(name, null);
  for (const { text, place, rest } of moved) if (place >= 0) setText([path, place, ...rest].join('.'), text);
}
