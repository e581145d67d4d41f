/** Token, temporary folder and environment of an attempt. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { inheritedEnvironment, RUN_ID_ENV } from '../../../../contract/automation/executor.ts';
import { AttemptToken, type RunId } from '../../../core/installation.ts';

/** A new attempt token: names the attempt in every guarded statement; what marks its processes is derived from it. */
export function newToken(): AttemptToken {
  return AttemptToken.parse(randomUUID().replaceAll('-', ''));
}

/** Temporary folder of an attempt. Short: sockets of the browser live here, and their path has room for 108 bytes only. */
export function tempDirOf(temp: string, runId: RunId): string {
  return path.join(temp, runId.slice(0, 10));
}

/**
 * Environment of one attempt: what programs need to run at all, and nothing that may be a secret.
 * @param runId   every process below inherits it and is found by it
 * @param tempDir folder of this attempt for temporary files
 */
export function runEnv(env: NodeJS.ProcessEnv, runId: RunId, tempDir: string): Record<string, string> {
  return { ...inheritedEnvironment(env), TMPDIR: tempDir, TMP: tempDir, TEMP: tempDir, [RUN_ID_ENV]: runId };
}
