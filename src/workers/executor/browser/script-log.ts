/** The `log` of scripts. */
import { inspect } from 'node:util';
import type { ScriptLog } from '../../../contract/automation/builder.ts';
import { WHOLE } from '../output/json.ts';
import type { Level, Log } from '../output/log.ts';

/** `log(message, data?)` with a method for each level. */
export function scriptLog(log: Log): ScriptLog {
  const at = (level: Level) => (message: unknown, data?: unknown) => {
    const text =
      typeof message === 'string'
        ? message
        : message instanceof Error
          ? (message.stack ?? message.message)
          : inspect(message, WHOLE);
    log.write(level, 'script', text, data);
  };
  return Object.assign(at('info'), { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
}
