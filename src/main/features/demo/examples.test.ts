import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstOrder, signIn, version } from '../../../../examples/builder.ts';
import { CommandCreate, CommandSpec } from '../../../contract/automation/commands.ts';
import { withDemoUrl } from '../../../contract/automation/demo.ts';
import { browserPath, Harness } from '../../../workers/executor/executor.harness.ts';
import { resolveSpec } from '../commands/spec.ts';
import { readExamples } from './examples.ts';
import { ORDERS, ordersCsv } from './orders.ts';
import { createDemoSite } from './site.ts';

const folder = join(import.meta.dirname, '../../../../examples');

/** Runs a command as the host does: placeholders resolved, the password known as a secret. */
async function run(command: CommandCreate, url: string): Promise<Harness> {
  const { defaults: input, spec, kind } = withDemoUrl(command, url);
  const full = CommandSpec.parse({ ...spec, kind });
  const { spec: value, missing } = resolveSpec(full, {
    input,
    profile: null,
    task: { id: 'tsk_test', attempt: 1 },
    temp_dir: '/t',
    host: { platform: process.platform },
  });
  expect(missing).toEqual([]);
  const harness = new Harness();
  harness.run(value, { input, secrets: typeof input.password === 'string' ? [input.password] : [] });
  await harness.finish();
  return harness;
}

async function example(id: string): Promise<CommandCreate> {
  const found = (await readExamples(folder)).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return found.command;
}

describe('the examples', () => {
  it('are commands, on every system', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const examples = await readExamples(folder, platform);
      expect(examples.map(({ id }) => id)).toEqual(['disk-usage', 'fetch-orders', 'login-and-collect']);
      for (const { command } of examples) CommandSpec.parse({ ...command.spec, kind: command.kind });
    }
    const windows = (await readExamples(folder, 'win32'))[0]?.command.spec.argv;
    expect(windows).toEqual(expect.arrayContaining(['powershell.exe']));
    for (const command of [signIn, firstOrder, version]) expect(CommandCreate.parse(command)).toEqual(command);
  });

  it('fetch the orders, and show how full the disk is', async () => {
    const site = createDemoSite();
    const url = await site.start();
    await using orders = await run(await example('fetch-orders'), url);
    await using disk = await run(await example('disk-usage'), url);
    await using built = await run({ ...firstOrder, defaults: { base_url: url } }, url);
    await site.stop();
    expect(orders.result, orders.text()).toMatchObject({ ok: true, output: { status: 200, json: { total: 48 } } });
    expect(disk.result, disk.text()).toMatchObject({ ok: true });
    expect(built.result, built.text()).toMatchObject({ ok: true });
  }, 30_000);

  it.skipIf(browserPath === null)(
    'sign in, collect every order and never tell the password',
    async () => {
      const site = createDemoSite();
      const url = await site.start();
      await using task = await run(await example('login-and-collect'), url);
      await using built = await run(
        { ...signIn, defaults: { base_url: url, user: 'demo', password: 'demo-pass' } },
        url,
      );
      await site.stop();
      const revenue = Math.round(ORDERS.reduce((sum, order) => sum + order.total, 0) * 100) / 100;
      expect(task.result, task.text()).toMatchObject({
        ok: true,
        output: { orders: 48, revenue, first: { id: 1001 } },
      });
      const names = task.messages.filter((message) => message.t === 'step_start').map((message) => message.name);
      expect(names).toEqual([
        'Sign in',
        'Collect orders',
        'Page 1',
        'Page 2',
        'Page 3',
        'Page 4',
        'Page 5',
        'Download the CSV',
      ]);
      expect(task.read('orders.csv').toString()).toBe(ordersCsv());
      expect(task.artifacts().map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['screenshot', 'trace', 'download', 'output']),
      );
      expect(task.text()).not.toContain('demo-pass');
      expect(built.result, built.text()).toMatchObject({ ok: true, output: { title: 'Orders · Demo shop' } });
    },
    60_000,
  );
});
