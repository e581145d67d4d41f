/** The log viewer over a log that the test writes: levels, ends of the log, lines that are copied, errors. */
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { createLogFeed, type LogFeed, type LogSource } from '../../../src/renderer/lib/log/feed.ts';
import type { LogLevel, LogRow } from '../../../src/renderer/lib/log/ring.ts';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { LogViewer } from '../../../src/renderer/ui/log/log-viewer.tsx';
import type { LogViewerProps } from '../../../src/renderer/ui/log/log-viewer-props.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => useView.setState({ wrap: false }));

const line = (seq: number, text: string, level: LogLevel = 'info'): LogRow => ({
  seq,
  at: Date.UTC(2026, 0, 2, 3, 4, 5, seq),
  level,
  source: 'stdout',
  text,
  data: null,
});

/** A log in memory that is read as the host's are: page by page, and followed. */
function writtenLog(first: LogRow[]) {
  const lines = [...first];
  let on: Parameters<LogSource['follow']>[1] | undefined;
  const source: LogSource = {
    tail: () => Promise.resolve({ rows: lines.slice(-100), more: lines.length > 100 }),
    before: (seq) => {
      const older = lines.filter((each) => each.seq < seq);
      return Promise.resolve({ rows: older.slice(-100), more: older.length > 100 });
    },
    find: (q) => {
      const hits = lines.filter((each) => each.text.includes(q)).map((each) => each.seq);
      return Promise.resolve({ hits, total: hits.length });
    },
    around: (seq) =>
      Promise.resolve({ rows: lines.filter((each) => Math.abs(each.seq - seq) < 50), more: true, behind: true }),
    follow: (_since, listener) => {
      on = listener;
    },
  };
  return {
    source,
    write(...rows: LogRow[]) {
      lines.push(...rows);
      on?.rows(rows);
    },
    lose: (count: number, next: number) => on?.gap(count, next),
    end: () => on?.end(),
    fail: (error: AppError) => on?.error(error),
  };
}

const feeds: LogFeed[] = [];
const feedOf = (source: LogSource) => {
  const feed = createLogFeed(source);
  feeds.push(feed);
  return feed;
};
afterAll(() => {
  for (const feed of feeds) feed.stop();
});

const Viewer = (props: Partial<LogViewerProps> & { feed: LogFeed }) => {
  const [levels, setLevels] = useState<LogLevel[] | undefined>();
  return <LogViewer name="Test log" levels={levels} onLevels={setLevels} {...props} />;
};
const texts = () => screen.queryAllByTestId('log-line').map((each) => [...each.children].at(-1)?.textContent ?? '');

// Catches a level that hides its own lines, or two levels of which only the last counts.
test('levels add up, none shows all, and lines that come later are filtered as well', async () => {
  const log = writtenLog([line(1, 'starts'), line(2, 'slow', 'warn'), line(3, 'broke', 'error')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()).toEqual(['starts', 'slow', 'broke']));
  await panel.user.click(screen.getByRole('button', { name: 'error' }));
  expect(texts()).toEqual(['broke']);
  await panel.user.click(screen.getByRole('button', { name: 'warn' }));
  expect(texts()).toEqual(['slow', 'broke']);
  log.write(line(4, 'fine'), line(5, 'worse', 'error'));
  await waitFor(() => expect(texts()).toEqual(['slow', 'broke', 'worse']));
  await panel.user.click(screen.getByRole('button', { name: 'error' }));
  await panel.user.click(screen.getByRole('button', { name: 'warn' }));
  expect(texts()).toEqual(['starts', 'slow', 'broke', 'fine', 'worse']);
});

// Catches "No lines yet" over a log whose lines are only filtered away.
test('an empty log and one without lines of the chosen levels say different things', async () => {
  const log = writtenLog([]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} empty="The task wrote nothing" />);
  await screen.findByText('The task wrote nothing');
  log.write(line(1, 'hello'));
  await waitFor(() => expect(texts()).toEqual(['hello']));
  await panel.user.click(screen.getByRole('button', { name: 'debug' }));
  await screen.findByText('No lines of these levels');
});

// Catches lines that are lost in silence, a gap that filters hide, and a count of the last gap only.
test('lines that were dropped leave a mark in their place, under every filter, and are counted in all', async () => {
  const log = writtenLog([line(1, 'before')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()).toEqual(['before']));
  log.lose(40, 42);
  log.write(line(43, 'after'));
  await screen.findByText('40 lines dropped');
  expect(texts()[1]).toContain('40 lines arrived too fast');
  await panel.user.click(screen.getByRole('button', { name: 'error' }));
  expect(texts()).toHaveLength(1);
  log.lose(2, 46);
  await screen.findByText('42 lines dropped');
});

// Catches an error that takes the lines away, and a log that calls itself live after it.
test('a log that breaks off keeps its lines and says why; one that is complete says so', async () => {
  const log = writtenLog([line(1, 'only line')]);
  await using _panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await screen.findByText('Live');
  log.end();
  await screen.findByText('Complete');
  log.fail(new AppError('not-found', 'The task was deleted'));
  expect((await screen.findByRole('alert')).textContent).toContain('The task was deleted');
  expect(texts()).toEqual(['only line']);
});

// Catches a viewer that waits for ever when the first page cannot be read.
test('a log that cannot be read at all says why instead of a skeleton', async () => {
  const source: LogSource = {
    find: () => Promise.reject(new AppError('forbidden', 'Not yours')),
    around: () => Promise.reject(new AppError('forbidden', 'Not yours')),
    tail: () => Promise.reject(new AppError('forbidden', 'Not yours')),
    before: () => Promise.reject(new Error('never asked')),
    follow: () => undefined,
  };
  await using _panel = await renderPanel(subject, <Viewer feed={feedOf(source)} />);
  await screen.findByRole('alert');
  expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull();
});

// Catches copied lines with colour codes in them, in local time, or without those that are filtered away.
test('the lines that are shown are copied as plain text with their time in UTC', async () => {
  const log = writtenLog([line(1, 'hidden', 'debug'), line(2, '\u001b[31mred\u001b[0m', 'error')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} levels={['error']} />);
  await waitFor(() => expect(texts()).toEqual(['red']));
  await panel.user.click(screen.getByRole('button', { name: 'Copy shown lines' }));
  expect(await navigator.clipboard.readText()).toBe('2026-01-02T03:04:05.002Z error stdout red');
});

// Catches a row of fixed height with two lines of text in it, and a megabyte of text that is laid out.
test('a line break is a sign unless lines wrap, and a very long line is cut on the screen only', async () => {
  const long = 'x'.repeat(10_000);
  const log = writtenLog([line(1, 'a\nb'), line(2, long)]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()[0]).toBe('a ↵ b'));
  expect(texts()[1]?.length).toBeLessThan(5_000);
  await panel.user.click(screen.getByRole('button', { name: 'Wrap lines' }));
  await waitFor(() => expect(texts()[0]).toBe('a\nb'));
  await panel.user.click(screen.getByRole('button', { name: 'Copy shown lines' }));
  expect(await navigator.clipboard.readText()).toContain(long);
});

// Catches a page's markup, written to the log, that becomes markup of the panel.
test('markup in a line is text', async () => {
  const log = writtenLog([line(1, '<img src=x onerror="alert(1)"> <b>bold</b>')]);
  await using _panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()).toEqual(['<img src=x onerror="alert(1)"> <b>bold</b>']));
  expect(screen.getByRole('log').querySelector('img, b')).toBeNull();
});

// Catches a view that is torn back to the end while the user reads, and one that never follows again.
test('going up stops following, a filter does not start it again, the button does', async () => {
  const many = Array.from({ length: 80 }, (_, index) => line(index + 1, `line ${index + 1}`));
  const log = writtenLog(many);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  const area = await screen.findByRole('log');
  Object.defineProperty(area, 'scrollHeight', { configurable: true, get: () => 80 * 20 });
  expect(screen.getByRole('button', { name: 'Following the end' }).getAttribute('aria-pressed')).toBe('true');
  fireEvent.wheel(area, { deltaY: -40 });
  const follow = await screen.findByRole('button', { name: 'Follow the end' });
  await panel.user.click(screen.getByRole('button', { name: 'info' }));
  log.write(line(81, 'line 81'));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Follow the end' })).toBe(follow));
  await panel.user.click(follow);
  await screen.findByRole('button', { name: 'Following the end' });
});

// Catches a past time range that pretends to be live.
test('a view of the past follows nothing and says why', async () => {
  const log = writtenLog([line(1, 'long ago')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} still="A past time is shown" />);
  const button = await screen.findByRole('button', { name: 'Follow the end' });
  expect(button.title).toBe('A past time is shown');
  await panel.user.click(button);
  expect(screen.getByRole('button', { name: 'Follow the end' })).toBe(button);
});

// Catches a detail that opens for the neighbour of the line, once older lines have come in front.
test('the time of a line opens its details, also after older lines were loaded', async () => {
  const many = Array.from({ length: 130 }, (_, index) => line(index + 1, `line ${index + 1}`));
  const log = writtenLog(many);
  const feed = feedOf(log.source);
  const opened: number[] = [];
  await using panel = await renderPanel(
    subject,
    <Viewer feed={feed} onSelect={({ seq }) => opened.push(seq)} selected={null} />,
  );
  await screen.findByRole('log');
  act(() => feed.loadOlder());
  await waitFor(() => expect(feed.ring.first()).toBe(1));
  await waitFor(() => expect(texts()[0]).toBe('line 1'));
  const [first] = screen.getAllByTestId('log-line');
  if (first === undefined) throw new Error('no line');
  await panel.user.click(within(first).getByRole('button', { name: 'Details of line 1' }));
  expect(opened).toEqual([1]);
});

// Catches hits that all look the same, and a counter that names another one than the view.
test('the hit that was gone to is marked alone, and the counter names it', async () => {
  // The host's answer is what counts here; jsdom has no workers.
  vi.stubGlobal(
    'Worker',
    class {
      postMessage() {}
      terminate() {}
    },
  );
  const log = writtenLog([line(1, 'needle one'), line(2, 'hay'), line(3, 'needle two'), line(4, 'needle three')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()).toHaveLength(4));
  const marked = () =>
    screen
      .queryAllByTestId('log-line')
      .flatMap((each) => (each.getAttribute('aria-current') === 'true' ? [each.textContent] : []));
  await panel.user.type(screen.getByRole('searchbox', { name: 'Find in log' }), 'needle');
  await screen.findByText('3 matches');
  expect(marked()).toEqual([]);
  for (const [place, text] of [
    ['1/3', 'needle one'],
    ['2/3', 'needle two'],
    ['3/3', 'needle three'],
    ['1/3', 'needle one'],
  ] as const) {
    await panel.user.keyboard('{Enter}');
    await screen.findByText(place);
    expect(marked()).toEqual([expect.stringContaining(text)]);
  }
});

// Catches Enter that goes nowhere because the host has not answered yet, and one that jumps although the text has changed since.
test('Enter right after the last letter goes to the hit once it is known', async () => {
  vi.stubGlobal(
    'Worker',
    class {
      postMessage() {}
      terminate() {}
    },
  );
  const log = writtenLog([line(1, 'needle one'), line(2, 'hay'), line(3, 'needle two')]);
  await using panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await waitFor(() => expect(texts()).toHaveLength(3));
  const find = screen.getByRole('searchbox', { name: 'Find in log' });
  await panel.user.type(find, 'needle{Enter}');
  await screen.findByText('1/2');
  await panel.user.clear(find);
  await panel.user.type(find, 'nee{Enter}dle');
  await screen.findByText('2 matches');
  await panel.user.keyboard('{Shift>}{Enter}{/Shift}');
  await screen.findByText('2/2');
});

// Catches lines of the start that are laid out, only for those of the end to be shown instead.
test('a log that is followed draws the lines of its end and no others', async () => {
  vi.spyOn(Element.prototype, 'scrollHeight', 'get').mockReturnValue(2_000);
  // As in a browser, which tells of it with the next frame.
  vi.spyOn(Element.prototype, 'scrollTo').mockImplementation(function (this: Element, to?: ScrollToOptions | number) {
    if (typeof to === 'object') this.scrollTop = to.top ?? 0;
    requestAnimationFrame(() => this.dispatchEvent(new Event('scroll')));
  });
  const drawn = new Set<string>();
  const observer = new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
      for (const text of node.textContent?.match(/line \d+/g) ?? []) drawn.add(text);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  const log = writtenLog(Array.from({ length: 100 }, (_, index) => line(index + 1, `line ${index + 1}`)));
  await using _panel = await renderPanel(subject, <Viewer feed={feedOf(log.source)} />);
  await screen.findByText('line 100');
  observer.disconnect();
  expect(drawn).not.toContain('line 1');
});
