/** What the page's own thread does, from Chromium's trace: processor time tells the work apart from the wait for a busy machine. */
import type { Page } from '@playwright/test';

/** A task of the thread, ms. */
export interface ThreadTask {
  wall: number;
  cpu: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { frames?: { url: string; processId?: number }[] } };
}

/** Records the tasks of the page's thread until the function it gives is called. */
export async function traceThread(page: Page): Promise<() => Promise<ThreadTask[]>> {
  const cdp = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const includedCategories = ['disabled-by-default-devtools.timeline', '__metadata'];
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { excludedCategories: ['*'], includedCategories },
  });
  return async () => {
    const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
    await cdp.send('Tracing.end');
    await complete;
    await cdp.detach();
    return tasksOf(events, new URL(page.url()).origin);
  };
}

/** Tasks of the thread that runs pages of `origin`; of several renderers of it, those of the one that works most. */
function tasksOf(events: readonly TraceEvent[], origin: string): ThreadTask[] {
  const frames = events.find(({ name }) => name === 'TracingStartedInBrowser')?.args?.data?.frames ?? [];
  // Frames of another origin may have processes of their own, whose work holds up nobody here.
  const processes = frames.filter(({ url }) => url.startsWith(`${origin}/`)).map(({ processId }) => processId);
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
  const mains = new Set(
    events
      .filter(({ name, args, pid }) => {
        return name === 'thread_name' && args?.name === 'CrRendererMain' && processes.includes(pid);
      })
      .map(threadOf),
  );
  const byThread = new Map<string, ThreadTask[]>();
  for (const event of events) {
    const thread = threadOf(event);
    if (event.name !== 'RunTask' || event.ph !== 'X' || !mains.has(thread)) continue;
    const tasks = byThread.get(thread) ?? [];
    byThread.set(thread, tasks);
    tasks.push({ wall: (event.dur ?? 0) / 1_000, cpu: (event.tdur ?? 0) / 1_000 });
  }
  // Renderers in reserve do next to nothing.
  const work = (tasks: ThreadTask[]) => tasks.reduce((sum, { cpu }) => sum + cpu, 0);
  return [...byThread.values()].sort((a, b) => work(b) - work(a))[0] ?? [];
}
