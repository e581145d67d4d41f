import { SquareUser } from 'lucide-react';
import { finderOf } from '../../lib/finder.ts';
import { Status } from '../../ui/display/status.tsx';

export const finder = finderOf('profiles', 'profiles_list', ({ id, name, state }) => ({
  id,
  Icon: SquareUser,
  title: name,
  side: <Status plain state={state} />,
  to: { to: '/profiles', search: { peek: id } },
}));
