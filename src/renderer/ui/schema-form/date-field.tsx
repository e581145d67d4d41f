/** Date, time, or both: the text of RFC 3339 as it is typed, with a calendar and a clock that write it. */
import { Popover, TextInput } from '@mantine/core';
import { CalendarDays, Clock } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../buttons.tsx';
import { Skeleton } from '../feedback/state-frame.tsx';
import type { CommonProps, FieldProps } from './field-props.ts';

const Calendar = lazy(() => import('./calendar.tsx').then((module) => ({ default: module.Calendar })));

/** Letters, so that an empty field does not look like a filled one. */
const FORMS = { date: 'YYYY-MM-DD', time: 'hh:mm:ssZ', 'date-time': 'YYYY-MM-DDThh:mm:ssZ' } as const;

export function DateField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const [opened, setOpened] = useState(false);
  const kind = field.kind === 'date' || field.kind === 'time' ? field.kind : 'date-time';
  const text = typeof value === 'string' ? value : '';
  const write = (next: string) => onChange(next === '' && field.nullable ? null : next);
  const Icon = kind === 'time' ? Clock : CalendarDays;
  return (
    <TextInput
      {...common}
      placeholder={FORMS[kind]}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
      rightSection={
        <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus withRoles={false}>
          <Popover.Target>
            <span>
              <IconButton
                label={kind === 'time' ? `Choose a time: ${common.label}` : `Choose a date: ${common.label}`}
                Icon={Icon}
                onClick={() => setOpened(!opened)}
              />
            </span>
          </Popover.Target>
          <Popover.Dropdown role="dialog" aria-label={common.label}>
            <Suspense fallback={<Skeleton rows={6} />}>
              <Calendar kind={kind} value={text} onChange={write} close={() => setOpened(false)} />
            </Suspense>
          </Popover.Dropdown>
        </Popover>
      }
    />
  );
}
