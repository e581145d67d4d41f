import { Link } from '@tanstack/react-router';
import { FlaskConical, Pencil, Play, Power, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Schedule } from '../../../contract/automation/schedule/schedules.ts';
import { isEventTrigger } from '../../../contract/automation/schedule/triggers.ts';
import type { ScheduleId } from '../../../contract/kernel/scalars.ts';
import { dateTime, plural } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, CopyButton, IconButton } from '../../ui/buttons.tsx';
import { FactList } from '../../ui/display/facts.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { NextRun } from './columns.tsx';
import { MISSED_WORDS, OVERLAP_WORDS } from './form/policy-words.ts';
import { Ledger } from './ledger.tsx';
import { useScheduleActions } from './schedule-actions.ts';
import css from './schedules.module.css';
import { WebhookSection } from './webhook/webhook-section.tsx';

/** Details of one schedule and its ledger, in a pane beside the list. */
export function ScheduleInspector({ id, close, edit }: { id: ScheduleId; close(): void; edit(): void }) {
  const query = useOperationQuery('schedules_get', { id }, { keep: true });
  const schedule = query.data;
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Schedule">
      <ToolBar>
        <h2 className={`${layout.grow} ${text.clip}`}>{schedule?.name}</h2>
        {schedule === undefined ? null : <Tools schedule={schedule} close={close} edit={edit} />}
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <StateFrame of={query} skeleton={6}>
        {schedule === undefined ? null : <Body schedule={schedule} />}
      </StateFrame>
    </aside>
  );
}

function Tools({ schedule, close, edit }: { schedule: Schedule; close(): void; edit(): void }) {
  const actions = useScheduleActions();
  const noDelete = useCan('schedules_delete');
  const noUpdate = useCan('schedules_update');
  return (
    <>
      <IconButton
        label="Delete"
        action="schedules.delete"
        Icon={Trash2}
        blocked={noDelete}
        onClick={() => void actions.remove(schedule, close)}
      />
      <IconButton label="Edit" action="schedules.edit" Icon={Pencil} blocked={noUpdate} onClick={edit} />
    </>
  );
}

function Body({ schedule }: { schedule: Schedule }) {
  const actions = useScheduleActions();
  const noRun = useCan('schedules_run');
  const noUpdate = useCan('schedules_update');
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <div className={`${layout.row} ${css.tools}`}>
        <span className={layout.grow}>
          Next run <NextRun schedule={schedule} />
        </span>
        <Button
          small
          action="schedules.toggle"
          blocked={noUpdate}
          icon={<Power size={13} />}
          onClick={() => void actions.toggle(schedule)}
        >
          {schedule.enabled ? 'Switch off' : 'Switch on'}
        </Button>
        <Button
          small
          action="schedules.run"
          blocked={noRun}
          busy={actions.busy}
          icon={<Play size={13} />}
          onClick={() => actions.run(schedule)}
        >
          Run now
        </Button>
        <TryOut schedule={schedule} />
      </div>
      {schedule.command_name === null ? (
        <Notice tone="bad">Its command was deleted. Restore it in Commands, or choose another one.</Notice>
      ) : null}
      <div className={layout.row}>
        <code className={`${text.clip} ${text.faint}`}>{schedule.id}</code>
        <CopyButton label="Copy id" text={schedule.id} />
      </div>
      <FactList facts={factsOf(schedule)} />
      {schedule.webhook === null ? null : <WebhookSection schedule={schedule} webhook={schedule.webhook} />}
      <Ledger id={schedule.id} />
    </div>
  );
}

/** Lets what it waits for come once, as an example. */
function TryOut({ schedule }: { schedule: Schedule }) {
  const actions = useScheduleActions();
  const noTest = useCan('schedules_test');
  const { trigger, enabled, webhook } = schedule;
  if (!isEventTrigger(trigger)) return null;
  const missing = enabled ? (webhook?.hint === null ? 'Create a secret first' : null) : 'Switch it on first';
  return (
    <Button
      small
      blocked={noTest ?? missing}
      busy={actions.busy}
      icon={<FlaskConical size={13} />}
      onClick={() => actions.tryOut(schedule)}
    >
      {webhook === null ? 'Send a test event' : 'Send a test delivery'}
    </Button>
  );
}

/** What only triggers of times, or only those of events have. */
function eventFacts({ trigger, missed }: Schedule): [string, ReactNode][] {
  if (!isEventTrigger(trigger)) return [['Missed times', MISSED_WORDS[missed]]];
  const map = Object.entries(trigger.map).map(([name, path]) => `${name} ← ${path}`);
  const pause = trigger.min_interval_seconds;
  return [
    [
      trigger.kind === 'webhook' ? 'Input from the delivery' : 'Input from the event',
      map.length === 0 ? 'none' : map.join(', '),
    ],
    ['Minimum interval', pause === 0 ? 'no limit' : plural(pause, 'second')],
  ];
}

function factsOf(schedule: Schedule): [string, ReactNode][] {
  const { quiet, profile_ids, target } = schedule;
  return [
    ['When', schedule.words],
    [
      'Command',
      schedule.command_name === null ? (
        'deleted'
      ) : (
        <Link key="command" to="/commands/$id" params={{ id: target.command_id }} className={text.nameLink}>
          {schedule.command_name}
        </Link>
      ),
    ],
    ['Profiles', profile_ids.length === 0 ? 'none' : plural(profile_ids.length, 'profile')],
    ['Priority', schedule.priority],
    ...eventFacts(schedule),
    ['Overlap', OVERLAP_WORDS[schedule.overlap]],
    ['Random delay', schedule.jitter_seconds === 0 ? 'none' : `up to ${plural(schedule.jitter_seconds, 'second')}`],
    ['Quiet hours', quiet === null ? 'none' : `${quiet.from}–${quiet.to} (${quiet.timezone})`],
    ['From', schedule.start_at === null ? 'now on' : dateTime(schedule.start_at)],
    ['Until', schedule.end_at === null ? 'no end' : dateTime(schedule.end_at)],
  ];
}
