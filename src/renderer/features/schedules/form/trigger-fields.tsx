import { NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import type { Schedule } from '../../../../contract/automation/schedule/schedules.ts';
import layout from '../../../ui/styles/layout.module.css';
import { EventFields } from './event-fields.tsx';
import { isEventKind } from './event-values.ts';
import { Preview } from './preview.tsx';
import { type ScheduleDraft, type ScheduleValues, triggerOf, UNITS } from './schedule-values.ts';

const KINDS = [
  { value: 'cron', label: 'Calendar' },
  { value: 'interval', label: 'Interval' },
  { value: 'once', label: 'Once' },
  { value: 'event', label: 'Event' },
  { value: 'webhook', label: 'Webhook' },
];

/** Made once: there are more than four hundred. */
export const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

const PRESETS = [
  { value: '0 * * * *', label: 'Every hour' },
  { value: '30 7 * * *', label: 'Every day at 07:30' },
  { value: '30 7 * * 1-5', label: 'Monday to Friday at 07:30' },
  { value: '0 9 * * 1', label: 'Mondays at 09:00' },
  { value: '0 9 1 * *', label: 'The first of each month at 09:00' },
];

/** When it runs, with the next times. */
export function TriggerFields({ form, opened }: { form: ScheduleDraft; opened: Schedule | null }) {
  const { kind } = form.values;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="When"
        data={KINDS}
        value={kind}
        onChange={(next) => form.change({ kind: next as ScheduleValues['kind'] })}
      />
      {kind === 'cron' ? <CronFields form={form} /> : null}
      {kind === 'interval' ? (
        <div className={layout.two}>
          <NumberInput label="Every" withAsterisk min={1} allowDecimal={false} {...form.input('every')} />
          <Select label="Unit" data={Object.keys(UNITS)} allowDeselect={false} {...form.input('unit')} />
        </div>
      ) : null}
      {kind === 'once' ? (
        <TextInput
          label="At"
          description="By the clock of this computer"
          withAsterisk
          type="datetime-local"
          {...form.input('at')}
        />
      ) : null}
      {isEventKind(kind) ? <EventFields form={form} /> : <Preview trigger={triggerOf(form.values, opened)} />}
    </>
  );
}

function CronFields({ form }: { form: ScheduleDraft }) {
  return (
    <div className={layout.two}>
      <TextInput
        label="Pattern"
        description="Minute, hour, day, month, weekday"
        withAsterisk
        spellCheck={false}
        {...form.input('expr')}
      />
      <Select
        label="Preset"
        description="A common pattern, to be changed"
        placeholder="Choose"
        data={PRESETS}
        value={PRESETS.some(({ value }) => value === form.values.expr) ? form.values.expr : null}
        onChange={(expr) => expr !== null && form.change({ expr })}
      />
      <Select label="Time zone" searchable data={ZONES} allowDeselect={false} {...form.input('timezone')} />
      <Select
        label="Daylight saving gap"
        data={[
          { value: 'run_after', label: 'Run right after' },
          { value: 'skip', label: 'Skip that day' },
        ]}
        allowDeselect={false}
        {...form.input('gap')}
      />
    </div>
  );
}
