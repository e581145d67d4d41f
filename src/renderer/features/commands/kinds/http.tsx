/** Kind `http`: a form for a request and what the response must be. */
import { Select, Switch, TextInput } from '@mantine/core';
import { Globe } from 'lucide-react';
import { HttpSpec } from '../../../../contract/automation/kinds/http.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { specText } from '../draft.ts';
import { errorOf, Pairs, URL_SCHEMA } from './fields.tsx';
import { BodyForm } from './http-body.tsx';
import { ExpectForm } from './http-expect.tsx';
import type { KindView, SpecFormProps } from './kind.ts';
import css from './kinds.module.css';

const METHODS = HttpSpec.shape.method.unwrap().options;

function Form({ spec, onChange, errors, held }: SpecFormProps) {
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

/** The panel's record of the kind. */
export const http: KindView = {
  Icon: Globe,
  tab: 'Request',
  titles: {
    ...{
      method: 'Method',
      url: 'Address',
      query: 'Query',
      headers: 'Headers',
      body: 'Body',
      expect: 'Response checks',
    },
    ...{ follow_redirects: 'Follow redirects', max_output_bytes: 'Max output (bytes)' },
  },
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'get',
      title: 'Check an address',
      text: 'Sends a request and checks its status and duration.',
      name: 'Check an address',
      spec: { method: 'GET', url: '{{input.url}}', expect: { status: 200, max_duration_ms: 5_000 } },
      input_schema: { type: 'object', properties: { url: URL_SCHEMA }, required: ['url'] },
      defaults: {},
    },
    {
      id: 'post',
      title: 'Send JSON',
      text: 'Posts a JSON body built from the input.',
      name: 'Send JSON',
      spec: {
        method: 'POST',
        url: 'https://api.example/items',
        body: { json: { name: '{{input.name}}' } },
        expect: { status: [200, 201] },
      },
      input_schema: { type: 'object', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] },
      defaults: {},
    },
  ],
};
