import { lazyRouteComponent } from '@tanstack/react-router';
import { ListChecks } from 'lucide-react';
import type { ScreenView } from '../../lib/screen-view.ts';
import { finder } from './finder.tsx';

export const screen: ScreenView = {
  Icon: ListChecks,
  list: lazyRouteComponent(() => import('./list/tasks-screen.tsx'), 'TasksScreen'),
  detail: lazyRouteComponent(() => import('./detail/task-screen.tsx'), 'TaskScreen'),
  finder,
};
