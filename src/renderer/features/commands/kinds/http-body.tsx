import { Input, SegmentedControl, Textarea } from '@mantine/core';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { parseJson, useJsonText } from '../../../ui/schema-form/use-json-text.ts';
import layout from '../../../ui/styles/layout.module.css';
import looks from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, objectOf } from './fields.tsx';
import type { SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

type BodyKind = 'none' | 'text' | 'json';

function kindOf(body: Json | undefined): BodyKind {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'none';
  return 'text' in body ? 'text' : 'json';
}

/** The body of a request: none, a text, or JSON; what was typed is taken along from one to the other. */
export function BodyForm({ spec, onChange, errors, held }: SpecFormProps) {
  const kind = kindOf(spec.body);
  const body = objectOf(spec.body);
  const set = (next: Json) => onChange({ ...spec, body: next });
  const json = useJsonText({
    name: 'spec.body',
    value: body.json,
    parse: parseJson,
    onChange: (next) => set({ json: next }),
    held,
  });
  const text = kind === 'json' ? json.text : specText(body, 'text');
  const turnInto = (next: BodyKind) => {
    if (next === kind) return;
    held.setText('spec.body', null);
    if (next === 'none') return set(null);
    if (next === 'text') return set({ text });
    try {
      set({ json: text.trim() === '' ? {} : parseJson(text) });
    } catch {
      set({ json: text });
    }
  };
  return (
    <div className={css.body}>
      <div className={layout.row}>
        <Input.Wrapper label="Body" labelElement="div" className={layout.grow} />
        <SegmentedControl<BodyKind>
          aria-label="Body type"
          data={[
            { value: 'none', label: 'None' },
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
          value={kind}
          onChange={turnInto}
        />
      </div>
      {kind === 'none' ? null : (
        <Textarea
          aria-label="Body"
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: looks.mono ?? '' }}
          value={text}
          error={kind === 'text' || json.valid ? errorOf(errors, 'body') : 'Not valid JSON'}
          onChange={({ currentTarget: { value } }) => (kind === 'text' ? set({ text: value }) : json.change(value))}
        />
      )}
    </div>
  );
}
