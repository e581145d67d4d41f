/** The calendar and the clock of a date field; loaded when one is opened. */
import '@mantine/dates/styles.css';
import { DatePicker, TimeInput } from '@mantine/dates';
import { partsOf, written } from './model/date-text.ts';
import css from './schema-form.module.css';

const CONTROLS = {
  monthLevelControl: 'Choose a month',
  yearLevelControl: 'Choose a year',
  nextMonth: 'Next month',
  previousMonth: 'Previous month',
  nextYear: 'Next year',
  previousYear: 'Previous year',
  nextDecade: 'Next decade',
  previousDecade: 'Previous decade',
};

const pad = (value: number): string => String(value).padStart(2, '0');

function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

export function Calendar({
  kind,
  value,
  onChange,
  close,
}: {
  kind: 'date' | 'time' | 'date-time';
  value: string;
  onChange(text: string): void;
  close(): void;
}) {
  const { date, time } = partsOf(value);
  const write = (chosen: { date?: string; time?: string }) => onChange(written(kind, value, chosen, today()));
  return (
    <div className={css.calendar}>
      {kind === 'time' ? null : (
        <DatePicker
          size="sm"
          hideOutsideDates
          ariaLabels={CONTROLS}
          classNames={{ day: css.day ?? '' }}
          value={date === '' ? null : date}
          defaultDate={date === '' ? today() : date}
          onChange={(chosen) => {
            if (chosen !== null) write({ date: chosen });
            if (kind === 'date') close();
          }}
        />
      )}
      {kind === 'date' ? null : (
        <TimeInput
          size="xs"
          label="Time"
          withSeconds
          data-autofocus={kind === 'time' || undefined}
          value={time}
          onChange={(event) => event.currentTarget.value !== '' && write({ time: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
