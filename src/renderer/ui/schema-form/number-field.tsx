import { TextInput } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { useTypedText } from '../../lib/use-typed-text.ts';
import type { CommonProps, FieldProps } from './field-props.ts';
import { numberOf } from './model/values.ts';

const textOf = (value: Json | undefined): string => (value === undefined || value === null ? '' : String(value));

/** A number. What is typed stays as it is; as long as it is no number it is kept as a text, with what is wrong beside it. */
export function NumberField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const [text, setText] = useTypedText<Json>(
    value ?? '',
    (typed) => (typed.trim() === '' ? '' : numberOf(typed)),
    textOf,
  );
  const change = (typed: string) => {
    setText(typed);
    onChange(typed.trim() === '' ? (field.nullable ? null : '') : numberOf(typed));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by === undefined || typeof value !== 'number') return;
    event.preventDefault();
    const { minimum, maximum } = field.schema;
    const next = value + by;
    if (typeof minimum === 'number' && next < minimum) return;
    if (typeof maximum === 'number' && next > maximum) return;
    change(String(next));
  };
  return (
    <TextInput
      {...common}
      inputMode={field.kind === 'integer' ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}
