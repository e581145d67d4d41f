import type { Json } from '../../../contract/kernel/scalars.ts';
import type { Field } from './model/field.ts';

/** Props of what draws one value. */
export interface FieldProps {
  field: Field;
  /** Members and places that lead to the value, `input.rows.0.name`. */
  path: string;
  value: Json | undefined;
  onChange(value: Json): void;
}

/** What every control of the library takes. */
export interface CommonProps {
  label: string;
  description: string | null;
  error: string | undefined;
  withAsterisk: boolean;
}
