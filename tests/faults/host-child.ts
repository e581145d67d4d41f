/**
 * A host as a process of its own, for tests that kill it: `node host-child.ts <data dir> <five|many|daemons|profiles> <url or folder>`.
 * Says on stdout, one JSON line each, what it has acknowledged.
 */
import { once } from 'node:events';
import path from 'node:path';
import type { CommandCreate } from '../../src/contract/automation/commands.ts';
import { TaskCreate } from '../../src/contract/automation/tasks.ts';
import { ROOT } from '../support/core.ts';
import { EXECUTOR, openTaskHost, SCRIPTED } from '../support/tasks.ts';

const [dir = '', mode, url = ''] = process.argv.slice(2);
const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const host = openTaskHost({ dir, executor: mode === 'many' ? SCRIPTED : EXECUTOR });
await host.tasks.start();

const start = async (id: string, more: object = {}) => {
  const made = await host.tasks.service.create(
    TaskCreate.parse({ command_id: id, ...more }),
    new AbortController().signal,
  );
  if ('items' in made) throw new Error('a batch');
  tell({ acknowledged: made.id });
  return made.id;
};

/** Two browsers with a profile, one without, a process with a daemon, a request that hangs; two of them are to be retried. */
async function five(): Promise<void> {
  const retry = { max: 2, backoff_seconds: 3600, factor: 1 };
  const script = `export default async ({ page, progress }) => {
    await page.goto(${JSON.stringify(url)});
    progress(50, 'there');
    await new Promise(() => {});
  }`;
  const browser = (more: Partial<CommandCreate> = {}) =>
    host.command({ kind: 'browser', spec: { script, trace: 'off', screenshot: 'off' }, ...more });
  host.settings.update({ 'executor.max_running': 5 });
  const withRetry = await browser({ retry });
  const without = await browser();
  const daemon = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    console.log('daemon started'); setInterval(() => {}, 1000)`;
  const process_ = await host.command({ spec: { argv: [process.execPath, '-e', daemon] } });
  const http = await host.command({ kind: 'http', spec: { url: `${url}hang` }, retry });
  const ids = [
    await start(withRetry.id, { profile_id: host.profile('Anna').id }),
    await start(without.id, { profile_id: host.profile('Bea').id }),
    await start(without.id),
    await start(process_.id),
    await start(http.id),
  ];
  for (const id of ids.slice(0, 3)) await host.until(() => host.store.get(id)?.progress, 60);
  for await (const line of host.tasks.service.followLogs(ids[3] ?? '', 0, new AbortController().signal)) {
    if ('message' in line && line.message.includes('daemon started')) break;
  }
  await host.becomes(ids[4] ?? '', 'running');
  const tokens = ids.map((id) => host.runIdOf(id));
  tell({ running: ids, tokens });
}

/** Fifty short tasks that succeed, fail, crash, retry and write. */
async function many(): Promise<void> {
  host.settings.update({ 'executor.max_running': 6 });
  const command = await host.command({ retry: { max: 1, backoff_seconds: 0.05, factor: 1 } });
  const plain = await host.command({ concurrency_key: 'one' });
  const kinds = [
    [
      ['log', 'a'],
      ['step', [1, 'one']],
      ['succeed', 1],
    ],
    [
      ['artifact', ['a.txt', 'x']],
      ['failBefore', 2],
      ['succeed', 2],
    ],
    [
      ['crashBefore', 2],
      ['succeed', 3],
    ],
    [
      ['flood', { lines: 2000 }],
      ['succeed', 4],
    ],
    [['fail', {}]],
  ];
  for (let n = 0; n < 50; n++)
    await start(n % 7 === 0 ? plain.id : command.id, { input: { do: kinds[n % kinds.length] ?? [] } });
}

/** One task that leaves daemons behind, see `daemons.ts`, and waits. */
async function daemons(): Promise<void> {
  const argv = [process.execPath, path.join(ROOT, 'tests/faults/daemons.ts'), url, 'hang'];
  const id = await start((await host.command({ spec: { argv } })).id);
  for await (const line of host.tasks.service.followLogs(id, 0, new AbortController().signal)) {
    if ('message' in line && line.message.includes('daemons started')) break;
  }
  tell({ running: [id] });
}

/** Two profiles that are open by hand. */
async function profiles(): Promise<void> {
  const ids = [host.profile('Anna').id, host.profile('Bea').id];
  for (const id of ids) await host.profileService.start(id, { headless: true, urls: [url + id] });
  tell({ running: ids });
}

await { many, five, daemons, profiles }[mode as 'many' | 'five' | 'daemons' | 'profiles']();
// Lives until it is killed.
await once(process, 'SIGUSR2');
