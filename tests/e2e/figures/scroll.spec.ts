import type { Page } from '@playwright/test';
import { manyProfiles, manyTasks } from '../support/crowd.ts';
import { median, tell } from '../support/figures.ts';
import { expect, open, test } from '../support/test.ts';
import { type ThreadTask, traceThread } from '../support/thread-trace.ts';

// A trace would take a picture of every frame that is measured.
test.use({ fresh: true, trace: 'off' });

/** Frames per second, and the longest work for one frame, ms. */
const BAR = { fps: 55, frame: 50 };
/** Frames are lost to whatever else the machine does, so the work for them is what is judged; a busy machine makes that longer too. */
const NOISE = 2;
const SECONDS = 4;
/** As fast as a hand turns a wheel, px. */
const SPEED = 2_500;
const LINES = `for (let n = 1; n <= 20000; n++) console.log('line ' + n + ' of a log that goes on and on')`;

interface Frames {
  /** Between two frames, ms. */
  gaps: number[];
  /** What the page's thread did meanwhile. */
  tasks: ThreadTask[];
}

/** What happens to frames while a list is scrolled for some seconds. */
async function scrolled(page: Page, selector: string, direction: 1 | -1): Promise<Frames> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not there`);
  const ended = await traceThread(page);
  const seen = await page.evaluateHandle(() => {
    const frames = { gaps: [] as number[], on: true };
    let last = Number.NaN;
    const look = (now: number) => {
      if (!Number.isNaN(last)) frames.gaps.push(now - last);
      last = now;
      if (frames.on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return frames;
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    // The table is taller than its frame.
    y: (Math.max(box.y, 0) + Math.min(box.y + box.height, 880)) / 2,
    yDistance: -direction * SPEED * SECONDS,
    speed: SPEED,
    gestureSourceType: 'mouse',
  });
  const gaps = await seen.evaluate((frames) => {
    frames.on = false;
    return frames.gaps;
  });
  await cdp.detach();
  return { gaps, tasks: await ended() };
}

/** How the browser makes its pixels: without a graphics card it paints on the processor that runs the page. */
async function rasterisation(page: Page): Promise<string> {
  const gpu = await page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('webgl');
    const names = pen?.getExtension('WEBGL_debug_renderer_info');
    return pen && names ? String(pen.getParameter(names.UNMASKED_RENDERER_WEBGL)) : 'no WebGL';
  });
  return /swiftshader|llvmpipe|no webgl/i.test(gpu) ? `software rasterisation (${gpu})` : gpu;
}

// Would catch: a list that draws all rows, measures them in each frame, or renders the screen around it while it moves.
test('lists and logs are scrolled without dropped frames', async ({ page, api }, info) => {
  test.setTimeout(180_000);
  await api.call('settings_update', { 'rate_limits.enabled': false });
  const logged = await api.program('Many lines', LINES);
  await api.ended(logged.id);
  await api.call('settings_update', { 'executor.paused': true });
  await manyTasks(api, 2_000);
  await manyProfiles(api, 2_000);
  tell(info, 'pixels', await rasterisation(page));
  const bad: string[] = [];
  for (const [name, path, rows, frame, direction] of [
    ['tasks', '/tasks', '[role=grid] tbody tr', '[role=grid]', 1],
    ['profiles', '/profiles', '[role=grid] tbody tr', '[role=grid]', 1],
    ['log of a task', `/tasks/${logged.id}`, '[data-testid=log-line]', '[role=log]', -1],
  ] as const) {
    // Through another address, so that nothing of the list before is there.
    await page.goto('about:blank');
    await open(page, path);
    await expect(page.locator(rows).first()).toBeVisible();
    const { gaps, tasks } = await scrolled(page, frame, direction);
    const fps = 1_000 / (gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length);
    const perFrame = tasks.reduce((sum, { cpu }) => sum + cpu, 0) / gaps.length;
    const longest = Math.max(...tasks.map(({ cpu }) => cpu));
    tell(
      info,
      `scroll of ${name}`,
      `${fps.toFixed(1)} fps (bar ${BAR.fps}), median ${median(gaps).toFixed(1)} ms, longest gap ${Math.max(...gaps).toFixed(0)} ms; ` +
        `work ${perFrame.toFixed(1)} ms a frame, longest ${longest.toFixed(0)} ms (bar ${BAR.frame})`,
    );
    if (perFrame > (1_000 / BAR.fps) * NOISE || longest > BAR.frame * NOISE) bad.push(name);
  }
  expect(bad).toEqual([]);
});
