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
  onChange(value: V): void;
  height: string;
}) {
  const { errorAt, held } = useForm();
  const { text, valid, change } = useJsonText(path, value, parse, onChange, held);
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      withAsterisk={required}
      error={valid ? errorAt(path) : 'Not valid JSON'}
    >
      <div className={css.json}>
        <CodeEditor boxed language="json" label={label} value={text} onChange={change} height={height} />
      </div>
    </Input.Wrapper>
  );
}
