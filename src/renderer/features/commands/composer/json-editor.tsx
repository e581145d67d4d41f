import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../../../ui/editor/code-editor.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { type HeldTexts, parseObject, useJsonText } from '../../../ui/schema-form/use-json-text.ts';

/** An object edited as JSON text. */
export function JsonEditor({
  name,
  label,
  value,
  onChange,
  held,
}: {
  /** Member of the draft. */
  name: string;
  label: string;
  value: JsonObject;
  onChange(value: JsonObject): void;
  held: HeldTexts;
}) {
  const { text, valid, change } = useJsonText({ name, value, parse: parseObject, onChange, held });
  return (
    <>
      {valid ? null : (
        <Notice tone="bad" square>
          Not a valid JSON object. Correct it to save or run.
        </Notice>
      )}
      <CodeEditor language="json" label={label} value={text} onChange={change} />
    </>
  );
}
