import { useState } from 'react';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../../ui/editor/code-editor.tsx';

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
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [bad, setBad] = useState(false);
  const change = (next: string) => {
    setText(next);
    try {
      const parsed: unknown = JSON.parse(next);
      const ok = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
      setBad(!ok);
      if (ok) onChange(parsed as JsonObject);
    } catch {
      setBad(true);
    }
  };
  return (
    <>
      {bad ? <div className="notice bad square">This is not a JSON object yet; the last valid one is kept.</div> : null}
      <CodeEditor language="json" label={label} value={text} onChange={change} />
    </>
  );
}
