/** Settings as operations. */
import { z } from 'zod';
import { Settings } from '../../../contract/host/settings.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { Teller, Tellers } from '../../core/log/event-log.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import type { SettingsStore } from '../../core/settings.ts';

/** Ids of the operations that this feature answers. */
export type SettingsOperationId = 'settings_get' | 'settings_update' | 'settings_schema';

/** Pausing the queue is told as such. */
const TOLD_ELSEWHERE = 'executor.paused';

const settingsTeller: Teller = ({ data }) => {
  const keys = Array.isArray(data) ? data.filter((key) => key !== TOLD_ELSEWHERE) : [];
  return keys.length === 0 ? null : { level: 'info', message: 'Settings were changed', data: { settings: keys } };
};

export function createSettingsFeature(settings: SettingsStore): {
  handlers: Handlers<SettingsOperationId>;
  tellers: Tellers;
} {
  const view = () => ({
    values: settings.all() as unknown as JsonObject,
    version: settings.version(),
    restart_required: settings.restartRequired(),
  });
  let schema: JsonObject | undefined;

  return {
    tellers: { settings: settingsTeller },
    handlers: {
      settings_get: view,
      settings_update: (patch) => {
        settings.update(patch);
        return view();
      },
      settings_schema: () => {
        schema ??= JSON.parse(JSON.stringify(z.toJSONSchema(Settings, { io: 'input' }))) as JsonObject;
        // A value that a flag or the environment fixes cannot be changed here in this run; the panel shows it so.
        return { ...schema, 'x-overridden': settings.overridden() };
      },
    },
  };
}
