/** The contract: every operation of the product by id. */

import { artifactOperations } from './automation/artifacts.ts';
import { commandOperations } from './automation/commands.ts';
import { demoOperations } from './automation/demo.ts';
import { profileArchiveOperations } from './automation/profile/archive.ts';
import { cookieOperations } from './automation/profile/cookies.ts';
import { exitOperations } from './automation/profile/exit.ts';
import { profileRowOperations } from './automation/profile/rows.ts';
import { profileUseOperations } from './automation/profile/running.ts';
import { snapshotOperations } from './automation/profile/snapshots.ts';
import { trafficOperations } from './automation/profile/traffic.ts';
import { profileOperations } from './automation/profiles.ts';
import { proxyOperations } from './automation/proxies.ts';
import { poolOperations } from './automation/proxy/pools.ts';
import { queueOperations } from './automation/queue.ts';
import { scheduleOperations } from './automation/schedule/schedules.ts';
import { taskOperations } from './automation/task-operations.ts';
import { accessOperations } from './host/access.ts';
import { jobOperations } from './host/jobs.ts';
import { metricOperations } from './host/metrics.ts';
import { settingsOperations } from './host/settings.ts';
import { shellOperations } from './host/shell.ts';
import { systemOperations } from './host/system.ts';
import { telemetryOperations } from './host/telemetry.ts';
import type { Contract } from './kernel/define.ts';
import { embeddingOperations } from './models/embeddings.ts';
import { hardwareOperations } from './models/hardware.ts';
import { hubOperations } from './models/hub.ts';
import { inferenceOperations } from './models/inference.ts';
import { modelOperations } from './models/models.ts';
import { chatOperations } from './models/openai/chat.ts';
import { completionOperations } from './models/openai/completions.ts';
import { responseOperations } from './models/openai/responses.ts';
import { rerankOperations } from './models/rerank.ts';
import { retrievalOperations } from './models/retrieval.ts';
import { sessionOperations } from './models/sessions.ts';
import { modelSettingsOperations } from './models/settings.ts';

/** Version of the wire contract, sent as `x-tabagent-contract`. */
export const CONTRACT_VERSION = 1;

/** All operations. The id of an operation is its key. */
export const contract = {
  ...systemOperations,
  ...profileOperations,
  ...cookieOperations,
  ...proxyOperations,
  ...poolOperations,
  ...profileUseOperations,
  ...profileRowOperations,
  ...snapshotOperations,
  ...trafficOperations,
  ...exitOperations,
  ...profileArchiveOperations,
  ...commandOperations,
  ...taskOperations,
  ...scheduleOperations,
  ...artifactOperations,
  ...queueOperations,
  ...accessOperations,
  ...settingsOperations,
  ...telemetryOperations,
  ...metricOperations,
  ...jobOperations,
  ...modelOperations,
  ...hubOperations,
  ...modelSettingsOperations,
  ...hardwareOperations,
  ...inferenceOperations,
  ...chatOperations,
  ...completionOperations,
  ...responseOperations,
  ...sessionOperations,
  ...rerankOperations,
  ...embeddingOperations,
  ...retrievalOperations,
  ...demoOperations,
  ...shellOperations,
} satisfies Contract;

export type Operations = typeof contract;
/** Id of an operation. */
export type OperationId = keyof Operations;
/** Ids of operations that answer once. */
export type CallIdOf = { [K in OperationId]: Operations[K]['stream'] extends 'always' ? never : K }[OperationId];
/** Ids of operations that answer with a stream. */
export type StreamIdOf = { [K in OperationId]: Operations[K]['stream'] extends 'always' ? K : never }[OperationId];
