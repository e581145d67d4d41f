/** What the shell needs of the host. `createHost` answers more; the shell sees no more than this. */

import type { Queue } from '../../contract/automation/queue.ts';
import type { Settings } from '../../contract/host/settings.ts';
import type { Operations } from '../../contract/index.ts';
import type { ParsedInputOf } from '../../contract/kernel/define.ts';
import type { JobId } from '../../contract/kernel/scalars.ts';
import type { Logger } from '../core/log/logger.ts';
import type { Dispatcher, FileContent, Handlers, Principal } from '../core/operation/operation.ts';

/** One end of a channel that carries frames (`contract/frames.ts`). */
export interface FramePort {
  post(frame: unknown): void;
  onMessage(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
  bufferedBytes?(): number;
}

/** Ids of the operations that only the desktop shell can answer. */
export type ShellOperationId = `shell_${string}` & keyof Operations;

/** A change as the event table has it. */
export interface HostChange {
  type: string;
  entity: string;
  id: string;
  data: unknown;
}

/** Writes the shell's lines into the host's log. */
export function shellLog(log: Logger): ShellLog {
  const { info, warn, error } = log.for('host');
  return {
    info: (message, data) => info('shell', message, data),
    warn: (message, data) => warn('shell', message, data),
    error: (message, data) => error('shell', message, data),
  };
}

/** Lines of the shell in the host's log. */
export interface ShellLog {
  info(message: string, data?: Record<string, unknown>): void;
  warn(message: string, data?: Record<string, unknown>): void;
  error(message: string, data?: Record<string, unknown>): void;
}

/** What only a desktop asks of the host. */
export interface DesktopPort {
  /** Folder that `shell_open_path` shows; null when there is none. @throws AppError `not-found` */
  folderOf(target: ShownFolder, id?: string): string | null;
  /** Serves frames to the panel until the port closes. @returns closes it */
  connectPort(port: FramePort, principal: Principal): () => void;
  queue(): Queue;
  /** Adds the operations that only the shell can answer. */
  register(handlers: Handlers<ShellOperationId>): void;
}

/** Folders that the file manager can show. */
export type ShownFolder = ParsedInputOf<Operations['shell_open_path']>['target'];

/** The host as the shell sees it. */
export interface ShellHost {
  readonly dispatcher: Dispatcher;
  readonly log: Logger;
  /** Why the address the host would listen on is not safe, or null. */
  bindProblem(): string | null;
  start(): Promise<{ url: string | null; httpError: string | null }>;
  /** Ordered stop; running tasks are cancelled and their process trees ended. */
  stop(reason: string): Promise<void>;
  /** File of an artifact, null when there is none. */
  openContent(artifactId: string): FileContent | null;
  /** File that an export made. @throws AppError `not-found` */
  openExport(job: JobId): FileContent;
  /** Answers addresses of the content origin; `frames` lists the origins that may frame them. */
  rejected(reason: unknown): void;
  reportCrash(error: unknown): { file: string | null; again: boolean };
  contentPages(frames: () => string): (request: Request) => Promise<Response>;
  readonly settings: {
    get<K extends keyof Settings>(key: K): Settings[K];
    onChange(listener: () => void): () => void;
  };
  readonly changes: { subscribe(listener: (change: HostChange) => void): () => void };
  readonly desktop: DesktopPort;
}
