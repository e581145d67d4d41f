import { NumberInput, TextInput } from '@mantine/core';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { specText } from '../draft.ts';
import { errorOf, Numbers, objectOf } from './fields.tsx';
import type { SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

/** What the response of a request must be; an empty field asks for nothing. */
export function ExpectForm({ spec, onChange, errors }: SpecFormProps) {
  const expect = objectOf(spec.expect);
  const { status } = expect;
  const set = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...rest } = expect;
    onChange({ ...spec, expect: value === undefined ? rest : { ...rest, [name]: value } });
  };
  return (
    <>
      <h3>Response checks</h3>
      <div className={css.three}>
        <Numbers
          label="Status"
          placeholder="any"
          value={Array.isArray(status) ? status.map(Number) : typeof status === 'number' ? [status] : []}
          error={errorOf(errors, 'expect.status')}
          onChange={(codes) => set('status', codes.length > 1 ? codes : codes[0])}
        />
        <TextInput
          label="Body contains"
          placeholder="any"
          value={specText(expect, 'body_contains')}
          error={errorOf(errors, 'expect.body_contains')}
          onChange={({ currentTarget: { value } }) => set('body_contains', value === '' ? undefined : value)}
        />
        <NumberInput
          label="Max duration (ms)"
          placeholder="no limit"
          min={1}
          value={typeof expect.max_duration_ms === 'number' ? expect.max_duration_ms : ''}
          error={errorOf(errors, 'expect.max_duration_ms')}
          onChange={(next) => set('max_duration_ms', next === '' ? undefined : Number(next))}
        />
      </div>
    </>
  );
}
