/** Token, temporary folder and environment of an attempt. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { RUN_ID_ENV } from '../../../contract/executor.ts';

const PASSED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'DISPLAY',
  'XAUTHORITY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'XDG_SESSION_TYPE',
  'XDG_CURRENT_DESKTOP',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  // Windows
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'USERNAME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'NUMBER_OF_PROCESSORS',
];

/** A new attempt token: names the attempt in every guarded statement and marks its processes. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
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
  const passed: Record<string, string> = {};
  for (const name of PASSED) {
    const value = env[name];
    if (value !== undefined) passed[name] = value;
  }
  return { ...passed, TMPDIR: tempDir, TMP: tempDir, TEMP: tempDir, [RUN_ID_ENV]: runId };
}
