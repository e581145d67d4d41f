/** The forms of each kind of command: what is typed is what the host gets, letter by letter. */
import { screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { COMMAND_KINDS, CommandSpec } from '../../../src/contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { kindViews } from '../../../src/renderer/features/commands/kinds/index.ts';
import { type FormSubject, field, renderForm } from './kinds.harness.tsx';

describe('program', () => {
  // Catches a secret that ends up in the process list without a word of warning.
  test('secrets in arguments are a choice, with a warning; private files are offered instead', async () => {
    await using form = await renderForm('process', { kind: 'process', argv: ['curl'] });
    await form.panel.user.type(field('Private files'), 'header=Bearer {{{{token}}');
    expect(form.spec().files).toEqual({ header: 'Bearer {{token}}' });
    expect(screen.queryByText(/can read secrets in the arguments/)).toBeNull();
    await form.panel.user.click(screen.getByLabelText('Allow secrets in arguments and environment'));
    expect(form.spec().allow_secret_in_argv).toBe(true);
    expect(screen.getByText(/can read secrets in the arguments/)).toBeTruthy();
    expect(() => CommandSpec.parse(form.spec())).not.toThrow();
  });

  test('an argument that is refused is told at its field', async () => {
    const errors = { 'spec.argv.1': 'would show the secret {{token}}' };
    await using _ = await renderForm('process', { kind: 'process', argv: ['curl', '{{token}}'] }, errors);
    expect(screen.getByText('would show the secret {{token}}')).toBeTruthy();
  });

  // Catches a field that tidies its text with each letter, so that a comma or a space after a number can never be typed.
  test('several exit codes can be typed, with commas or spaces', async () => {
    await using form = await renderForm('process', { kind: 'process', argv: ['true'], success_codes: [0] });
    await form.panel.user.type(field('Success exit codes'), ', 3 4,');
    expect(form.spec().success_codes).toEqual([0, 3, 4]);
    expect(field('Success exit codes').value).toBe('0, 3 4,');
  });

  // Catches an argument that is lost when a line is begun, and one with spaces that is split.
  test('an argument is a line; an empty line is none while it is typed', async () => {
    await using form = await renderForm('process', { kind: 'process', argv: ['printf'] });
    await form.panel.user.type(field('Program and arguments'), '{Enter}two words{Enter}');
    expect(form.spec().argv).toEqual(['printf', 'two words']);
    expect(field('Program and arguments').value).toBe('printf\ntwo words\n');
    await form.panel.user.type(field('Program and arguments'), '--last');
    expect(form.spec().argv).toEqual(['printf', 'two words', '--last']);
  });

  // Catches an empty text that is sent where the contract wants null: the folder of the attempt would be the root.
  test('an emptied folder or input is none', async () => {
    await using form = await renderForm('process', { kind: 'process', argv: ['true'], cwd: '/srv', stdin: 'text' });
    await form.panel.user.clear(field('Working folder'));
    await form.panel.user.clear(field('Standard input'));
    expect(form.spec()).toMatchObject({ cwd: null, stdin: null });
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
  });
});

describe('variables and headers', () => {
  // Catches a line that vanishes while it is typed because it is not a pair yet.
  test('a line that is not a pair yet stays in the field, and nothing can be saved without it', async () => {
    await using form = await renderForm('process', { kind: 'process', argv: ['true'], env: { A: '1' } });
    await form.panel.user.type(field('Environment'), '{Enter}B');
    expect(field('Environment').value).toBe('A=1\nB');
    expect(form.spec().env).toEqual({ A: '1' });
    expect(form.held()).toEqual({ 'spec.env': 'A=1\nB' });
    await form.panel.user.type(field('Environment'), '=x=y');
    expect(form.spec().env).toEqual({ A: '1', B: 'x=y' });
    expect(form.held()).toEqual({});
  });

  // Catches a form that keeps the text of what was loaded before, and writes it back with the next letter.
  test('another spec replaces what was typed', async () => {
    await using form = await renderForm('http', { kind: 'http', url: 'http://a.test', headers: { accept: 'a' } });
    await form.panel.user.type(field('Headers'), '{Enter}x-typed: 1');
    await form.load({ kind: 'http', url: 'http://b.test', headers: { accept: 'b' } });
    expect(field('Headers').value).toBe('accept: b');
    await form.panel.user.type(field('Headers'), '!');
    expect(form.spec().headers).toEqual({ accept: 'b!' });
  });

  // Catches a key of several lines that is cut to its first one because somebody changed the line above it.
  test('a value of several lines is shown but not edited as lines', async () => {
    const env = { KEY: '-----BEGIN\nabc\nEND-----', PLAIN: '1' };
    await using form = await renderForm('process', { kind: 'process', argv: ['true'], env });
    expect(field('Environment').readOnly).toBe(true);
    expect(screen.getByText(/Edit it as JSON/)).toBeTruthy();
    await form.panel.user.type(field('Environment'), 'x');
    expect(form.spec().env).toEqual(env);
  });
});

describe('request', () => {
  const json = async (form: FormSubject, name: 'None' | 'Text' | 'JSON') =>
    form.panel.user.click(within(screen.getByRole('radiogroup', { name: 'Body type' })).getByLabelText(name));

  // Catches a body that is lost when somebody looks at the other kind, or JSON that becomes a text with quotes around it.
  test('a body is taken along from JSON to text and back', async () => {
    const body = { json: { name: '{{input.name}}', list: [1, null] } };
    await using form = await renderForm('http', { kind: 'http', url: 'http://a.test', body });
    await json(form, 'Text');
    expect(JSON.parse(String((form.spec().body as JsonObject).text))).toEqual(body.json);
    await json(form, 'JSON');
    expect(form.spec().body).toEqual(body);
    await json(form, 'None');
    expect(form.spec().body).toBeNull();
    expect(screen.queryByLabelText('Body')).toBeNull();
    await json(form, 'JSON');
    expect(form.spec().body).toEqual({ json: {} });
  });

  // Catches a text that is no JSON and is thrown away by choosing JSON.
  test('a text that is no JSON becomes a JSON text', async () => {
    await using form = await renderForm('http', { kind: 'http', url: 'http://a.test', body: { text: 'a=1&b=2' } });
    await json(form, 'JSON');
    expect(form.spec().body).toEqual({ json: 'a=1&b=2' });
    expect(field('Body').value).toBe('"a=1&b=2"');
  });

  // Catches half-typed JSON that is sent, or that takes the last good body away.
  test('JSON that does not parse yet stays in the field, and the last good body is kept', async () => {
    await using form = await renderForm('http', { kind: 'http', url: 'http://a.test', body: { json: [1] } });
    await form.panel.user.clear(field('Body'));
    await form.panel.user.type(field('Body'), '[[1, 2');
    expect(form.spec().body).not.toEqual({ json: [1, 2] });
    expect(screen.getByText('Not valid JSON')).toBeTruthy();
    await form.panel.user.type(field('Body'), ']');
    expect(form.spec().body).toEqual({ json: [1, 2] });
    expect(screen.queryByText('Not valid JSON')).toBeNull();
  });

  // Catches an empty condition that is sent and that no response can meet.
  test('a status is one or several, and an emptied condition is none', async () => {
    await using form = await renderForm('http', { kind: 'http', url: 'http://a.test', expect: { status: 200 } });
    await form.panel.user.type(field('Status'), ', 201');
    expect(form.spec().expect).toEqual({ status: [200, 201] });
    await form.panel.user.type(field('Body contains'), 'ok');
    await form.panel.user.type(field('Max duration (ms)'), '50');
    expect(form.spec().expect).toEqual({ status: [200, 201], body_contains: 'ok', max_duration_ms: 50 });
    for (const label of ['Status', 'Body contains', 'Max duration (ms)']) await form.panel.user.clear(field(label));
    expect(form.spec().expect).toEqual({});
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
  });
});

// Catches an error of the host that no field shows because its path is written in another way.
test.each([
  ['/spec/url', 'Address'],
  ['spec.headers.x', 'Headers'],
  ['/spec/expect/status/0', 'Status'],
  ['url', 'Address'],
])('an error at %s is shown at “%s”', async (path, label) => {
  await using form = await renderForm('http', { kind: 'http', url: '' }, { [path]: 'is wrong' });
  expect(field(label).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getAllByText('is wrong')).toHaveLength(1);
  expect(form.spec()).toEqual({ kind: 'http', url: '' });
});

// Catches a form that changes a command only because it was opened.
test.each(COMMAND_KINDS)('the form of kind %s changes nothing by itself', async (kind) => {
  for (const template of kindViews[kind].templates) {
    const spec = { kind, ...template.spec };
    await using form = await renderForm(kind, spec);
    expect(form.spec()).toBe(spec);
  }
});

describe('model task', () => {
  // Catches labels that are split or trimmed while they are typed, and fields of another task that are in the way.
  test('has the fields of its task; labels are lines', async () => {
    await using form = await renderForm('analyze', { kind: 'analyze', task: 'zero_shot', text: 'x' });
    await form.panel.user.type(field('Labels'), 'late delivery{Enter}praise, thanks{Enter}');
    expect(form.spec().labels).toEqual(['late delivery', 'praise, thanks']);
    expect(field('Labels').value).toBe('late delivery\npraise, thanks\n');
    await form.panel.user.click(screen.getByLabelText('Several labels may be true'));
    await form.panel.user.type(field('Number of classes'), '2');
    expect(form.spec()).toMatchObject({ multi_label: true, top_k: 2 });
    expect(screen.queryByLabelText('Grouping')).toBeNull();
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
    await form.load({ kind: 'analyze', task: 'entities', text: 'x' });
    expect(screen.queryByLabelText(/^Labels/)).toBeNull();
    expect(screen.queryByLabelText('Number of classes')).toBeNull();
  });

  // Catches a text that a task about a file would ask for, and a language that stays as an empty one.
  test('about a file asks for its id, and for what is spoken only of a recording', async () => {
    await using form = await renderForm('analyze', { kind: 'analyze', task: 'transcribe' });
    expect(screen.queryByLabelText(/^Text/)).toBeNull();
    expect(screen.queryByLabelText('Minimum score')).toBeNull();
    await form.panel.user.type(field('File'), '{{{{input.file}}');
    await form.panel.user.type(field('Language'), 'de');
    await form.panel.user.click(screen.getByLabelText('Timestamps'));
    await form.panel.user.click(screen.getByLabelText('Translate into English'));
    const wanted = { file: '{{input.file}}', language: 'de', timestamps: true, translate: true };
    expect(form.spec()).toMatchObject(wanted);
    await form.panel.user.clear(field('Language'));
    expect(form.spec().language).toBeNull();
    expect(CommandSpec.safeParse(form.spec()).success).toBe(true);
    await form.load({ kind: 'analyze', task: 'describe', file: 'art_1' });
    expect(field('File').value).toBe('art_1');
    expect(screen.queryByLabelText('Language')).toBeNull();
  });

  test('a finding is told at its field, and an emptied model is the default one', async () => {
    const spec = { kind: 'analyze', task: 'zero_shot', text: 'x', model: 'a/b' };
    await using form = await renderForm('analyze', spec, { 'spec.labels': 'at least one label is needed' });
    expect(screen.getByText('at least one label is needed')).toBeTruthy();
    await form.panel.user.clear(field('Model'));
    expect(form.spec().model).toBe('default');
  });
});
