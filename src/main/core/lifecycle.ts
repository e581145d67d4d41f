/** Ordered start, reverse stop; one part that fails to stop does not keep the others from stopping. */
import type { Logger } from './log/logger.ts';

/** One part of the host. */
export interface Part {
  name: string;
  /** The next part starts when this has settled. */
  start?: () => void | Promise<void>;
  /** Work that need not hold up the start: begun once every part has started, and awaited by the stop. A failure is logged. */
  afterStart?: () => void | Promise<void>;
  /** Must settle within `stopDeadlineMs`, else the part is abandoned and that is logged. */
  stop?: () => void | Promise<void>;
  stopDeadlineMs?: number;
}

const STOP_DEADLINE_MS = 10_000;

/** Runs parts in order. */
export interface Lifecycle {
  /** Starts every part in order. When one fails, those before it are stopped and the error is thrown. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Creates the lifecycle of `parts`. */
export function createLifecycle(log: Logger, parts: readonly Part[]): Lifecycle {
  const started: Part[] = [];
  const background = new Map<Part, Promise<void>>();
  let stopping: Promise<void> | undefined;

  async function stopPart(part: Part): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('deadline passed')), part.stopDeadlineMs ?? STOP_DEADLINE_MS);
    });
    try {
      await Promise.race([Promise.all([part.stop?.(), background.get(part)]), deadline]);
    } catch (error) {
      log.error('lifecycle', `${part.name} did not stop cleanly`, { error });
    } finally {
      clearTimeout(timer);
    }
  }

  async function stop(): Promise<void> {
    for (const part of started.splice(0).reverse()) await stopPart(part);
  }

  async function runAfterStart(part: Part): Promise<void> {
    try {
      await part.afterStart?.();
    } catch (error) {
      log.error('lifecycle', `${part.name} failed after its start`, { error });
    }
  }

  return {
    async start() {
      for (const part of parts) {
        try {
          await part.start?.();
          started.push(part);
        } catch (error) {
          await stop();
          throw error;
        }
      }
      for (const part of started) background.set(part, runAfterStart(part));
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
