/** Ordered start, reverse stop; one part that fails to stop does not keep the others from stopping. */
import type { Logger } from './log/logger.ts';

/** One part of the host. */
export interface Part {
  name: string;
  start?: () => void | Promise<void>;
  /** Must settle within `stopDeadlineMs`, else it is left behind and logged. */
  stop?: () => void | Promise<void>;
  stopDeadlineMs?: number;
}

const STOP_DEADLINE_MS = 10_000;

/** Runs parts in order. */
export interface Lifecycle {
  add(part: Part): void;
  /** Starts every part in order. When one fails, those before it are stopped and the error is thrown. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Creates an empty lifecycle. */
export function createLifecycle(log: Logger): Lifecycle {
  const parts: Part[] = [];
  const started: Part[] = [];
  let stopping: Promise<void> | undefined;

  async function stopPart(part: Part): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('deadline passed')), part.stopDeadlineMs ?? STOP_DEADLINE_MS);
    });
    try {
      await Promise.race([Promise.resolve(part.stop?.()), deadline]);
    } catch (error) {
      log.error('lifecycle', `${part.name} did not stop cleanly`, { error });
    } finally {
      clearTimeout(timer);
    }
  }

  async function stop(): Promise<void> {
    for (const part of started.splice(0).reverse()) await stopPart(part);
  }

  return {
    add: (part) => void parts.push(part),
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
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
