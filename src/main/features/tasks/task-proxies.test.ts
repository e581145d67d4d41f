/** The proxy that a task is told to go out by. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callOf, openTaskHost, type TaskHost, thrownBy } from '../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import { ProxyCreate } from '../../../contract/automation/proxies.ts';
import { Task, TaskCreate } from '../../../contract/automation/tasks.ts';
import type { Json, ProxyId } from '../../../contract/kernel/scalars.ts';
import { OPERATOR } from '../../core/operation/operator.ts';

let host: TaskHost;
beforeEach(() => {
  host = openTaskHost();
  // Nothing starts: what a task was made with is read from its row.
  host.settings.update({ 'executor.paused': true });
});
afterEach(() => host.dispose());

const SPEC = { kind: 'browser', script: 'export default () => 1' };
const proxy = async (port: number): Promise<ProxyId> =>
  (await host.proxyService.create(ProxyCreate.parse({ host: '127.0.0.1', port }))).id;
const profileWith = (proxy_id: ProxyId | null) =>
  host.profileService.create(ProfileCreate.parse({ name: 'Anna', proxy_id })).id;
const make = async (input: Record<string, Json>) =>
  Task.parse(await host.tasks.handlers.tasks_create(TaskCreate.parse({ spec: SPEC, ...input }), callOf()));
/** Id and port of the proxy that a task keeps with its profile. */
const keptBy = (id: string) => {
  const { proxy_id, profile } = host.store.get(id) ?? {};
  return [proxy_id, (JSON.parse(profile ?? 'null') as { proxy: { port: number } | null } | null)?.proxy?.port ?? null];
};

// Catches a choice that is shown and not kept, one that the profile's own overrides, and one that changes the profile.
test('it stands in for that of the profile, and only for this task', async () => {
  const [own, other] = [await proxy(21_001), await proxy(21_002)];
  const profile_id = profileWith(own);
  expect(keptBy((await make({ profile_id })).id)).toEqual([own, 21_001]);
  const { id, proxy_id } = await make({ profile_id, proxy_id: other });
  expect([proxy_id, ...keptBy(id)]).toEqual([other, other, 21_002]);
  expect(host.profileService.get(profile_id).proxy_id).toBe(own);
});

// Catches a browser without a profile that goes out directly although it was told not to.
test('a browser without a profile has it too', async () => {
  const other = await proxy(21_003);
  expect(keptBy((await make({ proxy_id: other })).id)).toEqual([other, null]);
  expect(keptBy((await make({})).id)).toEqual([null, null]);
});

// Catches a second run that goes out by the proxy of the profile, or by none.
test('a task that runs again keeps the choice, whether as then or as things are now', async () => {
  const other = await proxy(21_004);
  for (const profile_id of [undefined, profileWith(await proxy(21_005))]) {
    const { id } = await make({ proxy_id: other, ...(profile_id === undefined ? {} : { profile_id }) });
    await host.tasks.service.cancel(id, false);
    for (const options of [{ as_then: true }, { as_then: false }]) {
      const again = await host.tasks.service.retry(id, OPERATOR, options);
      expect(keptBy(again.id)).toEqual(keptBy(id));
    }
  }
});

test('one that is not there, and one that nothing would use, are refused where they are named', async () => {
  const gone = `prx_${'0'.repeat(26)}`;
  expect(await thrownBy(() => make({ proxy_id: gone }))).toMatchObject({
    slug: 'not-found',
    extra: { resource: 'proxy' },
  });
  const process = { kind: 'process', argv: ['true'] };
  const refused = await thrownBy(async () => make({ spec: process, proxy_id: await proxy(21_006) }));
  expect(refused).toMatchObject({ slug: 'validation-error', errors: { proxy_id: expect.stringContaining('browser') } });
});
