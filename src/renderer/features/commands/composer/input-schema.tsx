import { Notice } from '../../../ui/feedback/notice.tsx';
import type { HeldTexts } from '../../../ui/schema-form/use-json-text.ts';
import { Split } from '../../../ui/split.tsx';
import layout from '../../../ui/styles/layout.module.css';
import type { Draft } from '../draft.ts';
import css from './composer.module.css';
import { JsonEditor } from './json-editor.tsx';

/** JSON Schema of the input, default values below it. */
export function InputSchema({
  draft,
  change,
  errors,
  held,
}: {
  draft: Draft;
  change(patch: Partial<Draft>): void;
  errors: Record<string, string>;
  held: HeldTexts;
}) {
  const problems = Object.entries(errors).filter(([path]) => /input_schema|defaults/.test(path));
  return (
    <>
      {problems.map(([path, message]) => (
        <Notice key={path} tone="bad" square>
          <code>{path}</code> {message}
        </Notice>
      ))}
      <Split
        name="input-schema"
        fixed="second"
        vertical
        size={180}
        min={80}
        max={500}
        floor={120}
        label="Height of the defaults"
        first={
          <section className={`${layout.col} ${layout.grow}`} aria-label="JSON Schema">
            <h3 className={css.paneTitle}>JSON Schema of the input; “format”: “password” makes a secret</h3>
            <JsonEditor
              name="input_schema"
              label="JSON Schema of the input"
              value={draft.input_schema}
              onChange={(input_schema) => change({ input_schema })}
              held={held}
            />
          </section>
        }
        second={
          <section className={`${layout.col} ${layout.grow}`} aria-label="Defaults">
            <h3 className={css.paneTitle}>Default values</h3>
            <JsonEditor
              name="defaults"
              label="Default values"
              value={draft.defaults}
              onChange={(defaults) => change({ defaults })}
              held={held}
            />
          </section>
        }
      />
    </>
  );
}
