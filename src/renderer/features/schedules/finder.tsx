import { CalendarClock } from 'lucide-react';
import { finderOf } from '../../lib/finder.ts';
import text from '../../ui/styles/text.module.css';

export const finder = finderOf('schedules', 'schedules_list', ({ id, name, words }) => ({
  id,
  Icon: CalendarClock,
  title: name,
  side: <span className={`${text.muted} ${text.clip}`}>{words}</span>,
  to: { to: '/schedules', search: { peek: id } },
}));
