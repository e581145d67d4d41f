import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../../../ui/editor/code-editor.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { parseObject, useJsonText } from '../../run/index.ts';

/** An object edited as JSON text; what does not parse stays in the editor only. */
export function JsonEditor({
  label,
  value,
  onChange,
}: {
  label: string;
  value: JsonObject;
  onChange(value: JsonObject): void;
}) {
  const { text, valid, change } = useJsonText(value, parseObject, onChange);
  return (
    <>
      {valid ? null : (
        <Notice tone="bad" square>
          This is not a JSON object yet; the last valid one is kept.
        </Notice>
      )}
      <CodeEditor language="json" label={label} value={text} onChange={change} />
    </>
  );
}
