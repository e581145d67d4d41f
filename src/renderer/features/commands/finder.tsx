import { FileCode2 } from 'lucide-react';
import { commandKinds } from '../../../contract/automation/kinds/index.ts';
import { finderOf } from '../../lib/finder.ts';
import text from '../../ui/styles/text.module.css';

export const finder = finderOf('commands', 'commands_list', ({ id, name, kind }) => ({
  id,
  Icon: FileCode2,
  title: name,
  side: <span className={text.muted}>{commandKinds[kind].title}</span>,
  to: { to: '/commands/$id', params: { id } },
}));
