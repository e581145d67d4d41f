/** States as icon, word and colour, so that none of them has to carry the meaning alone. */
import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleStop,
  CircleX,
  Clock,
  Lock,
  type LucideIcon,
  Play,
  RotateCw,
  Skull,
  TimerOff,
  Unplug,
} from 'lucide-react';
import { dateTime } from '../../lib/format.ts';
import text from '../styles/text.module.css';
import { Badge, type Tone } from './badge.tsx';
import css from './status.module.css';

interface Look {
  word: string;
  tone: Tone;
  Icon: LucideIcon;
}

const LOOKS: Record<string, Look> = {
  scheduled: { word: 'Scheduled', tone: 'idle', Icon: CalendarClock },
  queued: { word: 'Queued', tone: 'idle', Icon: Clock },
  running: { word: 'Running', tone: 'info', Icon: Play },
  waiting: { word: 'Waiting', tone: 'warn', Icon: CirclePause },
  retrying: { word: 'Retrying', tone: 'warn', Icon: RotateCw },
  succeeded: { word: 'Succeeded', tone: 'good', Icon: CircleCheck },
  failed: { word: 'Failed', tone: 'bad', Icon: CircleX },
  cancelled: { word: 'Cancelled', tone: 'idle', Icon: Ban },
  timed_out: { word: 'Timed out', tone: 'bad', Icon: TimerOff },
  interrupted: { word: 'Interrupted', tone: 'warn', Icon: Unplug },
  dead: { word: 'Dead', tone: 'bad', Icon: Skull },
  stopped: { word: 'Stopped', tone: 'idle', Icon: CircleStop },
  starting: { word: 'Starting', tone: 'info', Icon: CircleDashed },
  stopping: { word: 'Stopping', tone: 'info', Icon: CircleDashed },
  crashed: { word: 'Crashed', tone: 'bad', Icon: CircleAlert },
  locked: { word: 'Locked', tone: 'warn', Icon: Lock },
  untested: { word: 'Not checked', tone: 'idle', Icon: CircleDashed },
  failing: { word: 'Failing', tone: 'bad', Icon: CircleX },
  ok: { word: 'OK', tone: 'good', Icon: CircleCheck },
  warning: { word: 'Warning', tone: 'warn', Icon: CircleAlert },
  error: { word: 'Error', tone: 'bad', Icon: CircleX },
  live: { word: 'Connected', tone: 'good', Icon: CircleCheck },
  closed: { word: 'Closed', tone: 'idle', Icon: CircleStop },
};

const UNKNOWN: Look = { word: 'Unknown', tone: 'idle', Icon: CircleDashed };

/** Word, tone and icon of a state. */
export function lookOf(state: string): Look {
  return LOOKS[state] ?? UNKNOWN;
}

/** A state as a badge, or as icon and word without a background; `word` says more than the state's own. */
export function Status({ state, plain = false, word }: { state: string; plain?: boolean; word?: string }) {
  const { word: usual, tone, Icon } = lookOf(state);
  return (
    <Badge tone={tone} plain={plain}>
      <Icon size={13} aria-hidden />
      {word ?? usual}
    </Badge>
  );
}

/** Only the icon, for places where the word stands beside it; `label` says more than the word. */
export function StatusIcon({ state, size = 14, label }: { state: string; size?: number; label?: string }) {
  const { word, tone, Icon } = lookOf(state);
  return (
    <span className={`${css.icon} ${text[tone]}`} title={label ?? word}>
      <Icon size={size} role="img" aria-label={label ?? word} />
    </span>
  );
}

/** How the newest task of a command or a profile went, or goes. */
export function LastOutcome({ task: { status, at } }: { task: { status: string; at: string } }) {
  return <StatusIcon state={status} size={13} label={`Last task: ${lookOf(status).word}, ${dateTime(at)}`} />;
}
