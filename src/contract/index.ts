/** The contract: every operation of the product by id. */

import { accessOperations } from './access.ts';
import { artifactOperations } from './artifacts.ts';
import { commandOperations } from './commands.ts';
import type { Contract } from './define.ts';
import { demoOperations } from './demo.ts';
import { jobOperations } from './jobs.ts';
import { metricOperations } from './metrics.ts';
import { profileOperations } from './profiles.ts';
import { queueOperations } from './queue.ts';
import { settingsOperations } from './settings.ts';
import { shellOperations } from './shell.ts';
import { systemOperations } from './system.ts';
import { taskOperations } from './tasks.ts';
import { telemetryOperations } from './telemetry.ts';

/** Version of the wire contract, sent as `x-tabagent-contract`. */
export const CONTRACT_VERSION = 1;

/** All operations. The id of an operation is its key. */
export const contract = {
  ...systemOperations,
  ...profileOperations,
  ...commandOperations,
  ...taskOperations,
  ...artifactOperations,
  ...queueOperations,
  ...accessOperations,
  ...settingsOperations,
  ...telemetryOperations,
  ...metricOperations,
  ...jobOperations,
  ...demoOperations,
  ...shellOperations,
} satisfies Contract;

/** Type of {@link contract}. */
export type Operations = typeof contract;
/** Id of an operation. */
export type OperationId = keyof Operations;
/** Ids of operations that answer once. */
export type CallIdOf = { [K in OperationId]: Operations[K]['stream'] extends 'always' ? never : K }[OperationId];
/** Ids of operations that answer with a stream. */
export type StreamIdOf = { [K in OperationId]: Operations[K]['stream'] extends 'always' ? K : never }[OperationId];
