import { MessagesSquare } from 'lucide-react';
import { finderOf } from '../../lib/finder.ts';
import { Ago } from '../../ui/display/ago.tsx';
import text from '../../ui/styles/text.module.css';

export const finder = finderOf('conversations', 'sessions_list', ({ id, title, updated_at }) => ({
  id,
  Icon: MessagesSquare,
  title,
  side: (
    <span className={text.faint}>
      <Ago at={updated_at} />
    </span>
  ),
  to: { to: '/chat/$id', params: { id } },
}));
