/** The host's log and its figures in the panel, against a real host that writes a real log. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsAndMetricsScreen } from '../../../src/renderer/features/logs/logs-and-metrics-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { log_level: 'debug' } });
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
type Level = 'debug' | 'log' | 'info' | 'warn' | 'error';
const write = (...entries: { level?: Level; message: string; data?: object }[]) =>
  call('logs_write', { entries: entries as never });
const open = (search = '') => renderPanel(subject, <LogsAndMetricsScreen />, { at: `/logs${search}` });
const log = async () => within(await screen.findByRole('log'));
const press = (key: string) => fireEvent.keyDown(document.body, { key });
const timeOf = async (message: string) => {
  const [entry] = (await call('logs_query', { q: message })).logs;
  if (entry === undefined) throw new Error(`No line says ${message}`);
  return entry.timestamp;
};

// Catches a log that has to be loaded again to see what happens now.
test('what is written now appears by itself, with its level and as text', async () => {
  await using _panel = await open();
  const lines = await log();
  await write({ level: 'warn', message: 'disk <b>almost</b> full 💾' });
  const line = await lines.findByText('disk <b>almost</b> full 💾', {}, { timeout: 10_000 });
  expect(line.closest('[data-testid=log-line]')?.textContent).toContain('warn');
});

// Catches a filter of what is loaded only, which misses every line before it, and a level of the host that no level of the panel shows.
test('text and levels are those of the address; the host applies the text', async () => {
  await write(
    { level: 'error', message: 'needle as error' },
    { level: 'log', message: 'needle as log' },
    { level: 'info', message: 'needle as info' },
    { level: 'debug', message: 'needle as debug' },
    { level: 'info', message: 'hay' },
  );
  await using panel = await open('?q=needle&level=info,nonsense');
  const lines = await log();
  await lines.findByText('needle as info');
  expect(lines.getByText('needle as log')).toBeDefined();
  for (const other of ['needle as error', 'needle as debug', 'hay']) expect(lines.queryByText(other), other).toBeNull();
  press('1');
  await screen.findByText('needle as error');
  expect(panel.address()).toMatch(/level=info,nonsense,error/);
  press('3');
  await waitFor(() => {
    expect(screen.queryByText('needle as info')).toBeNull();
    expect(screen.getByText('needle as error')).toBeDefined();
  });
});

// Catches a detail that shows another line, and an Escape that leaves more than the detail.
test('a line that is clicked is shown with its data, and Escape closes it before anything else', async () => {
  await write({ message: 'with data', data: { order: { id: 'A-17' } } });
  const at = await timeOf('with data');
  await using panel = await open(`?from=${at - 60_000}&to=${at + 60_000}`);
  const line = (await (await log()).findByText('with data')).closest<HTMLElement>('[data-testid=log-line]');
  if (line === null) throw new Error('The text is not in a line');
  // Catches a line of which only the time can be clicked.
  await panel.user.click(within(line).getByText('with data'));
  const detail = within(await screen.findByRole('complementary', { name: 'Line' }));
  expect(detail.getByText(/A-17/)).toBeDefined();
  press('Escape');
  await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Line' })).toBeNull());
  expect(panel.address()).toContain('from=');
  press('Escape');
  await waitFor(() => expect(panel.address()).toBe('/logs'));
});

// Catches a range that shows a line of its end, or that follows a log that cannot reach it any more.
test('a range shows the lines from its start to just before its end', async () => {
  await write({ message: 'edge line' });
  const at = await timeOf('edge line');
  {
    await using _panel = await open(`?from=${at}&to=${at + 1}`);
    await (await log()).findByText('edge line');
    expect(screen.getByRole('button', { name: /Follow/ }).getAttribute('aria-disabled')).toBe('true');
  }
  await using panel = await open(`?from=${at - 1}&to=${at}`);
  await screen.findByText('No entries match');
  await panel.user.click(screen.getByRole('button', { name: /show all times$/ }));
  await (await log()).findByText('edge line');
  expect(panel.address()).toBe('/logs');
});

// Catches chips of sources that nothing was written by, and one that cannot be taken off again.
test('a source is chosen and left with its chip', async () => {
  await using panel = await open();
  await log();
  const { by_source: sources } = await call('logs_stats', {});
  const names = Object.keys(sources).sort();
  const [name = ''] = names;
  const chip = await screen.findByRole('button', { name: new RegExp(`^${name}$`, 'i') });
  await panel.user.click(chip);
  await waitFor(() => expect(panel.address()).toBe(`/logs?source=${name}`));
  expect(chip.getAttribute('aria-pressed')).toBe('true');
  await panel.user.click(chip);
  await waitFor(() => expect(panel.address()).toBe('/logs'));
});

// Catches a range chosen over the bars that selects other lines than the bars count.
test('the range chosen over the bars has as many lines as they say', async () => {
  await write(...Array.from({ length: 60 }, (_, index) => ({ message: `burst ${index}` })));
  await using panel = await open('?q=burst');
  const bars = await screen.findByRole('slider', { name: 'Time range of the log' }, { timeout: 15_000 });
  fireEvent.keyDown(bars, { key: 'Home' });
  fireEvent.keyDown(bars, { key: 'End', shiftKey: true });
  expect(bars.getAttribute('aria-valuetext')).toMatch(/, 60 lines, 0 errors$/);
  fireEvent.keyDown(bars, { key: 'Enter' });
  await waitFor(() => expect(panel.address()).toMatch(/from=\d+&to=\d+/));
  const [, from, to] = /from=(\d+)&to=(\d+)/.exec(panel.address()) ?? [];
  const { count } = await call('logs_query', { q: 'burst', since: Number(from), until: Number(to) - 1 });
  expect(count).toBe(60);
});

// Catches figures that come once and then stand still, charts without text, and a range that a reload forgets.
test('the figures come from the host, and the keys move one cursor over all charts', async () => {
  await using panel = await open();
  await log();
  press(']');
  const charts = await screen.findByRole('region', { name: /^Charts/ }, { timeout: 15_000 });
  expect(panel.address()).toBe('/logs?tab=metrics');
  const memory = await screen.findByRole('img', { name: /^Memory, TabAgent: [\d.]+ [MG]B$/ }, { timeout: 15_000 });
  expect(within(charts).getAllByRole('img')).toHaveLength(9);
  const calls = screen.getByRole('img', { name: /^Calls:/ });
  const isCounted = async () => {
    // The panel itself makes no calls while nothing changes.
    await panel.client.call('health', {});
    expect(calls.getAttribute('aria-label')).toMatch(/All (?!0\/s)/);
  };
  await waitFor(isCounted, { timeout: 10_000 });
  expect(screen.getByText('Live')).toBeDefined();
  fireEvent.keyDown(charts, { key: 'Home' });
  expect(screen.queryByText('Live')).toBeNull();
  expect((await screen.findAllByText(/CPU, TabAgent: .*Log lines: /)).length).toBe(1);
  fireEvent.keyDown(charts, { key: 'Escape' });
  expect(screen.getByText('Live')).toBeDefined();
  expect(memory.isConnected, 'charts are not made anew').toBe(true);
  press('3');
  await waitFor(() => expect(panel.address()).toContain('range=1h'));
  press('1');
  await waitFor(() => expect(panel.address()).toBe('/logs?tab=metrics'));
});
