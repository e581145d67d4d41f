/** Reads the output of a process no faster than it can be taken in: the pipe slows the process down. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import type { TimeSlicer } from '../../../core/scheduling/time-slicer.ts';

/** More than pipes and their buffers can hold, bytes. */
const LEFT_IN_PIPES = 4 * 1024 * 1024;

/** Where the bytes of one stream go. */
export interface ByteSink {
  push(chunk: Buffer): void;
  /** The stream has ended. */
  end(): void;
}

/** See {@link createStreamIntake}. */
export interface StreamIntake {
  read(stream: Readable, sink: ByteSink): void;
  /**
   * Resolves when every stream has ended. Those that are still open are given up after `silenceMs` without a byte, counted only while
   * the host itself keeps up, or when more comes than pipes can hold.
   */
  ended(silenceMs: number): Promise<void>;
}

/** @param drained resolves when the sinks can take more */
export function createStreamIntake(clock: Clock, timeSlicer: TimeSlicer, drained: () => Promise<void>): StreamIntake {
  const streams: { stream: Readable; done: Promise<void> }[] = [];
  /** Bytes read so far, of all streams. */
  let received = 0;
  /** Chunks that wait for their turn or for the disk: their streams are paused by the host, not silent. */
  let held = 0;

  /** Destroys the streams when nothing more can be expected of them. @returns stops watching */
  function giveUpWhenSilent(silenceMs: number): () => void {
    const start = received;
    let heard = received;
    let cancel = () => {};
    let watching = true;
    const watch = () => {
      cancel = clock.schedule(() => {
        // Input comes after timers in a turn of the event loop: it has its turn before it is called silent.
        setImmediate(() => {
          if (!watching) return;
          const silent = received === heard && held === 0;
          heard = received;
          if (silent || received - start > LEFT_IN_PIPES) for (const { stream } of streams) stream.destroy();
          else watch();
        });
      }, silenceMs);
    };
    watch();
    return () => {
      watching = false;
      cancel();
    };
  }

  return {
    read(stream, sink) {
      const done = new Promise<void>((resolve) => {
        stream.on('data', (chunk: Buffer) => {
          stream.pause();
          received += chunk.length;
          held += 1;
          timeSlicer.run(() => {
            sink.push(chunk);
            void drained().then(() => {
              held -= 1;
              stream.resume();
            });
          });
        });
        stream.once('close', () =>
          timeSlicer.run(() => {
            sink.end();
            resolve();
          }),
        );
        stream.once('error', () => stream.destroy());
      });
      streams.push({ stream, done });
    },
    async ended(silenceMs) {
      const stop = giveUpWhenSilent(silenceMs);
      await Promise.all(streams.map(({ done }) => done));
      stop();
    },
  };
}
