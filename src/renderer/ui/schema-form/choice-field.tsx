import { MultiSelect, Select } from '@mantine/core';
import { sameJson } from '../../../contract/kernel/json.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import type { CommonProps, FieldProps } from './field-props.ts';
import type { Choice } from './model/field.ts';

/** Choices from which one is found by typing. */
const MANY = 8;
/** Choices that are drawn at once; more of them are found by typing. */
const MAX_DRAWN = 200;

/** Values are told apart by their JSON: the number 1 is not the text "1". */
const keyOf = (value: Json): string => JSON.stringify(value);
const labelOf = ({ label, value }: Choice): string => (value === null ? 'None' : label === '' ? '(empty)' : label);

/** Options of the library, one for each value; one that is there and not in the list says so. */
function optionsOf(choices: readonly Choice[], values: readonly Json[]) {
  const options = new Map(choices.map((choice) => [keyOf(choice.value), labelOf(choice)]));
  for (const value of values) {
    if (!options.has(keyOf(value))) options.set(keyOf(value), `${String(value)} (not in the list)`);
  }
  return [...options].map(([value, label]) => ({ value, label }));
}

/** One of several values. */
export function ChoiceField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const { choices, required, nullable } = field;
  const isNull = value === null && !choices.some((choice) => choice.value === null);
  const isEmpty =
    value === undefined || isNull || (value === '' && !choices.some((choice) => sameJson(choice.value, '')));
  return (
    <Select
      {...common}
      data={optionsOf(choices, isEmpty ? [] : [value])}
      value={isEmpty ? null : keyOf(value)}
      searchable={choices.length > MANY}
      limit={MAX_DRAWN}
      clearable={!required || nullable}
      onChange={(key) => onChange(key === null ? (nullable ? null : '') : (JSON.parse(key) as Json))}
    />
  );
}

/** Any number of several values. */
export function ChoicesField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const values = Array.isArray(value) ? value : [];
  return (
    <MultiSelect
      {...common}
      data={optionsOf(field.choices, values)}
      value={values.map(keyOf)}
      searchable={field.choices.length > MANY}
      limit={MAX_DRAWN}
      onChange={(keys) => onChange(keys.map((key) => JSON.parse(key) as Json))}
    />
  );
}
