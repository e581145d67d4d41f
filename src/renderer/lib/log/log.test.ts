import { expect, test, vi } from 'vitest';
import { parseAnsi, stripAnsi } from './ansi.ts';
import { createLogFeed } from './feed.ts';
import { createLogRing, type LogRow } from './ring.ts';

const row = (seq: number): LogRow => ({ seq, at: 0, level: 'info', source: 'stdout', text: `line ${seq}`, data: null });
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => row(from + index));

test('colours become classes and resets end them', () => {
  expect(parseAnsi('\u001b[31mred\u001b[0m and \u001b[1;32mbold green\u001b[22m green')).toEqual([
    { text: 'red', styles: ['color1'] },
    { text: ' and ', styles: [] },
    { text: 'bold green', styles: ['color2', 'bold'] },
    { text: ' green', styles: ['color2'] },
  ]);
});

test('256 colours and true colour do not eat the codes that follow', () => {
  expect(parseAnsi('\u001b[38;5;9;1mx\u001b[0m')).toEqual([{ text: 'x', styles: ['color1', 'bold'] }]);
  expect(parseAnsi('\u001b[48;2;1;2;3;4mx')).toEqual([{ text: 'x', styles: ['underline'] }]);
});

test('cursor movement, titles and control characters disappear; markup stays text', () => {
  expect(parseAnsi('\u001b[2K\u001b]0;title\u0007<b>\u0008x</b>\r')).toEqual([{ text: '<b>x</b>', styles: [] }]);
  expect(stripAnsi('a\u001b[31mb\u001b[0m\nc')).toBe('ab\nc');
});

test('a line that ends inside a sequence does not hang or throw', () => {
  expect(stripAnsi(`x${'\u001b['.repeat(10_000)}`).startsWith('x')).toBe(true);
});

test('the ring keeps the newest lines and says what it dropped', () => {
  const ring = createLogRing(5);
  expect(ring.append(rows(1, 7))).toBe(2);
  expect([ring.first(), ring.last(), ring.length]).toEqual([3, 7, 5]);
  expect(ring.at(0)?.seq).toBe(3);
  expect(ring.at(5)).toBeUndefined();
});

test('a resumed stream that repeats lines adds none twice', () => {
  const ring = createLogRing(10);
  ring.append(rows(1, 4));
  ring.append(rows(3, 6));
  expect(Array.from({ length: ring.length }, (_, index) => ring.at(index)?.seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('older lines go in front, only as far as there is room, and none twice', () => {
  const ring = createLogRing(6);
  ring.append(rows(10, 13));
  expect(ring.prepend(rows(5, 10))).toBe(2);
  expect([ring.first(), ring.last(), ring.length]).toEqual([8, 13, 6]);
});

test('a full window goes back to the first line and forward to the last, and loses none that came meanwhile', async () => {
  const written = rows(1, 30);
  let say: (row: LogRow) => void = () => undefined;
  const pageOf = (found: LogRow[]) => Promise.resolve({ rows: found, more: found.length === 5 });
  const feed = createLogFeed(
    {
      tail: () => pageOf(written.slice(-5)),
      before: (seq) => pageOf(written.filter((each) => each.seq < seq).slice(-5)),
      after: (seq) => pageOf(written.filter((each) => each.seq > seq).slice(0, 5)),
      find: () => Promise.resolve({ hits: [], total: 0 }),
      around: (seq) =>
        Promise.resolve({ rows: written.filter((each) => Math.abs(each.seq - seq) <= 2), more: true, behind: true }),
      follow: (_since, on) => {
        say = (line) => on.rows([line]);
      },
    },
    { capacity: 12 },
  );
  const write = () => {
    const line = row(written.length + 1);
    written.push(line);
    say(line);
  };
  const seqs = () => Array.from({ length: feed.ring.length }, (_, index) => feed.ring.at(index)?.seq);
  const settled = () => new Promise((done) => setImmediate(done));
  await settled();
  for (let page = 0; page < 6; page += 1) {
    feed.loadOlder();
    await settled();
  }
  expect(seqs()).toEqual(rows(1, 12).map(({ seq }) => seq));
  expect(feed.state().behind).toBe(true);
  write();
  expect(feed.ring.last()).toBe(12);

  for (let page = 0; page < 5; page += 1) {
    feed.loadNewer();
    write();
    await settled();
  }
  expect(feed.state().behind).toBe(false);
  expect(seqs()).toEqual(rows(written.length - 11, written.length).map(({ seq }) => seq));

  for (let page = 0; page < 3; page += 1) {
    feed.loadOlder();
    await settled();
  }
  feed.toEnd();
  write();
  await settled();
  expect(seqs()).toEqual(rows(written.length - 5, written.length).map(({ seq }) => seq));
  write();
  expect(feed.ring.last()).toBe(written.length);
  feed.stop();
});

// Catches a screen that waits for a timer before it shows lines that are there, and a render for every line while lines pour in.
test('the first lines are told at once, those that follow together', async () => {
  vi.useFakeTimers();
  let say: (row: LogRow) => void = () => undefined;
  const never = () => new Promise<never>(() => undefined);
  const feed = createLogFeed({
    tail: async () => ({ rows: rows(1, 3), more: false }),
    before: never,
    around: never,
    find: never,
    follow: (_since, on) => {
      say = (line) => on.rows([line]);
    },
  });
  const lengths: number[] = [];
  feed.subscribe(() => lengths.push(feed.ring.length));
  await vi.advanceTimersByTimeAsync(0);
  expect(lengths).toEqual([3]);
  for (const line of rows(4, 40)) say(line);
  expect(lengths).toEqual([3]);
  await vi.advanceTimersByTimeAsync(100);
  expect(lengths).toEqual([3, 40]);
  await vi.advanceTimersByTimeAsync(1_000);
  say(row(41));
  expect(lengths).toEqual([3, 40, 41]);
  vi.useRealTimers();
});

// Catches a log that is empty because the host is gone, and one that tells each line twice once it is back.
test('what is known stays until the end of the log has been read, which is tried again after an error', async () => {
  let isGone = true;
  const told: ((rows: LogRow[]) => void)[] = [];
  const never = () => new Promise<never>(() => undefined);
  const feed = createLogFeed(
    {
      tail: () => (isGone ? Promise.reject(new Error('gone')) : Promise.resolve({ rows: rows(1, 5), more: false })),
      before: () => Promise.reject(new Error('gone')),
      around: never,
      find: never,
      follow: (_since, on, signal) => void told.push((lines) => signal.aborted || on.rows(lines)),
    },
    { before: rows(1, 3) },
  );
  const settled = () => new Promise((done) => setImmediate(done));
  expect(feed.state().loading).toBe(false);
  await settled();
  expect([feed.ring.length, feed.state().error !== null]).toEqual([3, true]);
  isGone = false;
  feed.retry();
  await settled();
  expect([feed.ring.length, feed.state().error]).toEqual([5, null]);
  isGone = true;
  feed.retry();
  await settled();
  expect(told, 'nothing is wrong, so nothing is read again').toHaveLength(1);
  for (const tell of told) tell(rows(6, 6));
  expect(feed.ring.last()).toBe(6);
  feed.stop();
});
