/** What the pages of a task do without being asked: console lines, errors, failed requests, downloads. */
import { join } from 'node:path';
import type { BrowserContext, ConsoleMessage, Download, Request, Response } from 'playwright';
import { MAX_EVIDENCE_ITEMS } from '../../../contract/automation/report/evidence.ts';
import { clip } from '../../../contract/kernel/redact/clip.ts';
import type { Level } from '../output/log.ts';
import type { Run } from '../run.ts';

const LEVELS: Record<string, Level> = {
  error: 'error',
  warning: 'warn',
  debug: 'debug',
  assert: 'error',
  trace: 'debug',
};

/** Longest text that is collected, characters. */
const MAX_TEXT = 1000;

/** Collects what is shown with a failure: the latest items of each list. */
function collector({ evidence, redactor }: Run) {
  const text = (value: string) => clip(redactor, value, MAX_TEXT);
  function add<T extends { at: string }>(list: T[], item: Omit<T, 'at'>): void {
    list.push({ at: new Date().toISOString(), ...item } as T);
    if (list.length > MAX_EVIDENCE_ITEMS) list.shift();
  }
  const messages: NonNullable<typeof evidence.console> = [];
  const requests: NonNullable<typeof evidence.requests> = [];
  evidence.console = messages;
  evidence.requests = requests;
  return {
    message: (level: Level, line: string, place?: { url: string; line: number }) =>
      add(messages, {
        level,
        text: text(line),
        url: place === undefined ? null : text(place.url),
        line: place?.line ?? null,
      }),
    request: (request: Request, status: number | null, reason: string) =>
      add(requests, { method: request.method(), url: text(request.url()), status, reason: text(reason) }),
  };
}
type Collector = ReturnType<typeof collector>;

function onConsole(run: Run, collect: Collector, message: ConsoleMessage): void {
  const { url, lineNumber } = message.location();
  const place = url === '' ? undefined : { url, line: lineNumber + 1 };
  const level = LEVELS[message.type()] ?? 'info';
  collect.message(level, message.text(), place);
  run.log.write(level, 'console', message.text(), place);
}

function onPageError(run: Run, collect: Collector, error: Error): void {
  collect.message('error', String(error.stack ?? error));
  run.log.write('error', 'page', String(error.stack ?? error));
}

function onResponse(collect: Collector, response: Response): void {
  if (response.status() >= 400) collect.request(response.request(), response.status(), response.statusText());
}

function onRequestFailed(run: Run, collect: Collector, request: Request): void {
  const reason = request.failure()?.errorText ?? 'failed';
  // Navigating away or starting a download aborts requests as a matter of course.
  const level = reason === 'net::ERR_ABORTED' ? 'debug' : 'warn';
  if (level === 'warn') collect.request(request, null, reason);
  run.log.write(level, 'page', `${request.method()} ${request.url()}: ${reason}`);
}

/** Downloads of a context. */
export interface Watch {
  /** Resolves when every download that has begun is stored or has failed. */
  downloads(): Promise<void>;
}

/** Follows a context until it closes. Downloads become artifacts by themselves. */
export function watchContext(context: BrowserContext, run: Run): Watch {
  const pending = new Set<Promise<void>>();
  let count = 0;

  async function store(download: Download): Promise<void> {
    const name = download.suggestedFilename();
    // The browser's own copy is deleted with the context.
    const path = join(run.job.temp_dir, `download-${++count}`);
    try {
      await download.saveAs(path);
      const stored = await run.artifacts.addFile({ kind: 'download', name }, path);
      run.log.write('info', 'page', `Downloaded ${stored}`);
    } catch (error) {
      if (run.signal.aborted) return;
      const reason = (await download.failure().catch(() => null)) ?? run.redactor.text(String(error)).split('\n', 1)[0];
      run.log.write('warn', 'page', `The download of ${name} failed: ${reason}`);
    }
  }

  const collect = collector(run);
  context.on('console', (message) => onConsole(run, collect, message));
  context.on('weberror', (error) => onPageError(run, collect, error.error()));
  context.on('requestfailed', (request) => onRequestFailed(run, collect, request));
  context.on('response', (response) => onResponse(collect, response));
  context.on('download', (download) => {
    const work = store(download).finally(() => pending.delete(work));
    pending.add(work);
  });
  return {
    async downloads() {
      await Promise.all(pending);
    },
  };
}
