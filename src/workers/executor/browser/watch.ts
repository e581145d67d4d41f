/** What the pages of a task do without being asked: console lines, errors, failed requests, downloads. */
import { join } from 'node:path';
import type { BrowserContext, ConsoleMessage, Download, Request } from 'playwright';
import type { Level } from '../output/log.ts';
import type { Run } from '../run.ts';

const LEVELS: Record<string, Level> = {
  error: 'error',
  warning: 'warn',
  debug: 'debug',
  assert: 'error',
  trace: 'debug',
};

function onConsole(run: Run, message: ConsoleMessage): void {
  const { url, lineNumber } = message.location();
  const place = url === '' ? undefined : { url, line: lineNumber + 1 };
  run.log.write(LEVELS[message.type()] ?? 'info', 'console', message.text(), place);
}

function onRequestFailed(run: Run, request: Request): void {
  const reason = request.failure()?.errorText ?? 'failed';
  // Navigating away or starting a download aborts requests as a matter of course.
  const level = reason === 'net::ERR_ABORTED' ? 'debug' : 'warn';
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
      const reason = (await download.failure().catch(() => null)) ?? String(error).split('\n', 1)[0];
      run.log.write('warn', 'page', `The download of ${name} failed: ${reason}`);
    }
  }

  context.on('console', (message) => onConsole(run, message));
  context.on('weberror', (error) => run.log.write('error', 'page', String(error.error().stack ?? error.error())));
  context.on('requestfailed', (request) => onRequestFailed(run, request));
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
