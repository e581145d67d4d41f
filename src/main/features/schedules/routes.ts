/** Handlers of schedules: maps only. */
import type { scheduleOperations } from '../../../contract/automation/schedule/schedules.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { changesOf } from '../../core/operation/versioned.ts';
import type { ScheduleService } from './service.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** Maps the operations onto the service. */
export function scheduleHandlers(
  service: ScheduleService,
  webhooks: Webhooks,
): Handlers<Exclude<keyof typeof scheduleOperations, 'schedules_bulk'>> {
  return {
    schedules_list: (input) => service.list(input),
    schedules_create: (input) => service.create(input),
    schedules_get: ({ id }) => service.get(id),
    schedules_update: (input, { ifMatch }) =>
      service.update(input.id, changesOf(input), { body: input.version, ifMatch }),
    schedules_delete: ({ id }) => {
      service.remove(id);
      return { id, deleted: true };
    },
    schedules_restore: ({ id }) => service.restore(id),
    schedules_preview: (input) => service.preview(input),
    schedules_run: ({ id }, { claim }) => service.run(id, claim),
    schedules_test: ({ id, event }) => service.test(id, event),
    schedules_secret: ({ id }) => webhooks.renewSecret(id),
    schedules_deliver: (sent) => webhooks.deliver(sent),
    schedules_ticks: ({ id, ...query }) => service.ticks(id, query),
  };
}
