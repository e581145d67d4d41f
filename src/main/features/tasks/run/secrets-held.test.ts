/** How long the host's redactor knows the secrets of tasks: as long as an attempt runs with them, or it would grow for ever. */
import { expect, test, vi } from 'vitest';
import { manualClock } from '../../../../../tests/support/core.ts';
import { openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';

const SECRET = 'S3cr3t-Passw0rd!';

async function runWithSecret(host: TaskHost, steps: Json[]) {
  const command = await host.command({
    input_schema: { type: 'object', properties: { password: { type: 'string', format: 'password' } } },
  });
  return host.run(command, [], { input: { do: steps, password: SECRET } });
}

async function firstLine(host: TaskHost, id: string): Promise<string | undefined> {
  const lines = host.tasks.service.followLogs(id, 0, new AbortController().signal);
  const { value } = await lines.next();
  await lines.return();
  return value && 'message' in value ? value.message : undefined;
}

test('a secret is redacted until the last attempt that runs with it has ended, and forgotten then', async () => {
  const host = openTaskHost();
  try {
    await host.tasks.start();
    const steps: Json[] = [
      ['raw', `typed ${SECRET}\n`],
      ['hang', null],
    ];
    const first = await runWithSecret(host, steps);
    const second = await runWithSecret(host, steps);
    expect(await firstLine(host, first.id)).toBe('typed [redacted]');
    expect(await firstLine(host, second.id)).toBe('typed [redacted]');
    await host.tasks.service.cancel(first.id, true);
    expect(host.redactor.text(SECRET)).toBe('[redacted]');
    await host.tasks.service.cancel(second.id, true);
    expect(host.redactor.text(SECRET)).toBe(SECRET);
    expect(host.redactor.empty).toBe(true);
  } finally {
    await host.dispose();
  }
});

test('a secret is forgotten although the end of its attempt could not be written and was recovered later', async () => {
  const clock = manualClock(Date.now());
  const host = openTaskHost({ clock });
  try {
    await host.tasks.start();
    host.db.raw.exec(
      "CREATE TRIGGER full BEFORE UPDATE ON task WHEN new.status = 'succeeded' BEGIN SELECT raise(ABORT, 'disk full'); END",
    );
    const task = await runWithSecret(host, [['succeed', null]]);
    await vi.waitFor(() => expect(host.log.lines.join()).toContain('the end of a task could not be written'), 10_000);
    clock.advance(60_000);
    expect(await host.ends(task.id)).toMatchObject({ status: 'interrupted' });
    expect(host.redactor.empty).toBe(true);
  } finally {
    await host.dispose();
  }
});
