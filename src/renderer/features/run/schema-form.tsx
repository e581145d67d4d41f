/** The form that a command's input schema asks for, or the same input as JSON. */
import {
  Input,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../../ui/editor/code-editor.tsx';
import layout from '../../ui/styles/layout.module.css';
import looks from '../../ui/styles/text.module.css';
import css from './run.module.css';
import type { Field } from './schema.ts';
import { type HeldTexts, parseJson, parseObject, useJsonText } from './use-json-text.ts';

export interface SchemaFormProps {
  fields: readonly Field[];
  value: JsonObject;
  onChange(value: JsonObject): void;
  /** Messages by path, as the host reports them. */
  errors: Record<string, string>;
  /** Texts that do not parse; those of the input are called `input` and `input.<name>`. */
  held: HeldTexts;
}

/** Message for a field: by its own name or below `input`. */
export const errorAt = (errors: Record<string, string>, name: string): string | undefined =>
  errors[name] ?? errors[`input.${name}`] ?? errors[`/${name}`];

function JsonField<V extends Json>({
  name,
  label,
  value,
  parse,
  onChange,
  height,
  held,
}: {
  name: string;
  label: string;
  value: V | undefined;
  parse(text: string): V;
  onChange(value: V): void;
  height: string;
  held: HeldTexts;
}) {
  const { text, valid, change } = useJsonText(name, value, parse, onChange, held);
  return (
    <div className={css.json}>
      <CodeEditor boxed language="json" label={label} value={text} onChange={change} height={height} />
      {valid ? null : <span className={`${looks.bad} ${looks.small}`}>Not valid JSON</span>}
    </div>
  );
}

function FieldInput({
  field,
  value,
  error,
  onChange,
  held,
}: {
  field: Field;
  value: Json | undefined;
  error: string | undefined;
  onChange(value: Json): void;
  held: HeldTexts;
}) {
  const common = { label: field.title, description: field.description, error, withAsterisk: field.required };
  const textual = typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      );
    case 'number':
    case 'integer':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={field.kind === 'number'}
          onChange={(next) => onChange(next === '' ? '' : Number(next))}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={field.choices}
          value={textual === '' ? null : textual}
          clearable={!field.required}
          onChange={(next) => onChange(next ?? '')}
        />
      );
    case 'password':
      return (
        <PasswordInput
          {...common}
          value={textual}
          placeholder={field.initial === undefined ? '' : 'From the command’s defaults'}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'long':
      return (
        <Textarea
          {...common}
          autosize
          minRows={3}
          maxRows={10}
          value={textual}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'json':
      return (
        <Input.Wrapper label={field.title} labelElement="div" error={error}>
          <JsonField
            name={`input.${field.name}`}
            label={field.title}
            {...{ value, onChange, held }}
            parse={parseJson}
            height="96px"
          />
        </Input.Wrapper>
      );
    case 'text':
      return <TextInput {...common} value={textual} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

export function SchemaForm({ fields, value, onChange, errors, held }: SchemaFormProps) {
  const [mode, setMode] = useState<'form' | 'json'>('form');
  if (fields.length === 0) {
    return (
      <details>
        <summary className={looks.muted}>This command takes no input</summary>
        <div className={css.below}>
          <JsonField
            name="input"
            label="Input as JSON"
            {...{ value, onChange, held }}
            parse={parseObject}
            height="120px"
          />
        </div>
      </details>
    );
  }
  return (
    <div className={css.fields}>
      <div className={layout.row}>
        <h3 className={layout.grow}>Input</h3>
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
      {mode === 'json' ? (
        <JsonField
          name="input"
          label="Input as JSON"
          {...{ value, onChange, held }}
          parse={parseObject}
          height="140px"
        />
      ) : (
        fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={value[field.name]}
            error={errorAt(errors, field.name)}
            onChange={(next) => onChange({ ...value, [field.name]: next })}
            held={held}
          />
        ))
      )}
    </div>
  );
}
