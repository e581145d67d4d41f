/** A file in a form: what is chosen is uploaded to a real host, and the form holds its id. */
import { cleanup, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
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
afterEach(() => vi.restoreAllMocks());
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

/** Bytes that never leave: sending goes on until it is given up. */
function stuck(): { aborted: () => number } {
  let aborted = 0;
  vi.spyOn(XMLHttpRequest.prototype, 'send').mockImplementation(() => undefined);
  vi.spyOn(XMLHttpRequest.prototype, 'abort').mockImplementation(function (this: XMLHttpRequest) {
    aborted += 1;
    this.onabort?.(new ProgressEvent('abort') as never);
  });
  return { aborted: () => aborted };
}

// Catches gigabytes that are sent on for a form that nobody looks at any more.
test.each(['Cancel', 'the form is closed'])('sending ends by %s, without a word', async (how) => {
  await using panel = await renderPanel(subject, <Form />);
  const { aborted } = stuck();
  await panel.user.upload(screen.getByLabelText('Recording: file'), new File(['sound'], 'talk.wav'));
  const cancel = await screen.findByRole('button', { name: 'Cancel' });
  await waitFor(() => expect(XMLHttpRequest.prototype.send).toHaveBeenCalled());
  if (how === 'Cancel') await panel.user.click(cancel);
  else cleanup();
  await waitFor(() => expect(aborted()).toBe(1));
  expect(document.body.textContent).not.toContain('Could not upload');
  if (how === 'Cancel') await screen.findByRole('button', { name: 'Choose a file…' });
});

// Catches a status code in place of what the host says to do about it.
test('a refusal is told in the words of the host', async () => {
  await using panel = await renderPanel(subject, <Form />);
  const file = new File(['sound'], 'talk.wav');
  // The announcement is of fewer bytes than come.
  vi.spyOn(file, 'size', 'get').mockReturnValue(2);
  await panel.user.upload(screen.getByLabelText('Recording: file'), file);
  await waitFor(() => expect(document.body.textContent).toContain('Could not upload talk.wav'));
  expect(document.querySelector('.mantine-Notification-root')?.textContent).toContain('Send less');
});

test('a key that may not upload is told so, and may type an id', async () => {
  await using panel = await renderPanel(subject, <Form />, { as: { ...OPERATOR, id: 'reader', scope: 'read' } });
  const button = screen.getByRole('button', { name: 'Choose a file…' });
  await waitFor(() => expect(button.getAttribute('aria-description')).toBe('Requires scope run'));
  await panel.user.type(screen.getByLabelText('Recording'), 'art_2');
  expect(value).toEqual({ file: 'art_2' });
});
