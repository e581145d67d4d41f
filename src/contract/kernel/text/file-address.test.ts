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
    // The blank is not read, and what follows is the file itself.
    'view-source: file:///etc/passwd',
    'view-source:VIEW-SOURCE:\u0001file:///etc/passwd',
    // The list of the first folder.
    'file:',
    'file:  ',
    // What scripts make of what they are given.
    '\ufeff\u00a0file:///etc/passwd',
    'https://shop.test/\n file:///etc/passwd',
    'https://shop.test/\r\nfi\tle:\\\\host\\share\r\n',
    '\u3000file:///etc/passwd',
    '\u2003\u2028\u205ffile:///etc/passwd',
    'https://shop.test/\u2028file:///etc/passwd',
    // Slashes are not needed, in a line of several neither.
    'https://shop.test/\nfile:etc/passwd',
    // One in each field.
    'https://shop.test/,file:///etc/passwd',
    'https://shop.test/; view-source:file:///etc/passwd',
    '|fi\nle:///etc/passwd',
    ',chrome:settings',
    '["https://shop.test/", "file:///etc/passwd"]',
    ' {"url":"\tFILE:/etc/passwd"}',
    // As whoever parses it reads it.
    String.raw`["\u0066ile:///etc/passwd"]`,
    String.raw`["file:\/\/\/etc\/passwd"]`,
    String.raw`["\u0020\tfi\u0009l\ne:///etc/passwd"]`,
    String.raw`"\u0066ile:///etc/passwd"`,
    'https://shop.test/ file:///etc/passwd',
    'https://shop.test/\u00a0view-source:FILE:\\etc',
  ])('%j', (url) => {
    expect(fileScope({ url })).toMatchObject({ scope: 'manage' });
    expect(fileScope({ [url]: true })).toMatchObject({ scope: 'manage' });
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
    'What went wrong?\nError: none\n    at run (file:///app/main.mjs:1:2)',
    'Summarise this.\nFile:\nof May',
    'profile:x',
    'one,profile:x;my-file:y',
    'He said "file:///x" and left',
    'a, file: b',
    '[1, 2]',
    '',
    '   ',
    'about:blank',
    7,
    null,
    true,
  ])('%j is no such address', (url) => {
    expect(fileScope({ url, all: [url] })).toBeNull();
  });
  // Would catch: a text whose blanks are gone over once for each of them.
  test('a text of blanks and line ends takes the time of its length', () => {
    const took = (length: number) => {
      const started = performance.now();
      for (const one of [
        '\n',
        ' ',
        '\n ',
        ',',
        '["',
        '\u3000',
        'view-source:',
        'view-source:\n',
        '[\\u0066',
        ' view-source:',
      ])
        fileScope(one.repeat(length));
      return performance.now() - started;
    };
    took(1000);
    expect(took(200_000)).toBeLessThan(Math.max(1, took(20_000)) * 60);
  });
  test('nothing is needed for no input', () => {
    expect(fileScope(undefined)).toBeNull();
  });
});
