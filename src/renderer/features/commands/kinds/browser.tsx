/** Kind `browser`: a script editor. */
import { NumberInput, Select, Switch } from '@mantine/core';
import { FileCode2 } from 'lucide-react';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { CodeEditor } from '../../../ui/editor/code-editor.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { specText } from '../draft.ts';
import { SIGN_IN_SCHEMA, URL_SCHEMA } from './fields.tsx';
import type { KindView, SpecFormProps } from './kind.ts';

const VISIT = `export default async ({ page, input, log, step, artifact }) => {
  await step('Open the page', () => page.goto(input.url));
  const title = await page.title();
  log.info(\`Title: \${title}\`);
  await artifact.screenshot(page, 'page.png');
  return { title };
};
`;

const LOGIN = `export default async ({ page, input, step }) => {
  await step('Open the sign-in page', () => page.goto(input.url));
  await step('Sign in', async () => {
    await page.getByLabel('User').fill(input.user);
    await page.getByLabel('Password').fill(input.password);
    await page.getByRole('button', { name: /sign in|log in/i }).click();
    await page.waitForLoadState('networkidle');
  });
  return { url: page.url(), title: await page.title() };
};
`;

function Form({ spec, onChange, line }: SpecFormProps) {
  return (
    <CodeEditor
      language={spec.language === 'javascript' ? 'javascript' : 'typescript'}
      label="Script"
      line={line}
      value={specText(spec, 'script')}
      onChange={(script) => onChange({ ...spec, script })}
    />
  );
}

function Options({ spec, onChange }: SpecFormProps) {
  const set = (patch: JsonObject) => onChange({ ...spec, ...patch });
  const when = [
    { value: 'on', label: 'Always' },
    { value: 'on_failure', label: 'On failure' },
    { value: 'off', label: 'Never' },
  ];
  const value = (name: string, fallback: string) => (typeof spec[name] === 'string' ? String(spec[name]) : fallback);
  return (
    <>
      <h3>Browser</h3>
      <Switch
        label="Headless"
        checked={spec.headless !== false}
        onChange={(event) => set({ headless: event.currentTarget.checked })}
      />
      <div className={layout.two}>
        <Select
          label="Trace"
          data={when}
          value={value('trace', 'on')}
          onChange={(trace) => set({ trace: trace ?? 'on' })}
        />
        <Select
          label="Final screenshot"
          data={when}
          value={value('screenshot', 'on')}
          onChange={(screenshot) => set({ screenshot: screenshot ?? 'on' })}
        />
        <Select
          label="Language"
          data={[
            { value: 'typescript', label: 'TypeScript' },
            { value: 'javascript', label: 'JavaScript' },
          ]}
          value={value('language', 'typescript')}
          onChange={(language) => set({ language: language ?? 'typescript' })}
        />
        <NumberInput
          label="Action timeout (ms)"
          min={0}
          max={3_600_000}
          step={1_000}
          value={typeof spec.action_timeout_ms === 'number' ? spec.action_timeout_ms : 30_000}
          onChange={(next) => next !== '' && set({ action_timeout_ms: Number(next) })}
        />
      </div>
      <hr />
    </>
  );
}

function Resolved({ resolved }: { resolved: JsonObject }) {
  return (
    <CodeEditor readOnly language="typescript" label="Script that would run" value={specText(resolved, 'script')} />
  );
}

/** The panel's record of the kind. */
export const browser: KindView = {
  Icon: FileCode2,
  tab: 'Script',
  titles: {
    ...{ script: 'Script', language: 'Language', headless: 'Headless', trace: 'Trace' },
    ...{ screenshot: 'Final screenshot', action_timeout_ms: 'Action timeout (ms)' },
  },
  Form,
  Options,
  Resolved,
  templates: [
    {
      id: 'visit',
      title: 'Visit a page',
      text: 'Opens an address, takes a screenshot and returns the title.',
      name: 'Visit a page',
      spec: { language: 'typescript', script: VISIT },
      input_schema: { type: 'object', properties: { url: URL_SCHEMA }, required: ['url'] },
      defaults: {},
    },
    {
      id: 'login',
      title: 'Sign in',
      text: 'Fills a sign-in form; the password is kept sealed.',
      name: 'Sign in',
      spec: { language: 'typescript', script: LOGIN },
      input_schema: SIGN_IN_SCHEMA,
      defaults: {},
    },
  ],
};
