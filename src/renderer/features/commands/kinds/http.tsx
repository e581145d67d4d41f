/** Kind `http`: a form for a request and what the response must be. */
import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { Globe } from 'lucide-react';
import { useState } from 'react';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { specText } from '../draft.ts';
import { errorOf, Pairs, URL_SCHEMA } from './fields.tsx';
import type { KindView, SpecFormProps } from './kind.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function bodyKind(body: Json | undefined): 'none' | 'text' | 'json' {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'none';
  return 'text' in body ? 'text' : 'json';
}

function BodyForm({ spec, onChange, errors }: SpecFormProps) {
  const kind = bodyKind(spec.body);
  const body = typeof spec.body === 'object' && spec.body !== null && !Array.isArray(spec.body) ? spec.body : {};
  const [text, setText] = useState(() =>
    kind === 'json' ? JSON.stringify(body.json, null, 2) : typeof body.text === 'string' ? body.text : '',
  );
  const [problem, setProblem] = useState<string | null>(null);
  const write = (nextKind: string, next: string) => {
    setText(next);
    setProblem(null);
    if (nextKind === 'none') return onChange({ ...spec, body: null });
    if (nextKind === 'text') return onChange({ ...spec, body: { text: next } });
    try {
      onChange({ ...spec, body: { json: JSON.parse(next === '' ? 'null' : next) as Json } });
    } catch {
      setProblem('This is not valid JSON yet');
    }
  };
  return (
    <div className="col" style={{ gap: 4 }}>
      <div className="row">
        <span className="mantine-InputWrapper-label grow">Body</span>
        <SegmentedControl
          aria-label="Kind of body"
          data={[
            { value: 'none', label: 'None' },
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
          value={kind}
          onChange={(next) => write(next, next === 'json' && kind !== 'json' ? '{}' : text)}
        />
      </div>
      {kind === 'none' ? null : (
        <Textarea
          aria-label="Body"
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          value={text}
          error={problem ?? errorOf(errors, 'body')}
          onChange={(event) => write(kind, event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function Form({ spec, onChange, errors }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const expect = (
    typeof spec.expect === 'object' && spec.expect !== null && !Array.isArray(spec.expect) ? spec.expect : {}
  ) as JsonObject;
  const setExpect = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...rest } = expect;
    set({ expect: value === undefined ? rest : { ...rest, [name]: value } });
  };
  const status = Array.isArray(expect.status)
    ? expect.status.join(', ')
    : expect.status === undefined
      ? ''
      : String(expect.status);
  return (
    <div className="scroll">
      <div className="spec-form">
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Select
            label="Method"
            w={110}
            data={METHODS}
            value={specText(spec, 'method') || 'GET'}
            onChange={(method) => set({ method: method ?? 'GET' })}
          />
          <TextInput
            className="grow"
            label="Address"
            withAsterisk
            classNames={{ input: 'mono' }}
            value={specText(spec, 'url')}
            error={errorOf(errors, 'url')}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
        </div>
        <div className="two">
          <Pairs
            label="Headers"
            description="Name: value, one per line."
            mark=":"
            value={spec.headers}
            error={errorOf(errors, 'headers')}
            onChange={(headers) => set({ headers })}
          />
          <Pairs
            label="Query"
            description="name=value, one per line."
            mark="="
            value={spec.query}
            error={errorOf(errors, 'query')}
            onChange={(query) => set({ query })}
          />
        </div>
        <BodyForm spec={spec} onChange={onChange} errors={errors} />
        <h3>The answer must have</h3>
        <div className="three">
          <TextInput
            label="Status"
            placeholder="any"
            value={status}
            error={errorOf(errors, 'expect.status')}
            onChange={(event) => {
              const codes = event.currentTarget.value
                .split(/[,\s]+/)
                .filter(Boolean)
                .map(Number)
                .filter(Number.isInteger);
              setExpect('status', codes.length === 0 ? undefined : codes.length === 1 ? (codes[0] ?? 200) : codes);
            }}
          />
          <TextInput
            label="Text in the body"
            placeholder="any"
            value={specText(expect, 'body_contains')}
            error={errorOf(errors, 'expect.body_contains')}
            onChange={(event) =>
              setExpect('body_contains', event.currentTarget.value === '' ? undefined : event.currentTarget.value)
            }
          />
          <NumberInput
            label="Within, ms"
            placeholder="any time"
            min={1}
            value={typeof expect.max_duration_ms === 'number' ? expect.max_duration_ms : ''}
            error={errorOf(errors, 'expect.max_duration_ms')}
            onChange={(next) => setExpect('max_duration_ms', next === '' ? undefined : Number(next))}
          />
        </div>
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
  Form,
  Options: null,
  Resolved: null,
  templates: [
    {
      id: 'get',
      title: 'Check an address',
      text: 'One request that must answer 200 in time.',
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
