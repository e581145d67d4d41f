import { NumberInput, Select, TextInput } from '@mantine/core';
import { MissedPolicy, OverlapPolicy } from '../../../../contract/automation/schedule/schedules.ts';
import { PRIORITIES } from '../../../../contract/automation/tasks.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { isEventKind } from './event-values.ts';
import { MISSED_WORDS, OVERLAP_WORDS } from './policy-words.ts';
import type { ScheduleDraft } from './schedule-values.ts';
import { ZONES } from './trigger-fields.tsx';

/** What happens when a time cannot be kept, and when none is wanted. */
export function PolicyFields({ form }: { form: ScheduleDraft }) {
  return (
    <>
      <div className={layout.two}>
        {isEventKind(form.values.kind) ? null : (
          <Select
            label="Missed runs"
            data={MissedPolicy.options.map((value) => ({ value, label: MISSED_WORDS[value] }))}
            allowDeselect={false}
            {...form.input('missed')}
          />
        )}
        <Select
          label="Overlap"
          data={OverlapPolicy.options.map((value) => ({ value, label: OVERLAP_WORDS[value] }))}
          allowDeselect={false}
          {...form.input('overlap')}
        />
      </div>
      <details>
        <summary className={text.muted}>More options</summary>
        <div className={layout.two}>
          <TextInput label="Quiet from" type="time" {...form.input('quietFrom')} />
          <TextInput label="Quiet until" type="time" {...form.input('quietTo')} />
          <Select label="Quiet hours in" searchable data={ZONES} allowDeselect={false} {...form.input('quietZone')} />
          <Select label="Priority" data={[...PRIORITIES]} allowDeselect={false} {...form.input('priority')} />
          <TextInput label="Not before" type="datetime-local" {...form.input('start')} />
          <TextInput label="Not after" type="datetime-local" {...form.input('end')} />
          <NumberInput label="Random delay up to (seconds)" min={0} max={86_400} {...form.input('jitter')} />
        </div>
      </details>
    </>
  );
}
