/** Forms for the specs that are data: a program to start, a request to send. */
import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { pairsText, parsePairs, specText } from './draft.ts';

/** Props of a spec form. */
export interface SpecFormProps {
  spec: JsonObject;
  onChange(spec: JsonObject): void;
  /** Messages by path. */
  errors: Record<string, string>;
}

const errorOf = (errors: Record<string, string>, name: string): string | undefined =>
  Object.entries(errors).find(([path]) => {
    const plain = path.replace(/^\/?(spec[./])?/, '').replaceAll('/', '.');
    return plain === name || plain.startsWith(`${name}.`);
  })?.[1];

/** Lines of `name=value`; typed text stays as it is until it parses to something else. */
function Pairs({
  label,
  description,
  value,
  mark,
  error,
  onChange,
}: {
  label: string;
  description: string;
  value: Json | undefined;
  mark: '=' | ':';
  error: string | undefined;
  onChange(value: JsonObject): void;
}) {
  const [text, setText] = useState(() => pairsText(value, mark));
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parsePairs(event.currentTarget.value, mark));
      }}
    />
  );
}

const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** `process`: argv without a shell. */
export function ProcessForm({ spec, onChange, errors }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const [argv, setArgv] = useState(() => strings(spec.argv).join('\n'));
  return (
    <div className="spec-form">
      <Textarea
        label="Program and arguments"
        description="One per line. No shell reads them; {{variables}} come from the input."
        withAsterisk
        autosize
        minRows={3}
        maxRows={14}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={argv}
        error={errorOf(errors, 'argv')}
        onChange={(event) => {
          setArgv(event.currentTarget.value);
          set({ argv: event.currentTarget.value.split('\n').filter((line) => line !== '') });
        }}
      />
      <div className="two">
        <TextInput
          label="Working folder"
          placeholder="A fresh folder of the attempt"
          value={specText(spec, 'cwd')}
          error={errorOf(errors, 'cwd')}
          onChange={(event) => set({ cwd: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <TextInput
          label="Exit codes that are a success"
          value={strings(spec.success_codes ?? [0]).join(', ')}
          error={errorOf(errors, 'success_codes')}
          onChange={(event) =>
            set({
              success_codes: event.currentTarget.value
                .split(/[,\s]+/)
                .filter(Boolean)
                .map(Number)
                .filter(Number.isInteger),
            })
          }
        />
      </div>
      <Pairs
        label="Environment"
        description="NAME=value, one per line."
        mark="="
        value={spec.env}
        error={errorOf(errors, 'env')}
        onChange={(env) => set({ env })}
      />
      <Textarea
        label="Standard input"
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: 'mono' }}
        value={specText(spec, 'stdin')}
        error={errorOf(errors, 'stdin')}
        onChange={(event) => set({ stdin: event.currentTarget.value === '' ? null : event.currentTarget.value })}
      />
      <Select
        label="Output of the task"
        data={[
          { value: 'none', label: 'Nothing' },
          { value: 'text', label: 'What it printed, as text' },
          { value: 'json', label: 'What it printed, as JSON' },
        ]}
        value={specText(spec, 'output') || 'text'}
        onChange={(output) => set({ output: output ?? 'text' })}
      />
    </div>
  );
}

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

/** `http`: one request and what its answer must be. */
export function HttpForm({ spec, onChange, errors }: SpecFormProps) {
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
  );
}
