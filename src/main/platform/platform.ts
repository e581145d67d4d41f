/** What the host needs from the program around it: plain Node (`node.ts`) or Electron (`electron.ts`). */
import type { Readable } from 'node:stream';

/** How a child ended. `signal` is null under Electron, which does not tell it. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child process that speaks messages. */
export interface Child {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Sends one structured-cloneable message; ignored once the child has gone. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Resolves when the child has gone; both are null for one that could not be started. */
  readonly exited: Promise<ChildExit>;
  /** Asks the process itself to end; the tree around it is the business of `core/process/process-tree.ts`. */
  kill(signal?: NodeJS.Signals): void;
}

/** Options of {@link Platform.fork}. */
export interface ForkOptions {
  /** The whole environment of the child; nothing is inherited. */
  env: Record<string, string>;
  cwd?: string;
  execArgv?: string[];
  /** Name shown in process lists where the platform can. */
  name: string;
}

/** How the key that seals secrets is kept. */
export interface KeyVault {
  /** `os`: Electron safeStorage with a real backend; `keyring`: the OS keyring; `file`: a 0600 file, the weakest. */
  readonly backend: 'os' | 'keyring' | 'file';
  readonly weak: boolean;
  /** One sentence for people. */
  readonly detail: string;
  /** The 32-byte key, made at first use. */
  key(): Promise<Buffer>;
}

/** The seam between the host and its surroundings. */
export interface Platform {
  readonly kind: 'node' | 'electron';
  /** Folder with `out/` and `resources/`. */
  readonly appRoot: string;
  /** Default folders of this OS; `--data-dir` overrides the first. */
  readonly paths: { data: string; cache: string; temp: string };
  readonly versions: { app: string; electron: string | null };
  fork(modulePath: string, options: ForkOptions): Child;
  /** Opens the key store for a data directory. */
  keyVault(dataDir: string): Promise<KeyVault>;
  /** Suspend and resume hints; never the only trigger of anything. */
  onPowerEvent(listener: (event: 'suspend' | 'resume' | 'on-battery' | 'on-ac') => void): () => void;
}
