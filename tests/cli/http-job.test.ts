/** The main job as a program does it: command, task and artifacts over HTTP alone. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Artifact } from '../../src/contract/automation/artifacts.ts';
import type { Command } from '../../src/contract/automation/commands.ts';
import type { Profile } from '../../src/contract/automation/profiles.ts';
import type { Task } from '../../src/contract/automation/tasks.ts';
import { DEMO_LOGIN } from '../../src/main/features/demo/sign-in.ts';
import { createDemoSite } from '../../src/main/features/demo/site.ts';
import { ROOT } from '../support/core.ts';
import { serveHost } from '../support/served-host.ts';

test('create a command and a profile, run with wait=true, read the output, fetch an artifact once by its ticket', async () => {
  await using host = await serveHost();
  const site = createDemoSite();
  try {
    const script = await readFile(path.join(ROOT, 'examples/login-and-collect.script.ts'), 'utf8');
    const profile = await host.request<Profile>('POST', '/v1/profiles', { name: 'by HTTP', locale: 'de-DE' });
    const command = await host.request<Command>('POST', '/v1/commands', {
      name: 'collect',
      kind: 'browser',
      spec: { script },
      input_schema: { type: 'object', properties: { password: { type: 'string', format: 'password' } } },
      defaults: { user: DEMO_LOGIN.user, password: DEMO_LOGIN.password },
    });
    const task = await host.request<Task>('POST', '/v1/tasks', {
      command_id: command.id,
      profile_id: profile.id,
      input: { base_url: await site.start() },
      wait: true,
    });
    expect(task).toMatchObject({ status: 'succeeded', output: { orders: 48 }, input: { password: '••••••' } });

    const { items } = await host.request<{ items: Artifact[] }>('GET', `/v1/tasks/${task.id}/artifacts`);
    expect(items.map((artifact) => artifact.kind)).toEqual(expect.arrayContaining(['screenshot', 'trace', 'download']));
    const csv = items.find((artifact) => artifact.name === 'orders.csv');
    const first = await fetch(csv?.url ?? '');
    expect(first.status).toBe(200);
    expect((await first.text()).split('\n')[0]).toContain('id');
    expect((await fetch(csv?.url ?? '')).status, 'a ticket opens once').toBe(401);
  } finally {
    await site.stop();
  }
}, 90_000);
