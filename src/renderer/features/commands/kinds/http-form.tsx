/** The form of a request and of what the response must be. */
import { Select, Switch, TextInput } from '@mantine/core';
import { HttpSpec } from '../../../../contract/automation/kinds/http.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, Pairs } from './fields.tsx';
import { BodyForm } from './http-body.tsx';
import { ExpectForm } from './http-expect.tsx';
import type { SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

const METHODS = HttpSpec.shape.method.unwrap().options;

/** Fills the tab of the spec. */
export function Form({ spec, onChange, errors, held }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  return (
    <div className={layout.scroll}>
      <div className={css.specForm}>
        <div className={css.target}>
          <Select
            label="Method"
            w={110}
            data={METHODS}
            value={specText(spec, 'method') || 'GET'}
            onChange={(method) => set({ method: method ?? 'GET' })}
          />
          <TextInput
            className={layout.grow}
            label="Address"
            withAsterisk
            classNames={{ input: text.mono ?? '' }}
            value={specText(spec, 'url')}
            error={errorOf(errors, 'url')}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
        </div>
        <div className={css.two}>
          <Pairs
            name="headers"
            held={held}
            label="Headers"
            description="Name: value, one per line."
            mark=":"
            value={spec.headers}
            error={errorOf(errors, 'headers')}
            onChange={(headers) => set({ headers })}
          />
          <Pairs
            name="query"
            held={held}
            label="Query"
            description="name=value, one per line."
            mark="="
            value={spec.query}
            error={errorOf(errors, 'query')}
            onChange={(query) => set({ query })}
          />
        </div>
        <BodyForm spec={spec} onChange={onChange} errors={errors} held={held} />
        <ExpectForm spec={spec} onChange={onChange} errors={errors} held={held} />
        <Switch
          label="Follow redirects"
          checked={spec.follow_redirects !== false}
          onChange={(event) => set({ follow_redirects: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}
