import { Input } from '@mantine/core';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../editor/code-editor.tsx';
import { useForm } from './form-context.ts';
import css from './schema-form.module.css';
import { useJsonText } from './use-json-text.ts';

/** A value edited as JSON. A text that does not parse is held in the form, says so, and keeps it from being sent. */
export function JsonField<V extends Json>({
  path,
  label,
  description,
  required = false,
  value,
  parse,
  mask,
  onChange,
  height,
}: {
  path: string;
  label: string;
  description?: string | null;
  required?: boolean;
  value: V | undefined;
  /** Throws when the text is not what is wanted. */
  parse(text: string): V;
  /** What is shown of a value that has not been typed here. */
  mask?(value: V): V;
  onChange(value: V): void;
  height: string;
}) {
  const { errorAt, held } = useForm();
  const error = errorAt(path);
  const { text, valid, change } = useJsonText({ name: path, value, parse, mask, onChange, held });
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      withAsterisk={required}
      error={valid ? error : 'Not valid JSON'}
    >
      <div className={css.json}>
        <CodeEditor
          boxed
          language="json"
          label={label}
          value={text}
          onChange={change}
          height={height}
          invalid={!valid || error !== undefined}
        />
      </div>
    </Input.Wrapper>
  );
}
