/** What the panel offers to whom, the filters in its address, and the host's log as it is read. */
import { screen, waitFor } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallIdOf, contract } from '../../../src/contract/index.ts';
import { SCOPES } from '../../../src/contract/kernel/define.ts';
import { OPERATOR } from '../../../src/main/core/operation/operator.ts';
import { createLogFeed } from '../../../src/renderer/lib/log/feed.ts';
import { hostLog, taskLog } from '../../../src/renderer/lib/log/sources.ts';
import { OFFLINE, useCan } from '../../../src/renderer/lib/use-can.ts';
import { useFilters } from '../../../src/renderer/lib/use-filters.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const OPS: CallIdOf[] = ['tasks_list', 'tasks_create', 'commands_create', 'settings_update'];

function Rights() {
  return OPS.map((op) => <Right key={op} op={op} />);
}
function Right({ op }: { op: CallIdOf }) {
  return <p>{`${op}: ${useCan(op) ?? 'allowed'}`}</p>;
}

// Catches a button that offers what the host will refuse, or hides what it would do: the scope is the contract's, and a higher one includes it.
test.each(SCOPES)('with scope %s exactly the operations of that scope and below are offered', async (scope) => {
  await using _panel = await renderPanel(subject, <Rights />, { as: { ...OPERATOR, kind: 'key', scope } });
  await screen.findByText(/^tasks_list/);
  for (const op of OPS) {
    const needed = contract[op].scope;
    const allowed = SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);
    screen.getByText(`${op}: ${allowed ? 'allowed' : `Requires scope ${needed}`}`);
  }
});

// Catches the same for a credential of another area, whatever its scope.
test('operations of an area that the credential does not have are not offered', async () => {
  const as = { ...OPERATOR, kind: 'key' as const, areas: ['host' as const] };
  await using _panel = await renderPanel(subject, <Rights />, { as });
  await screen.findByText('tasks_list: Requires area automation');
  for (const op of OPS) {
    const { area } = contract[op];
    screen.getByText(`${op}: ${area === 'host' ? 'allowed' : `Requires area ${area}`}`);
  }
});

// Catches buttons that stay usable while nothing can be reached.
test('nothing is offered while the host is away', async () => {
  await using _panel = await renderPanel(subject, <Rights />, {
    through: (client) => {
      const status = { ...client.status(), phase: 'offline' as const };
      return { ...client, status: () => status };
    },
  });
  for (const op of OPS) await screen.findByText(`${op}: ${OFFLINE}`);
});

function Filters() {
  const [search, set] = useFilters();
  return (
    <>
      <output>{JSON.stringify(search)}</output>
      <button type="button" onClick={() => set({ q: 'log in & out', status: undefined })}>
        change
      </button>
      <button type="button" onClick={() => set({ q: '' })}>
        empty
      </button>
    </>
  );
}

// Catches a filter that drops those beside it, an empty one that stays in the address, and a Back that goes through every letter.
test('one filter is changed and the others stay, an empty one leaves the address', async () => {
  await using panel = await renderPanel(subject, <Filters />, { at: '/tasks?status=failed&kind=http' });
  const shown = (): unknown => JSON.parse(screen.getByRole('status').textContent ?? '');
  await screen.findByRole('status');
  await panel.user.click(screen.getByRole('button', { name: 'change' }));
  await waitFor(() => expect(shown()).toEqual({ kind: 'http', q: 'log in & out' }));
  expect(panel.address()).not.toContain('status');
  await panel.user.click(screen.getByRole('button', { name: 'empty' }));
  await waitFor(() => expect(shown()).toEqual({ kind: 'http' }));
  expect(panel.address()).not.toContain('q=');
});

/** Waits until the feed is as wanted. */
const becomes = (feed: ReturnType<typeof createLogFeed>, wanted: () => boolean) =>
  new Promise<void>((done) => {
    const look = () => {
      if (!wanted()) return;
      unsubscribe();
      done();
    };
    const unsubscribe = feed.subscribe(look);
    look();
  });

// Catches pages of the host's log in the wrong order, lines between tail and stream that are lost, and a filter that only the first page knows.
test("the host's log comes as a tail, then as it is written, filtered alike", async () => {
  await using panel = await renderPanel(subject, <Rights />);
  const feed = createLogFeed(hostLog(panel.client, { q: 'beacon' }));
  await becomes(feed, () => feed.state().live);
  const messages = ['beacon 0', 'something else', 'beacon 1', 'beacon 2'];
  for (const message of messages)
    await subject.host.client.call('logs_write', { entries: [{ level: 'info', source: 'panel', message }] });
  await becomes(feed, () => feed.ring.length >= 3);
  const lines = Array.from({ length: feed.ring.length }, (_, index) => feed.ring.at(index)?.text);
  expect(lines.map((line) => line?.match(/beacon \d/)?.[0])).toEqual(['beacon 0', 'beacon 1', 'beacon 2']);
  feed.stop();
});

// Catches a viewer that waits for a task which is not there.
test('the log of a task that does not exist ends in an error', async () => {
  await using panel = await renderPanel(subject, <Rights />);
  const feed = createLogFeed(taskLog(panel.client, 'tsk_01m8e2kgaydp114z76tywr3jca'));
  await becomes(feed, () => feed.state().error !== null || !feed.state().loading);
  expect(feed.state()).toMatchObject({ error: { slug: 'not-found' }, loading: false, live: false });
  feed.stop();
});
