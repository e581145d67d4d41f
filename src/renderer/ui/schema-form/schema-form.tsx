/** The form that a JSON Schema asks for, or the same value as JSON. It knows nothing of what the value is for. */
import { SegmentedControl } from '@mantine/core';
import { type FocusEvent, useState } from 'react';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../buttons.tsx';
import layout from '../styles/layout.module.css';
import looks from '../styles/text.module.css';
import { FieldInput } from './field-input.tsx';
import { FormContext, type FormState } from './form-context.ts';
import { JsonField } from './json-field.tsx';
import { problemsOf } from './model/check.ts';
import { below, type Field } from './model/field.ts';
import { maskSecrets, unmaskSecrets } from './model/shown-secrets.ts';
import { withMember } from './model/values.ts';
import css from './schema-form.module.css';
import { type HeldTexts, parseObject } from './use-json-text.ts';
import { usePatterns } from './use-patterns.ts';

/** Fields that are drawn at once. */
const FIELDS = 50;

export interface SchemaFormProps {
  /** Path of the value, such as `input`: errors and texts that do not parse are named below it. */
  name: string;
  title: string;
  /** Said when the schema has no fields. */
  none: string;
  /** What an empty field of a secret says that has a default nobody may see. */
  secretHint?: string;
  fields: readonly Field[];
  value: JsonObject;
  onChange(value: JsonObject): void;
  /** Messages by the whole path, `input.url`: a member of that name elsewhere is another one. */
  errors: Record<string, string>;
  held: HeldTexts;
}

export function SchemaForm({
  name,
  title,
  none,
  secretHint = '',
  fields,
  value,
  onChange,
  errors,
  held,
}: SchemaFormProps) {
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [shown, setShown] = useState(FIELDS);
  const { form, onBlur } = useJudged({ name, secretHint, fields, value, errors, held });
  const json = (height: string) => (
    <div data-path={name}>
      <JsonField
        path={name}
        label={`${title} as JSON`}
        {...{ value, onChange, height }}
        parse={(typed) => unmaskSecrets(fields, parseObject(typed), value)}
        mask={(whole) => maskSecrets(fields, whole)}
      />
    </div>
  );
  if (fields.length === 0) {
    return (
      <FormContext value={form}>
        <details>
          <summary className={looks.muted}>{none}</summary>
          <div className={css.below}>{json('120px')}</div>
        </details>
      </FormContext>
    );
  }
  return (
    <FormContext value={form}>
      <fieldset className={`${css.fields} ${css.whole}`} aria-label={title} onBlur={onBlur}>
        <div className={layout.row}>
          <h3 className={layout.grow}>{title}</h3>
          <SegmentedControl
            aria-label="Form or JSON"
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
            value={mode}
            onChange={(next) => setMode(next as 'form' | 'json')}
          />
        </div>
        {mode === 'json'
          ? json('140px')
          : fields
              .slice(0, shown)
              .map((field) => (
                <FieldInput
                  key={field.name}
                  field={field}
                  path={below(name, field.name)}
                  value={value[field.name]}
                  onChange={(next) => onChange(withMember(value, field.name, next))}
                />
              ))}
        {mode === 'form' && shown < fields.length ? (
          <div>
            <Button small onClick={() => setShown(shown + FIELDS)}>
              Show {Math.min(FIELDS, fields.length - shown)} more of {plural(fields.length, 'field')}
            </Button>
          </div>
        ) : null}
      </fieldset>
    </FormContext>
  );
}

/** What is said of each field. A field is judged when it has been left, not while it is typed into for the first time. */
function useJudged({
  name,
  secretHint,
  fields,
  value,
  errors,
  held,
}: Pick<SchemaFormProps, 'name' | 'fields' | 'value' | 'errors' | 'held'> & { secretHint: string }) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const problems = problemsOf(fields, value, name, usePatterns(fields));
  const form: FormState = {
    held,
    secretHint,
    errorAt(path) {
      const said = errors[path];
      return said !== undefined || left.has(path) ? (problems[path] ?? said) : undefined;
    },
  };
  const onBlur = (event: FocusEvent<HTMLElement>) => {
    const path = event.target.closest<HTMLElement>('[data-path]')?.dataset.path;
    if (path !== undefined && !left.has(path)) setLeft(new Set([...left, path]));
  };
  return { form, onBlur };
}
