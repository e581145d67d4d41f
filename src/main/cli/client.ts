/** How a command line reaches a host: the one that runs on the data directory, or one of its own for the time of the command. */

import type { CallIdOf, Operations, StreamIdOf } from '../../contract/index.ts';
import type { InputOf, OutputOf } from '../../contract/kernel/define.ts';

/** Typed calls on a host. */
export interface HostClient {
  /** Where the host is: its address, or `this process`. */
  readonly where: string;
  call<K extends CallIdOf>(
    op: K,
    input: InputOf<Operations[K]>,
    signal?: AbortSignal,
  ): Promise<OutputOf<Operations[K]>>;
  stream<K extends StreamIdOf>(
    op: K,
    input: InputOf<Operations[K]>,
    signal?: AbortSignal,
  ): AsyncIterable<OutputOf<Operations[K]>>;
  /** Any operation by name, unchecked: `tabagent call`. Yields one item for a call, many for a stream. */
  raw(op: string, input: unknown, signal?: AbortSignal): AsyncIterable<unknown>;
  /** Copies the bytes of an artifact to a file. */
  download(artifactId: string, file: string): Promise<void>;
  close(): Promise<void>;
}
