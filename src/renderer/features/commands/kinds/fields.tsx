/** Fields that the forms of several kinds share. */
import { Textarea, TextInput } from '@mantine/core';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { useTypedText } from '../../../lib/use-typed-text.ts';
import type { HeldTexts } from '../../../ui/schema-form/use-json-text.ts';
import looks from '../../../ui/styles/text.module.css';
import { fitsInLines, pairsText, parsePairs } from '../draft.ts';

/** Message of a member of the spec, or of a part of it. */
export const errorOf = (errors: Record<string, string>, name: string): string | undefined =>
  Object.entries(errors).find(([path]) => {
    const plain = path.replace(/^\/?(spec[./])?/, '').replaceAll('/', '.');
    return plain === name || plain.startsWith(`${name}.`);
  })?.[1];

/** The object that a member of a spec is; empty when it is none. */
export const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** Items of a list as text. */
export const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Lines that hold anything. */
export const parseLines = (typed: string): string[] => typed.split('\n').filter((line) => line !== '');

/** Lines of `name=value` or `name: value`. */
export function Pairs({
  name,
  label,
  description,
  value,
  mark,
  error,
  onChange,
  held,
}: {
  /** Member of the spec. */
  name: string;
  label: string;
  description: string;
  value: Json | undefined;
  mark: '=' | ':';
  error: string | undefined;
  onChange(value: JsonObject): void;
  held: HeldTexts;
}) {
  const parse = (typed: string): JsonObject => parsePairs(typed, mark);
  const key = `spec.${name}`;
  const unfinished = held.texts[key];
  const pairs = objectOf(value);
  const [text, setText] = useTypedText(pairs, parse, () => pairsText(pairs, mark));
  const fits = fitsInLines(pairs, mark);
  return (
    <Textarea
      label={label}
      description={fits ? description : 'A value does not fit on one line. Edit it as JSON.'}
      readOnly={!fits}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      classNames={{ input: looks.mono ?? '' }}
      value={unfinished ?? text}
      error={unfinished === undefined ? error : `Each line needs a name and “${mark}”`}
      onChange={({ currentTarget: { value: typed } }) => {
        const isWhole = typed.split('\n').every((line) => line.trim() === '' || line.trimStart().indexOf(mark) > 0);
        if (isWhole !== (unfinished === undefined) || !isWhole) held.setText(key, isWhole ? null : typed);
        setText(typed);
        onChange(parse(typed));
      }}
    />
  );
}

const parseNumbers = (text: string): number[] =>
  text
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(Number)
    .filter(Number.isInteger);

/** Whole numbers with commas between them. */
export function Numbers({
  label,
  placeholder,
  value,
  error,
  onChange,
}: {
  label: string;
  placeholder?: string;
  value: readonly number[];
  error: string | undefined;
  onChange(value: number[]): void;
}) {
  const [text, setText] = useTypedText(value, parseNumbers, (numbers) => numbers.join(', '));
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseNumbers(event.currentTarget.value));
      }}
    />
  );
}

/** Input schema of a web address; a browser opens other addresses too, those of files. */
export const URL_SCHEMA: JsonObject = { type: 'string', format: 'uri', pattern: '^https?://', title: 'Address' };

/** Input of a template that signs in; the password is kept sealed. */
export const SIGN_IN_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    url: URL_SCHEMA,
    user: { type: 'string', title: 'User' },
    password: { type: 'string', title: 'Password', format: 'password' },
  },
  required: ['url', 'user', 'password'],
};
