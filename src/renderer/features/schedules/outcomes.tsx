/** What became of the times of a schedule. */
import { CircleCheck, CircleDashed, CircleX, History, type LucideIcon } from 'lucide-react';
import type { Schedule, Tick, TickOutcome } from '../../../contract/automation/schedule/schedules.ts';
import { dateTime } from '../../lib/format.ts';
import { Badge, type Tone } from '../../ui/display/badge.tsx';
import text from '../../ui/styles/text.module.css';
import css from './schedules.module.css';

const LOOKS: Readonly<Record<TickOutcome, { word: string; tone: Tone; Icon: LucideIcon }>> = {
  ran: { word: 'Ran', tone: 'good', Icon: CircleCheck },
  late: { word: 'Ran late', tone: 'warn', Icon: History },
  skipped: { word: 'Skipped', tone: 'idle', Icon: CircleDashed },
  missed: { word: 'Missed', tone: 'bad', Icon: CircleX },
};

export function Outcome({ outcome }: { outcome: TickOutcome }) {
  const { word, tone, Icon } = LOOKS[outcome];
  return (
    <Badge tone={tone} plain>
      <Icon size={13} aria-hidden />
      {word}
    </Badge>
  );
}

const said = ({ at, outcome, reason }: Tick) =>
  `${dateTime(at)}: ${LOOKS[outcome].word}${reason === null ? '' : ` (${reason})`}`;

/** The last outcomes as dots, oldest first. */
export function OutcomeDots({ schedule }: { schedule: Schedule }) {
  const ticks = schedule.recent.toReversed();
  if (ticks.length === 0) return <span className={text.faint}>–</span>;
  const words = ticks.slice(-5).map(said).join('\n');
  return (
    <span className={css.dots} role="img" aria-label={`Last outcomes: ${words}`} title={words}>
      {ticks.map((tick) => (
        <span key={tick.event_id ?? tick.at} className={`${css.dot} ${css[tick.outcome]}`} />
      ))}
    </span>
  );
}
