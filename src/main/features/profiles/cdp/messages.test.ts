import { expect, test } from 'vitest';
import { readCommand } from './messages.ts';

// Would catch: messages that count for the life of the host; no browser would answer any more after a hundred megabytes of screenshots.
test('what is in one message counts in no other', () => {
  const text = JSON.stringify({
    id: 1,
    method: 'Page.setDocumentContent',
    params: { html: 'a'.repeat(26 * 1024 * 1024) },
  });
  const read = Array.from({ length: 5 }, () => readCommand(text)?.id);
  expect(read).toEqual([1, 1, 1, 1, 1]);
  expect(readCommand(`{"id":1,"method":"x","params":${'{"a":'.repeat(600)}1${'}'.repeat(600)}}`)).toBeNull();
});
