/** What became of the times of a schedule. */
import { CircleDashed, CirclePlay, CircleX, History, type LucideIcon } from 'lucide-react';
import type { Schedule, Tick, TickOutcome } from '../../../contract/automation/schedule/schedules.ts';
import { dateTime } from '../../lib/format.ts';
import { Badge, type Tone } from '../../ui/display/badge.tsx';
import text from '../../ui/styles/text.module.css';
import css from './schedules.module.css';

const LOOKS: Readonly<Record<TickOutcome, { word: string; tone: Tone; Icon: LucideIcon }>> = {
  ran: { word: 'Started', tone: 'info', Icon: CirclePlay },
  late: { word: 'Started late', tone: 'warn', Icon: History },
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

/** So many of them are told one by one. */
const SAID = 5;

/** The last outcomes as dots, oldest first, with the last one in words. What became of the tasks themselves is with the tasks. */
export function OutcomeDots({ schedule }: { schedule: Schedule }) {
  const ticks = schedule.recent.toReversed();
  if (ticks.length === 0) return <span className={text.faint}>–</span>;
  const newest = ticks.slice(-SAID).toReversed();
  return (
    <span className={css.outcomes} title={newest.map(said).join('\n')}>
      <span className={css.dots} role="img" aria-label={`Recent runs: ${newest.map(said).join(', ')}`}>
        {ticks.map((tick) => (
          <span key={tick.event_id ?? tick.at} className={`${css.dot} ${css[tick.outcome]}`} />
        ))}
      </span>
      <span className={text.muted}>{newest[0] === undefined ? null : LOOKS[newest[0].outcome].word}</span>
    </span>
  );
}
