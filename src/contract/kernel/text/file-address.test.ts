import { describe, expect, test } from 'vitest';
import { taskOperations } from '../../automation/task-operations.ts';
import { fileScope } from './file-address.ts';

// Would catch: a key that may run tasks, and reads the host's own token with a command that opens the address that it is given.
describe('an input with the address of a file needs the scope that writing commands needs', () => {
  test.each([
    'file:///etc/passwd',
    'FILE:/etc/passwd',
    'file:etc/passwd',
    ' \u0001 fi\tle:\n///etc/passwd',
    'view-source:file:///etc/passwd',
    'filesystem:file:///x',
    'chrome://settings',
    'devtools://devtools/x.html',
    'chrome-extension://abc/x.html',
  ])('%j', (url) => {
    expect(fileScope({ url })).toMatchObject({ scope: 'manage' });
    expect(fileScope({ pages: [{ url: 'https://a.test/' }, { deep: [url] }] })).toMatchObject({ scope: 'manage' });
    const command_id = `cmd_${'0'.repeat(26)}`;
    const asked = { command_id, input: { url } } as never;
    expect(taskOperations.tasks_create.scopeFor?.(asked)).toMatchObject({ scope: 'manage' });
    expect(taskOperations.tasks_retry.scopeFor?.({ id: 'x', input: { url } } as never)).toMatchObject({
      scope: 'manage',
    });
  });
  test.each([
    'https://shop.test/?next=file:///x',
    'file: the report of May',
    'profile:x',
    '',
    '   ',
    'about:blank',
    7,
    null,
    true,
  ])('%j is no such address', (url) => {
    expect(fileScope({ url, all: [url] })).toBeNull();
  });
  test('nothing is needed for no input', () => {
    expect(fileScope(undefined)).toBeNull();
  });
});
