/** How one run of the host is configured: flag > environment > stored setting > default. */
import path from 'node:path';
import { z } from 'zod';
import { type SettingKey, Settings } from '../../contract/host/settings.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import { issueText } from '../../contract/kernel/text/issue-text.ts';

/** Everything that is fixed before the database is open. */
export interface HostConfig {
  dataDir: string;
  /** Settings that this run fixes. */
  overrides: Partial<Settings>;
  /** False for a host that only serves its own process (`tabagent run` without a running host). */
  http: boolean;
  /** Port of the content origin; 0 takes that of the last start, or any free one. */
  contentPort: number;
  /** A damaged database is moved aside and replaced by an empty one. */
  replaceDatabase?: boolean;
  /** Command line that makes another panel link, for the sign-in screen; absent where only the app makes them. */
  panelLinkCommand?: string;
  /** Writes warnings and errors to a terminal. */
  terminal?: (line: string) => void;
  /** Extra launch arguments; tests silence background traffic with them. */
  browserArgs: readonly string[];
}

/** Flags as the command line gives them. */
export interface HostFlags {
  host?: string | undefined;
  port?: string | undefined;
  dataDir?: string | undefined;
  logLevel?: string | undefined;
  modelCache?: string | undefined;
  replaceDatabase?: boolean | undefined;
}

const BROWSER_ARGS_ENV = 'TABAGENT_BROWSER_ARGS';
const BrowserArgs = z.array(z.string());

/** Switches as a JSON array. */
function browserArgs(text: string | undefined): string[] {
  if (!text) return [];
  try {
    return BrowserArgs.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('configuration-error', `${BROWSER_ARGS_ENV}: must be a JSON array of strings`, {
      cause,
      extra: { setting: BROWSER_ARGS_ENV, reason: 'invalid' },
    });
  }
}

function override(overrides: Partial<Settings>, key: SettingKey, value: unknown, origin: string): void {
  const parsed = Settings.shape[key].safeParse(value);
  if (!parsed.success) {
    throw new AppError(
      'configuration-error',
      `${origin}: ${parsed.error.issues.map(issueText)[0] ?? 'Has a wrong value'}`,
      {
        extra: { setting: key, reason: 'invalid' },
      },
    );
  }
  Object.assign(overrides, { [key]: parsed.data });
}

/** @throws AppError `configuration-error` for what is no port */
function readContentPort(value: string | undefined): number {
  const parsed = Settings.shape.port.safeParse(value ? Number(value) : 0);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'configuration-error',
    `TABAGENT_CONTENT_PORT: ${parsed.error.issues.map(issueText)[0] ?? 'Has a wrong value'}`,
    {
      extra: { setting: 'TABAGENT_CONTENT_PORT', reason: 'invalid' },
    },
  );
}

/**
 * Reads flags and environment.
 * @throws AppError `configuration-error` naming the flag or variable that is wrong
 */
export function readConfig(flags: HostFlags, env: NodeJS.ProcessEnv, defaultDataDir: string): HostConfig {
  const overrides: Partial<Settings> = {};
  const pick = (flag: string | undefined, name: string, option: string) =>
    flag !== undefined ? { value: flag, origin: option } : env[name] ? { value: env[name], origin: name } : null;

  const host = pick(flags.host, 'TABAGENT_HOST', '--host');
  if (host) override(overrides, 'host', host.value, host.origin);
  const port = pick(flags.port, 'TABAGENT_PORT', '--port');
  if (port) override(overrides, 'port', /^\d+$/.test(port.value) ? Number(port.value) : port.value, port.origin);
  const level = pick(flags.logLevel, 'TABAGENT_LOG_LEVEL', '--log-level');
  if (level) override(overrides, 'log_level', level.value, level.origin);
  const models = pick(flags.modelCache, 'TABAGENT_MODEL_CACHE', '--model-cache');
  if (models) override(overrides, 'models.folder', path.resolve(models.value), models.origin);

  return {
    dataDir: path.resolve(flags.dataDir ?? env.TABAGENT_DATA_DIR ?? defaultDataDir),
    overrides,
    replaceDatabase: flags.replaceDatabase ?? false,
    http: true,
    contentPort: readContentPort(env.TABAGENT_CONTENT_PORT),
    browserArgs: browserArgs(env[BROWSER_ARGS_ENV]),
  };
}
