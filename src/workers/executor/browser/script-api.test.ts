/** What a script is given, in a real browser: each member does what its type says, at its edges too. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserPath, Harness } from '../executor.harness.ts';

const spec = (body: string, rest: object = {}) => ({
  kind: 'browser',
  script: `export default async ({ page, context, input, log, progress, step, artifact, signal, profile }) => {\n${body}\n};`,
  trace: 'off',
  screenshot: 'off',
  ...rest,
});

/** Runs one script to its end. */
async function run(executor: Harness, body: string, job: object = {}) {
  executor.run(spec(body), job);
  return executor.finish();
}
const ofScript = (executor: Harness) =>
  executor.logs.filter(({ source }) => source === 'script').map(({ level, message, data }) => [level, message, data]);

describe.skipIf(browserPath === null)('a script', () => {
  it('logs texts, objects and errors at each level, with data; what JSON cannot hold does not stop it', async () => {
    await using executor = new Harness();
    const result = await run(
      executor,
      `log('plain'); log.debug('d', { a: 1 }); log.warn({ an: 'object' }); log.error(new TypeError('bad'), new Map([['k', 1]]));
       log.info('cycle', (() => { const o = {}; o.self = o; return o; })()); console.table([{ a: 1 }]); console.log('%s is %d', 'x', 5);`,
    );
    expect(result, executor.text()).toMatchObject({ ok: true, output: null });
    const lines = ofScript(executor);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['info', 'plain', undefined],
        ['debug', 'd', { a: 1 }],
        ['warn', "{ an: 'object' }", undefined],
        ['error', expect.stringMatching(/^TypeError: bad\n {4}at /), "Map(1) { 'k' => 1 }"],
        ['info', 'cycle', expect.stringContaining('[Circular')],
        ['info', 'x is 5', undefined],
      ]),
    );
    expect(lines.some(([, message]) => String(message).includes('│'))).toBe(true);
  });

  it('stores texts, bytes and files under names that are safe and its own', async () => {
    await using executor = new Harness();
    const file = join(executor.dir, 'given.csv');
    writeFileSync(file, 'a,b\n');
    const result = await run(
      executor,
      `const names = [
         await artifact('note.txt', 'text'),
         await artifact('note.txt', 'again'),
         await artifact('../../up.bin', new Uint8Array([0, 255])),
         await artifact('table.csv', { path: input.file }),
         await artifact('page.har', '{}'),
         await artifact('odd', 'x', { mime: 'text/x-odd' }),
         await artifact.screenshot(),
         await artifact.screenshot(page, 'named.png'),
       ];
       return names;`,
      { input: { file } },
    );
    const names = [
      'note.txt',
      'note-2.txt',
      '_.._up.bin',
      'table.csv',
      'page.har',
      'odd',
      'screenshot.png',
      'named.png',
    ];
    expect(result, executor.text()).toMatchObject({ ok: true, output: names });
    expect(executor.artifacts().map(({ kind, name, mime }) => [kind, name, mime])).toEqual([
      ['output', 'note.txt', 'text/plain'],
      ['output', 'note-2.txt', 'text/plain'],
      ['output', '_.._up.bin', 'application/octet-stream'],
      ['output', 'table.csv', 'text/csv'],
      ['output', 'page.har', 'application/json'],
      ['output', 'odd', 'text/x-odd'],
      ['screenshot', 'screenshot.png', 'image/png'],
      ['screenshot', 'named.png', 'image/png'],
    ]);
    expect(executor.read('_.._up.bin')).toEqual(Buffer.from([0, 255]));
    expect(executor.read('table.csv').toString()).toBe('a,b\n');
    expect(executor.read('named.png').subarray(1, 4).toString()).toBe('PNG');
  });

  it('gets a failure it can catch from a file that is not there, and from a picture without a page', async () => {
    await using executor = new Harness();
    const result = await run(
      executor,
      `const caught = [];
       await artifact('x', { path: '/no/such/file' }).catch((error) => caught.push(error.code));
       await page.close();
       await artifact.screenshot().catch((error) => caught.push(error.message));
       return caught;`,
    );
    expect(result, executor.text()).toMatchObject({
      ok: true,
      output: ['ENOENT', 'artifact.screenshot: no page is open'],
    });
    expect(executor.artifacts()).toEqual([]);
  });

  // Catches the last progress of a fast script that waits for a timer and is lost with the process.
  it('reports progress within its bounds, the last of it always', async () => {
    await using executor = new Harness();
    const result = await run(
      executor,
      `progress(-5, 'begin'); for (let n = 0; n < 1000; n++) progress(n / 10); progress(250, 7); return 'done';`,
    );
    expect(result, executor.text()).toMatchObject({ ok: true });
    const seen = executor.messages.flatMap((message) =>
      message.t === 'progress' ? [[message.percent, message.message]] : [],
    );
    expect(seen.at(0)).toEqual([0, 'begin']);
    expect(seen.at(-1)).toEqual([100, '7']);
    expect(seen.length).toBeLessThan(20);
  });

  it('sees its input, no profile when it has none, and lines belong to the step that wrote them', async () => {
    await using executor = new Harness();
    const result = await run(
      executor,
      `log('outside');
       const inner = await step('outer', async () => { log('in outer'); return step('inner', async () => { console.log('in inner'); return 5; }); });
       return { input, profile, inner, aborted: signal.aborted, pages: context.pages().length };`,
      { input: { deep: { ü: ['x'] } } },
    );
    expect(result, executor.text()).toMatchObject({
      ok: true,
      output: { input: { deep: { ü: ['x'] } }, profile: null, inner: 5, aborted: false, pages: 1 },
    });
    const steps = executor.logs.filter(({ source }) => source === 'script').map(({ message, step }) => [message, step]);
    expect(steps).toEqual([
      ['outside', null],
      ['in outer', 1],
      ['in inner', 2],
    ]);
  });

  // Catches a script that cleans up on cancel and is cut off before, or one that a cancel cannot stop.
  it('hears of a cancel through its signal, which says why', async () => {
    await using executor = new Harness();
    executor.run(
      spec(`log('waiting'); await new Promise((resolve) => signal.addEventListener('abort', resolve));
            log('heard ' + signal.reason.name + ': ' + signal.reason.message); await new Promise(() => {});`),
    );
    await executor.log('waiting');
    executor.cancel();
    expect(await executor.finish()).toMatchObject({ ok: false, outcome: 'cancelled' });
    expect(executor.text()).toContain('heard AbortError: The task was cancelled.');
  });
});
