import { Waypoints } from 'lucide-react';
import { finderOf } from '../../lib/finder.ts';
import text from '../../ui/styles/text.module.css';

export const finder = finderOf('proxies', 'proxies_list', ({ id, name, host, port }) => ({
  id,
  Icon: Waypoints,
  title: name,
  side: (
    <span className={text.muted}>
      {host}:{port}
    </span>
  ),
  to: { to: '/proxies', search: { peek: id } },
}));
