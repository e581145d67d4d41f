/** A file in a form: what is chosen is uploaded to a real host, and the form holds its id. */
import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/contract/kernel/scalars.ts';
import { OPERATOR } from '../../../../src/main/core/operation/operator.ts';
import { fieldsOf } from '../../../../src/renderer/ui/schema-form/model/read-schema.ts';
import { SchemaForm } from '../../../../src/renderer/ui/schema-form/schema-form.tsx';
import { createTestHost, type TestHost } from '../../../support/host.ts';
import { renderPanel } from '../../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { allowed_origins: [window.location.origin] } });
});
afterAll(() => subject[Symbol.asyncDispose]());

const SCHEMA = { type: 'object', properties: { file: { type: 'string', title: 'Recording', format: 'file' } } };
let value: JsonObject = {};
function Form() {
  const [held, setHeld] = useState<JsonObject>({});
  value = held;
  return (
    <SchemaForm
      name="input"
      title="Input"
      none="No input"
      fields={fieldsOf(SCHEMA)}
      value={held}
      onChange={setHeld}
      errors={{}}
      held={{ texts: {}, setText: () => undefined }}
    />
  );
}

// Catches a name that is sent in place of the bytes, and an id of an upload that was never completed.
test('one that is chosen is uploaded, and its id is the value', async () => {
  await using panel = await renderPanel(subject, <Form />);
  await panel.user.upload(screen.getByLabelText('Recording: file'), new File(['sound'], 'talk.wav'));
  await waitFor(() => expect(value.file).toMatch(/^upl_/));
  expect(screen.getByRole('status').textContent).toContain('talk.wav');
  const dry = await panel.client.call('commands_dry_run', {
    kind: 'analyze',
    spec: { kind: 'analyze', task: 'describe', file: '{{input.file}}' },
    input_schema: SCHEMA,
    input: value,
  });
  expect(dry.errors.map(({ path }) => path)).not.toContain('spec.file');
  await panel.user.clear(screen.getByLabelText('Recording'));
  await panel.user.type(screen.getByLabelText('Recording'), 'art_1');
  expect(value).toEqual({ file: 'art_1' });
  expect(screen.queryByRole('status')).toBeNull();
});

test('a key that may not upload is told so, and may type an id', async () => {
  await using panel = await renderPanel(subject, <Form />, { as: { ...OPERATOR, id: 'reader', scope: 'read' } });
  const button = screen.getByRole('button', { name: 'Choose a file…' });
  await waitFor(() => expect(button.getAttribute('aria-description')).toBe('Requires scope run'));
  await panel.user.type(screen.getByLabelText('Recording'), 'art_2');
  expect(value).toEqual({ file: 'art_2' });
});
