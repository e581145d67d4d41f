/** A secret. One that is stored is not known here: its mask is replaced as a whole by what is typed, and is back when that is removed. */
import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { MASK } from '../../../contract/kernel/text/mask.ts';
import type { CommonProps, FieldProps } from './field-props.ts';
import { useForm } from './form-context.ts';

export function SecretField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const { secretHint } = useForm();
  const [wasMasked, setWasMasked] = useState(false);
  const isMasked = value === MASK;
  const keeps = isMasked || wasMasked;
  const empty = keeps ? MASK : field.nullable ? null : '';
  return (
    <PasswordInput
      {...common}
      value={isMasked || typeof value !== 'string' ? '' : value}
      placeholder={keeps ? `${MASK} (unchanged)` : field.initial === undefined ? '' : secretHint}
      autoComplete="off"
      onChange={({ currentTarget: { value: typed } }) => {
        if (isMasked) setWasMasked(true);
        onChange(typed === '' ? empty : typed);
      }}
    />
  );
}
