/** A host under test in a process of its own, see `fuzz-host.ts`, and what is measured of it. */
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type FrameClient, frameClient } from '../support/frame-client.ts';
import type { FromFuzzHost, Sample, ToFuzzHost } from './fuzz-host.ts';

type Got<T extends FromFuzzHost['t']> = Extract<FromFuzzHost, { t: T }>;

/** The host. */
export class Subject {
  readonly #child: ChildProcess;
  readonly #dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-fuzz-'));
  readonly #waiting = new Map<string, { resolve: (message: never) => void; reject: (error: Error) => void }>();
  readonly #onFrame = new Set<(frame: unknown) => void>();
  #n = 0;
  /** Why it is gone. */
  #end: Error | null = null;
  url = '';
  token = '';
  ids: Record<string, string> = {};

  private constructor() {
    const program = path.join(import.meta.dirname, 'fuzz-host.ts');
    this.#child = fork(program, [this.#dir], { serialization: 'advanced', execArgv: [] });
    this.#child.on('message', (message: FromFuzzHost) => {
      if (message.t === 'frame') for (const listener of this.#onFrame) listener(message.frame);
      else this.#waiting.get(keyOf(message.t, 'n' in message ? message.n : undefined))?.resolve(message as never);
    });
    this.#child.on('exit', (code, signal) => {
      this.#end = new Error(`the host ended with ${code ?? signal}`);
      for (const { reject } of this.#waiting.values()) reject(this.#end);
    });
  }

  /** Starts a filled host that runs no tasks. */
  static async start(): Promise<Subject> {
    const subject = new Subject();
    const { url, token, ids } = await subject.#answer('ready');
    return Object.assign(subject, { url, token, ids });
  }

  #answer<T extends FromFuzzHost['t']>(t: T, n?: number): Promise<Got<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<Got<T>>();
    const key = keyOf(t, n);
    this.#waiting.set(key, { resolve, reject });
    return promise.finally(() => this.#waiting.delete(key));
  }

  #send(message: ToFuzzHost): void {
    if (this.#end !== null) throw this.#end;
    this.#child.send(message, () => undefined);
  }

  /** Calls an operation at the door without a wire. */
  memory(op: string, input: unknown): Promise<Got<'memory'>> {
    this.#n += 1;
    this.#send({ t: 'memory', n: this.#n, op, input });
    return this.#answer('memory', this.#n);
  }

  /** Fresh addresses for bytes. */
  addresses(): Promise<Got<'addresses'>> {
    this.#n += 1;
    this.#send({ t: 'addresses', n: this.#n });
    return this.#answer('addresses', this.#n);
  }

  /** Measures, and gives inputs something to name that is still there. */
  async sample(): Promise<Sample> {
    this.#send({ t: 'sample' });
    const sample = await this.#answer('sample');
    Object.assign(this.ids, sample.ids);
    return sample;
  }

  /** A client at the message port of the desktop panel. */
  port(): FrameClient {
    this.#onFrame.clear();
    this.#send({ t: 'port' });
    return frameClient({
      post: (frame: unknown) => this.#send({ t: 'frame', frame }),
      onMessage: (listener: (message: unknown) => void) => void this.#onFrame.add(listener),
      onClose: () => {},
      close: () => {},
    });
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once('exit', () => resolve());
    if (this.#end === null) this.#child.disconnect();
    else resolve();
    await promise;
    fs.rmSync(this.#dir, { recursive: true, force: true });
  }
}

const keyOf = (t: string, n: number | undefined) => `${t} ${n ?? ''}`;

/** The event loop may be held up for so long, ms: by the host's own work, and with what the machine does besides. */
const BUSY_MS = 200;
const HELD_MS = 10_000;
/** Growth over a run, MiB: of the heap by the slope of a straight line, of the rest by the least that was seen, for threads come and go. */
const HEAP_GROWTH_MB = 10;
const RSS_GROWTH_MB = 60;
/** In a short run the threads of one job are more than any growth. */
const RSS_TREND_FROM = 5000;
const RSS_MB = 1024;
const SAMPLES = 12;

/** Samples a run of `count` inputs, and judges it. */
export function watch(subject: Subject, count: number) {
  const samples: Sample[] = [];
  let busyMs = 0;
  let heldMs = 0;
  return {
    /** To be called when `done` inputs have been answered. */
    async at(done: number): Promise<void> {
      if (done < (samples.length * count) / SAMPLES) return;
      const sample = await subject.sample();
      // What came before the run is not of the run.
      if (samples.length > 0) {
        busyMs = Math.max(busyMs, sample.busyMs);
        heldMs = Math.max(heldMs, sample.heldMs);
      }
      samples.push(sample);
    },
    /** Takes the last sample. @returns part of the inputs that reached a handler */
    async end(title: string): Promise<number> {
      samples.push(await subject.sample());
      // The first quarter fills caches and compiles.
      const settled = samples.slice(SAMPLES / 4);
      const heap = growth(settled.map(({ heapMb }) => heapMb));
      const half = settled.length / 2;
      const least = (some: readonly Sample[]) => Math.min(...some.map(({ rssMb }) => rssMb));
      const rss = least(settled.slice(half)) - least(settled.slice(0, half));
      const [first, last] = [samples[0], samples.at(-1)];
      const reached = ((last?.entered ?? 0) - (first?.entered ?? 0)) / count;
      const figures = { reached, busyMs, heldMs, heap, rss, heapMb: last?.heapMb, rssMb: last?.rssMb };
      const texts = Object.entries(figures).map(([name, value]) => `${name} ${value?.toFixed(2)}`);
      process.stdout.write(`fuzz: ${title}, ${count} inputs: ${texts.join(', ')}\n`);
      expect(heap, 'heap grows').toBeLessThan(HEAP_GROWTH_MB);
      if (count >= RSS_TREND_FROM) expect(rss, 'resident memory grows').toBeLessThan(RSS_GROWTH_MB);
      expect(last?.rssMb, 'resident memory').toBeLessThan(RSS_MB);
      expect(busyMs, 'the event loop was busy').toBeLessThan(BUSY_MS);
      expect(heldMs, 'the event loop was held up').toBeLessThan(HELD_MS);
      return reached;
    },
  };
}

/** What the values grow by from the first to the last, by least squares. */
function growth(values: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanX, meanY] = [(values.length - 1) / 2, mean(values)];
  const slope =
    values.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0) /
    values.reduce((sum, _y, x) => sum + (x - meanX) ** 2, 0);
  return slope * (values.length - 1);
}
