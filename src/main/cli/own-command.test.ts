import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ownCommand } from './own-command.ts';

const node = process.execPath;
const words = (argv: readonly string[], dataDir: string) => ownCommand(['panel-link'], dataDir, '/usual', argv);

// Catches a printed command that only works in the folder, or for the data folder, of whoever wrote the text.
test('the program is named as it was started, the data folder where it is not the usual one', () => {
  expect(words([node, '/opt/app/cli.js'], '/usual')).toBe(`${node} /opt/app/cli.js panel-link`);
  expect(words([node, '/usr/bin/tabagent'], '/usual')).toBe('tabagent panel-link');
  expect(words([node, '/usr/bin/tabagent'], '/data/b')).toBe(
    `tabagent panel-link --data-dir ${path.resolve('/data/b')}`,
  );
});

// Catches a folder with a blank or a quote that the shell takes apart.
test.skipIf(process.platform === 'win32')('a shell reads the words back', () => {
  const dir = "/data/it's mine $HOME";
  const line = words(['printf', '%s|'], dir);
  expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe(`panel-link|--data-dir|${dir}|`);
});
