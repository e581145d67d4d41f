import { Boxes } from 'lucide-react';
import { refOf } from '../../../contract/models/reference.ts';
import { finderOf } from '../../lib/finder.ts';
import text from '../../ui/styles/text.module.css';
import { TYPE_WORDS } from './words.ts';

export const finder = finderOf('models', 'models_list', (model) => ({
  id: model.id,
  Icon: Boxes,
  title: refOf(model),
  side: <span className={text.muted}>{TYPE_WORDS[model.type]}</span>,
  to: { to: '/models', search: { peek: model.id } },
}));
