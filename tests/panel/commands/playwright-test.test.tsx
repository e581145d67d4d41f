/** The form of Playwright tests: a file or a folder, how they run, and what is wrong at its field. */
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { CommandCreate } from '../../../src/contract/automation/commands.ts';
import { CommandSpec } from '../../../src/contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { draftFrom } from '../../../src/renderer/features/commands/draft.ts';
import { TEMPLATES } from '../../../src/renderer/features/commands/templates.ts';
import { field, renderForm } from './kinds.harness.tsx';

const KIND = 'playwright_test';
/** Its label is that of the choice too. */
const FOLDER = '/home/ann/shop';
const open = (spec: JsonObject, errors?: Record<string, string>) => renderForm(KIND, { kind: KIND, ...spec }, errors);
const where = (name: string) =>
  within(screen.getByRole('radiogroup', { name: 'Where the tests are' })).getByLabelText<HTMLInputElement>(name);
const folderField = () => screen.queryByPlaceholderText<HTMLInputElement>(FOLDER);
const select = (label: string) => screen.getByRole<HTMLInputElement>('combobox', { name: label });

describe('the form of Playwright tests', () => {
  // Would catch: a member of a stored command that the form shows as something else, and so changes with the next letter.
  test('shows what the spec of a folder has', async () => {
    const spec = {
      ...{ folder: '/home/ann/shop', files: ['cart', 'a b'], projects: ['small'], grep: '@smoke' },
      ...{ workers: 3, retries: 0, test_timeout_ms: 0, max_failures: 5, env: { A: '1', B: 'x=y' } },
      ...{ headless: false, trace: 'off', screenshot: 'on' },
    };
    await using form = await open(spec);
    const texts = ['Folder', 'Files', 'Projects', 'Titles', 'Workers', 'Retries', 'Test timeout (ms)', 'Environment'];
    expect(where('Folder').checked).toBe(true);
    expect([folderField()?.value, ...texts.slice(1).map((label) => field(label).value)]).toEqual([
      ...['/home/ann/shop', 'cart\na b', 'small', '@smoke', '3', '0', '0', 'A=1\nB=x=y'],
    ]);
    expect(field('Failures that end the run').value).toBe('5');
    expect([select('Trace').value, select('Screenshot').value]).toEqual(['Never', 'Every test']);
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Headless' }).checked).toBe(false);
    expect(form.spec()).toEqual({ kind: KIND, ...spec });
  });

  // Would catch: defaults that look like settings somebody made, and evidence that looks switched off.
  test('leaves empty what is as configured', async () => {
    await using _ = await open({ script: 'x' });
    expect(where('File here').checked).toBe(true);
    for (const label of [
      'Titles',
      'Workers',
      'Retries',
      'Test timeout (ms)',
      'Failures that end the run',
      'Environment',
    ])
      expect(field(label).value, label).toBe('');
    expect([select('Trace').value, select('Screenshot').value]).toEqual(['On failure', 'On failure']);
    expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Headless' }).checked).toBe(true);
  });

  // Would catch: a file that is lost by a look at the folder, fields of a folder beside a file, an empty folder that is kept as one.
  test('changes from the file to a folder and back, and the file is there again', async () => {
    await using form = await open({ script: 'kept', language: 'javascript' });
    expect(folderField()).toBeNull();
    expect(await screen.findByRole('textbox', { name: 'Test file' })).toBeTruthy();
    await form.panel.user.click(where('Folder'));
    await form.panel.user.type(await screen.findByPlaceholderText(FOLDER), '/shop');
    await form.panel.user.type(field('Files'), 'cart{Enter}pay');
    await form.panel.user.type(field('Projects'), 'small');
    expect(screen.queryByRole('textbox', { name: 'Test file' })).toBeNull();
    expect(form.spec()).toMatchObject({ folder: '/shop', files: ['cart', 'pay'], projects: ['small'], script: 'kept' });
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
    await form.panel.user.click(where('File here'));
    await waitFor(() => expect(folderField()).toBeNull());
    expect(form.spec()).toMatchObject({ folder: null, script: 'kept', language: 'javascript' });
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
  });

  // Would catch: an emptied number that is sent as a text or as zero, which means something else than “as configured”.
  test('makes an emptied field what it was before anything was typed', async () => {
    await using form = await open({
      script: 'x',
      grep: 'a',
      workers: 2,
      retries: 1,
      test_timeout_ms: 5,
      max_failures: 1,
    });
    for (const label of ['Titles', 'Workers', 'Retries', 'Test timeout (ms)', 'Failures that end the run'])
      await form.panel.user.clear(field(label));
    expect(form.spec()).toMatchObject({
      grep: null,
      workers: null,
      retries: null,
      test_timeout_ms: null,
      max_failures: 0,
    });
    await form.panel.user.type(field('Retries'), '0');
    await form.panel.user.type(field('Workers'), '4');
    await form.panel.user.type(field('Titles'), 'a|b');
    await form.panel.user.click(screen.getByRole('switch', { name: 'Headless' }));
    await form.panel.user.type(field('Environment'), 'SHOP=http://a.test/?b=c');
    expect(form.spec()).toMatchObject({
      ...{ retries: 0, workers: 4, grep: 'a|b', headless: false, env: { SHOP: 'http://a.test/?b=c' } },
    });
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
  });

  // Would catch: a choice that is shown in the words of the panel and sent in them too.
  test('sends what was chosen in the words of the contract', async () => {
    await using form = await open({ script: 'x' });
    await form.panel.user.click(select('Trace'));
    await form.panel.user.click(await screen.findByRole('option', { name: 'Every test' }));
    await form.panel.user.click(select('Screenshot'));
    await form.panel.user.click(await screen.findByRole('option', { name: 'Never' }));
    expect(form.spec()).toMatchObject({ trace: 'on', screenshot: 'off' });
  });

  // Would catch: a finding of a dry run that no field shows, so that a person looks for it in a list.
  test.each([
    ['spec.folder', 'Folder'],
    ['/spec/files/1', 'Files'],
    ['spec.projects.0', 'Projects'],
    ['spec.grep', 'Titles'],
    ['/spec/workers', 'Workers'],
    ['spec.retries', 'Retries'],
    ['spec.test_timeout_ms', 'Test timeout (ms)'],
    ['spec.max_failures', 'Failures that end the run'],
    ['spec.env.A B', 'Environment'],
  ])('tells what is wrong with %s at “%s”', async (path, label) => {
    await using _ = await open({ folder: '/shop' }, { [path]: 'is wrong' });
    const at = label === 'Folder' ? folderField() : field(label);
    expect(at?.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getAllByText('is wrong')).toHaveLength(1);
  });
});

// Would catch: a template that makes a command which the host refuses, or whose password is stored like any other text.
test('the template makes a draft that is valid, in its own kind, with its input', () => {
  const templates = TEMPLATES.filter(({ kind }) => kind === KIND);
  expect(templates.map(({ id }) => id)).toEqual(['login-test']);
  const [template] = templates;
  if (template === undefined) throw new Error('there is no template');
  const { input_schema, spec, ...rest } = CommandCreate.parse(draftFrom(template));
  expect(rest).toMatchObject({ name: 'Login test', kind: KIND, defaults: { user: 'demo' } });
  expect(CommandSpec.parse(spec)).toMatchObject({ kind: KIND, folder: null, language: 'typescript' });
  const { properties, required } = input_schema as { properties: Record<string, object>; required: string[] };
  expect(properties.password).toMatchObject({ format: 'password' });
  // Each member that the tests read is asked for.
  const read = new Set([...String(spec.script).matchAll(/\binput\.(\w+)/g)].map(([, name]) => name ?? ''));
  expect([...read].sort()).toEqual([...required].sort());
  expect(Object.keys(properties).sort()).toEqual([...required].sort());
});
