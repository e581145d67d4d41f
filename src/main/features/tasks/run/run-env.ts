/** Token, temporary folder and environment of an attempt. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { inheritedEnvironment, RUN_ID_ENV } from '../../../../contract/automation/executor.ts';

/** A new attempt token: names the attempt in every guarded statement and marks its processes. */
export function newToken(): string {
  return randomUUID().replaceAll('-', '');
}

/** Temporary folder of an attempt. Short: sockets of the browser live here, and their path has room for 108 bytes only. */
export function tempDirOf(temp: string, token: string): string {
  return path.join(temp, token.slice(0, 10));
}

/**
 * Environment of one attempt: what programs need to run at all, and nothing that may be a secret.
 * @param runId   token of the attempt; every process below inherits it and is found by it
 * @param tempDir folder of this attempt for temporary files
 */
export function runEnv(env: NodeJS.ProcessEnv, runId: string, tempDir: string): Record<string, string> {
  return { ...inheritedEnvironment(env), TMPDIR: tempDir, TMP: tempDir, TEMP: tempDir, [RUN_ID_ENV]: runId };
}
