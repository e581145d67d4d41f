/** Fields that the forms of several kinds share. */
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { pairsText, parsePairs } from '../draft.ts';

/** Message of a member of the spec, or of a part of it. */
export const errorOf = (errors: Record<string, string>, name: string): string | undefined =>
  Object.entries(errors).find(([path]) => {
    const plain = path.replace(/^\/?(spec[./])?/, '').replaceAll('/', '.');
    return plain === name || plain.startsWith(`${name}.`);
  })?.[1];

/** Lines of `name=value`; typed text stays as it is until it parses to something else. */
export function Pairs({
  label,
  description,
  value,
  mark,
  error,
  onChange,
}: {
  label: string;
  description: string;
  value: Json | undefined;
  mark: '=' | ':';
  error: string | undefined;
  onChange(value: JsonObject): void;
}) {
  const [text, setText] = useState(() => pairsText(value, mark));
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parsePairs(event.currentTarget.value, mark));
      }}
    />
  );
}

/** Items of a list as text. */
export const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Input schema of a web address. */
export const URL_SCHEMA: JsonObject = { type: 'string', format: 'uri', title: 'Address' };
